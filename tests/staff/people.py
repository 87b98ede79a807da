"""People at the console, each with a browser of their own, over HTTP with the program's own authenticators."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members.adapters.key_file import FileKeys
from huixiang.platform.db import Database
from huixiang.staff import service
from huixiang.staff.model import NewAccount, Role
from huixiang.staff.rules import current_code
from tests.staff.house import client_of

SESSION = "/api/console/v1/session"
MINE = "/api/console/v1/me"
ACCOUNTS = "/api/console/v1/accounts"


class Person:
    """A console user with a browser. What they send carries the session's token and a new key."""

    def __init__(self, account: NewAccount, browser: httpx.AsyncClient, clock: SettableClock) -> None:
        self.made, self.browser, self.clock = account, browser, clock
        self.password, self.totp_secret = account.password, account.totp_secret
        self.csrf = ""

    @property
    def id(self) -> str:
        return str(self.made.account.staff_id)

    def shown(self, **other: Any) -> dict[str, Any]:
        """Name, password and a code that was not used yet."""
        self.clock.advance(timedelta(seconds=30))
        code = current_code(self.totp_secret, self.clock.now())
        return {"username": self.made.account.username, "password": self.password, "code": code} | other

    async def sign_in(self, **other: Any) -> httpx.Response:
        return self.signed_in(await self.browser.post(SESSION, json=self.shown(**other)))

    def signed_in(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code == 201:
            self.csrf = answer.json()["csrf_token"]
        return answer

    async def send(self, method: str, path: str, **body: Any) -> httpx.Response:
        headers = {"X-CSRF-Token": self.csrf, "Idempotency-Key": str(new_id())}
        return await self.browser.request(method, path, json=body or None, headers=headers)

    async def get(self, path: str) -> httpx.Response:
        return await self.browser.get(path)

    async def is_in(self) -> bool:
        return (await self.browser.get(SESSION)).status_code == 200


class House:
    """Whom to employ. Each `person` is a new account; `browser_of` gives somebody a second browser."""

    def __init__(self, db: Database, keys: FileKeys, clock: SettableClock, stack: AsyncExitStack) -> None:
        self.db, self.keys, self.clock, self._stack = db, keys, clock, stack

    async def person(self, username: str, role: Role, *, signed_in: bool = True, lasting: bool = True) -> Person:
        """lasting: their password is theirs already, and not a first one."""
        async with self.db.transaction() as tx:
            account = await service.add_account(tx, username, f"{username}先生", role, by="cli", lasting=lasting)
        made = Person(account, await self._browser(), self.clock)
        if signed_in:
            assert (await made.sign_in()).status_code == 201
        return made

    async def browser_of(self, person: Person, **other: Any) -> Person:
        again = Person(person.made, await self._browser(), self.clock)
        assert (await again.sign_in(**other)).status_code == 201
        return again

    async def _browser(self) -> httpx.AsyncClient:
        return await self._stack.enter_async_context(client_of(self.db, self.keys))


@asynccontextmanager
async def house_of(db: Database, keys: FileKeys, clock: SettableClock) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        yield House(db, keys, clock, stack)


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
