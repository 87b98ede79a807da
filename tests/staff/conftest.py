"""Keys of this installation, a user who can sign in, and a client of the console."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.members import service as members
from huixiang.members.adapters.key_file import FileKeys
from huixiang.platform.db import Database
from huixiang.staff import service as staff
from huixiang.staff.model import NewAccount, Role
from huixiang.staff.rules import current_code
from tests.staff.house import client_of


@pytest.fixture(autouse=True)
def keys(tmp_path: Path) -> FileKeys:
    made = FileKeys.open(tmp_path / "home" / "master-keys.json", create=True)
    staff.use_secrets(made)
    members.use_keys(made)
    return made


@pytest_asyncio.fixture
async def lin(db: Database) -> NewAccount:
    """A user of role customer_service."""
    async with db.transaction() as tx:
        return await staff.add_account(tx, "lin", "林晓", Role.CUSTOMER_SERVICE, by="cli", lasting=True)


class Console:
    """Signs users in, each time with a code that was not used yet."""

    def __init__(self, db: Database, clock: SettableClock) -> None:
        self._db = db
        self._clock = clock

    def code(self, account: NewAccount) -> str:
        return current_code(account.totp_secret, self._clock.now())

    def wrong_code(self, account: NewAccount) -> str:
        return f"{(int(self.code(account)) + 500_000) % 1_000_000:06d}"

    async def sign_in(self, account: NewAccount, **given: str) -> str:
        """The session's token."""
        shown = {"username": account.account.username, "password": account.password, "code": self.code(account)}
        shown |= given
        name, password, code = (shown[field] for field in ("username", "password", "code"))
        return (await staff.sign_in(self._db, name, password, code, self._clock.now())).token


@pytest.fixture
def console(db: Database, clock: SettableClock) -> Console:
    return Console(db, clock)


@pytest_asyncio.fixture
async def client(db: Database, keys: FileKeys) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, keys) as made:
        yield made
