"""People with phones in front of the program: they ask for codes, read them, and sign in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import msgspec

from huixiang.entry.keys import use_keys
from huixiang.entry.messaging import providers
from huixiang.kernel.clock import SettableClock
from huixiang.messaging import service as messaging
from huixiang.messaging.jobs import Deliverer
from huixiang.platform.db import Database
from tests.entry.program import Program, bearer, running, settings

PATH = "/api/member/v1/sign-in"
DEVICES = "/api/member/v1/me/devices"
PHONE = "13812345678"
APP = {"kind": "app", "name": "王小明的手机"}


class People(msgspec.Struct, frozen=True):
    program: Program
    db: Database
    clock: SettableClock

    @property
    def client(self) -> httpx.AsyncClient:
        return self.program.client

    async def ask(self, phone: str = PHONE) -> httpx.Response:
        return await self.client.post(f"{PATH}/codes", json={"phone": phone})

    async def received(self, phone: str = PHONE) -> list[str]:
        """The codes that have arrived at a phone, the latest first."""
        await Deliverer(self.db, providers(settings("postgresql://nobody@/none"), self.db)).deliver_due()
        async with self.db.transaction(read_only=True) as tx:
            arrived = await messaging.sunk(tx, None, None, 100)
        return [one.values["code"] for one in arrived.items if one.address == f"+86{phone}"]

    async def asked(self, phone: str = PHONE) -> dict[str, Any]:
        """What to sign in with, as if the person had typed the code that came."""
        answer = await self.ask(phone)
        assert answer.status_code == 200, answer.text
        code = (await self.received(phone))[0]
        return {"challenge": answer.json()["challenge"], "phone": phone, "code": code, "device": APP}

    async def verify(self, proof: dict[str, Any]) -> httpx.Response:
        return await self.client.post(PATH, json=proof)

    async def sign_in(self, phone: str = PHONE, **changed: Any) -> dict[str, Any]:
        """Signed in, after as long a pause as the former code takes."""
        answer = await self.verify(await self.asked(phone) | changed)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refresh(self, token: str) -> httpx.Response:
        return await self.client.post(f"{PATH}/refresh", json={"refresh_token": token})

    async def me(self, tokens: dict[str, Any]) -> int:
        """How the program answers to an access token, once what it remembers of it is out of date."""
        self.clock.advance(timedelta(seconds=5))
        return (await self.client.get("/api/member/v1/me", headers=self.own(tokens))).status_code

    def own(self, tokens: dict[str, Any]) -> dict[str, str]:
        return bearer(tokens["access_token"])


@asynccontextmanager
async def people(db: Database, clock: SettableClock) -> AsyncIterator[People]:
    # Another test of this process may have wired it otherwise.
    use_keys(settings("postgresql://nobody@/none"))
    async with running(db) as program:
        yield People(program, db, clock)


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def reason(answer: httpx.Response) -> str:
    assert refused(answer) == (403, "sign_in_code_refused"), answer.text
    return str(answer.json()["reason"])


def another(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 10**6:06d}"
