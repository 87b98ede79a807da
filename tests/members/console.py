"""Console users of members' tests."""

from __future__ import annotations

from huixiang.platform.access import CSRF_HEADER, SESSION_COOKIE
from huixiang.platform.db import Database
from huixiang.staff import service as staff
from huixiang.staff.model import Role


async def sign_in(db: Database, role: Role) -> dict[str, str]:
    """Headers of somebody with a role, who is signed in to the console."""
    name = f"{role.replace('_', '-')}-1"
    async with db.transaction() as tx:
        account = await staff.add_account(tx, name, name, role, "tests", lasting=True)
    now = db.clock.now()
    made = await staff.sign_in(db, name, account.password, staff.current_code(account.totp_secret, now), now)
    return {"Cookie": f"{SESSION_COOKIE}={made.token}", CSRF_HEADER: made.session.csrf_token}
