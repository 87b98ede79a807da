"""The ground of tests of bulk grants: who makes them, who approves, and what carries them out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import psycopg

from huixiang.grants import handlers, service
from huixiang.grants.model import Step
from huixiang.grants.routes import PATH, ROUTES
from huixiang.grants.rules.states import IN_WORK
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.invariants import laws
from huixiang.platform.relay import Relay
from huixiang.points import service as points
from huixiang.points.model import POINTS
from huixiang.staff.routes.approvals import ROUTES as APPROVALS
from tests.support.http_client import client_of

POINTS_GIFT = {"kind": "points", "points": 100}


class Office:
    """An operator and a checker, over HTTP."""

    def __init__(self, db: Database, operator: httpx.AsyncClient, checker: httpx.AsyncClient) -> None:
        self.db, self.operator, self.checker = db, operator, checker
        self.relay = Relay(db, handlers.SUBSCRIPTIONS)

    async def post(self, path: str, status: int, by: httpx.AsyncClient | None = None, **body: Any) -> dict[str, Any]:
        headers = {"Idempotency-Key": str(new_id())}
        answer = await (by or self.operator).post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def make(
        self, members: Sequence[UUID] | str | None = None, status: int = 201, condition: Any = None, **more: Any
    ) -> dict[str, Any]:
        """A grant for members, for a file, or by a condition."""
        csv = members if isinstance(members, str) else "\n".join(map(str, members or []))
        audience = {"kind": "condition", "condition": condition} if condition else {"kind": "list", "csv": csv}
        body = {"name": "sorry", "gift": POINTS_GIFT, "audience": audience, "reason": "late deliveries"}
        return await self.post(PATH, status, **(body | more))

    async def verb(self, grant: dict[str, Any], verb: str, status: int = 200) -> dict[str, Any]:
        return await self.post(f"{PATH}/{grant['grant_id']}/{verb}", status, reason="as agreed")

    async def read(self, grant: dict[str, Any]) -> dict[str, Any]:
        answer = await self.operator.get(f"{PATH}/{grant['grant_id']}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def decide(self, approval_id: str, decision: str = "approve") -> None:
        path = f"/api/console/v1/approvals/{approval_id}/decision"
        await self.post(path, 200, self.checker, decision=decision, note="seen")
        await self.relay.drain()

    async def start(self, grant: dict[str, Any]) -> dict[str, Any]:
        """Asked for, and approved."""
        asked = await self.verb(grant, "request", 202)
        await self.decide(asked["approval_id"])
        return await self.read(grant)

    async def undo(self, grant: dict[str, Any]) -> dict[str, Any]:
        asked = await self.verb(grant, "undo", 202)
        await self.decide(asked["undo_id"])
        return await self.work(grant)

    async def work(self, grant: dict[str, Any], steps: int | None = None) -> dict[str, Any]:
        """So many steps, or all there are."""
        done = 0
        while steps is None or done < steps:
            found = await self.read(grant)
            if found["state"] not in IN_WORK:
                break
            async with self.db.transaction() as tx:
                await service.step(tx, Step(UUID(found["grant_id"]), found["generation"]))
            done += 1
        return await self.read(grant)

    async def given(self, **more: Any) -> dict[str, Any]:
        """A grant that is carried out."""
        grant = await self.make(**more)
        await self.start(grant)
        return await self.work(grant)

    async def rows(self, grant: dict[str, Any], which: str | None = None) -> list[dict[str, Any]]:
        params: dict[str, Any] = {"limit": 200} | ({"which": which} if which else {})
        answer = await self.operator.get(f"{PATH}/{grant['grant_id']}/members", params=params)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def available(self, member: UUID) -> int:
        async with self.db.transaction(read_only=True) as tx:
            return (await points.balance(tx, member, POINTS)).available


@asynccontextmanager
async def open_office(db: Database) -> AsyncIterator[Office]:
    asks = ("grants:read", "grants:write", "approvals:read")
    async with (
        client_of(db, [*ROUTES, *APPROVALS], *asks) as operator,
        client_of(db, [*ROUTES, *APPROVALS], "grants:approve", "approvals:read", "approvals:decide") as checker,
    ):
        yield Office(db, operator, checker)


def set_state(superuser: psycopg.Connection[Any], member: UUID, state: str) -> None:
    superuser.execute("UPDATE members.member SET state = %s WHERE member_id = %s", (state, member))


def assert_lawful(superuser: psycopg.Connection[Any]) -> None:
    """No law of the data is broken."""
    for law in laws():
        assert superuser.execute(law.question.encode()).fetchall() == [], law.name
