"""The whole program in this process, on a test's database, and the credentials of one caller of each kind."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
from litestar import Litestar

from huixiang.entry.http import AUTHENTICATORS, create_app
from huixiang.members import service as members
from huixiang.members.adapters.key_file import FILE_NAME, FileKeys
from huixiang.platform.access import CSRF_HEADER, SESSION_COOKIE
from huixiang.platform.db import Database
from huixiang.platform.idempotency import IdempotencyLog
from huixiang.platform.settings import Settings
from huixiang.platform.web.application import Wiring, connect
from huixiang.staff import service as staff
from huixiang.staff.model import Role
from tests.support.programme import load_programme, register_members


class Program(msgspec.Struct, frozen=True):
    """`system`: headers of a key with every scope; `member_id` is known to the till as m0."""

    client: httpx.AsyncClient
    system: dict[str, str]
    member_id: UUID
    member: dict[str, str]


def settings(database_url: str) -> Settings:
    return Settings(environment="test", home=_home(), database_url=database_url)


@cache
def _home() -> Path:
    return Path(tempfile.mkdtemp(prefix="huixiang-home-"))


@cache
def application() -> Litestar:
    """Built once: a test hands it its own database."""
    return create_app(settings("postgresql://nobody@/none"))


@asynccontextmanager
async def running(db: Database) -> AsyncIterator[Program]:
    """The program with the shipped rules and one member."""
    app = application()
    await load_programme(db)
    (member_id,) = await register_members(db, 1)
    async with db.transaction() as tx:
        key = await staff.create_key(tx, "tests", staff.SCOPES, "tests")
    connect(app, Wiring(_none, AUTHENTICATORS, IdempotencyLog(bytes(32))), db)
    token = members.issue_token(member_id, db.clock.now())
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://huixiang.test") as client:
        yield Program(client, bearer(key.token), member_id, bearer(token))


async def sign_in(
    db: Database, role: Role = Role.ADMIN, stores: frozenset[str] | None = None, name: str = "admin"
) -> dict[str, str]:
    """Headers of somebody with a role, an administrator by default, who is signed in to the console; `stores`: those
    that the account is limited to."""
    staff.use_secrets(_keys())
    async with db.transaction() as tx:
        account = await staff.add_account(tx, name, "Admin", role, "tests", stores, lasting=True)
    now = db.clock.now()
    code = staff.current_code(account.totp_secret, now)
    made = await staff.sign_in(db, name, account.password, code, now)
    return {"Cookie": f"{SESSION_COOKIE}={made.token}", CSRF_HEADER: made.session.csrf_token}


@cache
def _keys() -> FileKeys:
    return FileKeys.open(_home() / FILE_NAME)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def _none() -> Database:
    raise AssertionError("the test hands over its own database")
