"""Merging two members over HTTP, with everything in the background done when it is asked for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import msgspec

from huixiang.entry.background import SUBSCRIPTIONS
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.points.service import merging
from tests.entry.program import Program


class House(msgspec.Struct):
    """The program with its key that manages members; commands get keys of their own."""

    program: Program
    db: Database
    commands: int = 0

    async def post(self, path: str, body: Any, key: str | None = None) -> httpx.Response:
        self.commands += 1
        headers = self.program.system | {"Idempotency-Key": key or f"command {self.commands}"}
        return await self.program.client.post(f"/api/v1/{path}", json=body, headers=headers)

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        answer = await self.program.client.get(path, headers=headers or self.program.system)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def member(self, name: str, **more: Any) -> str:
        body = {"channel": "app", "external_ids": [{"source": "app", "external_id": name}]} | more
        made = await self.post("members", body)
        assert made.status_code == 201, made.text
        return str(made.json()["member_id"])

    async def merge(self, gone: str, into: str) -> dict[str, Any]:
        """Begun; `relay` brings it to its end."""
        body = {"into": {"member_id": into}, "reason": "the same phone bill"}
        answer = await self.post(f"members/{gone}/merges", body)
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    async def undo(self, merge: dict[str, Any]) -> httpx.Response:
        return await self.post(
            f"members/{merge['member_id']}/merges/{merge['merge_id']}/undo", {"reason": "two people after all"}
        )

    async def relay(self) -> None:
        await Relay(self.db, SUBSCRIPTIONS).drain()

    async def bring_along(self) -> None:
        async with self.db.transaction() as tx:
            await merging.bring_along(tx, 100)
        await self.relay()

    async def read(self, merge: dict[str, Any]) -> dict[str, Any]:
        return dict(await self.get(f"/api/v1/members/{merge['member_id']}/merges/{merge['merge_id']}"))

    async def state(self, member: str) -> str:
        row = await self.rows("SELECT state FROM members.member WHERE member_id = $1", UUID(member))
        return str(row[0][0])

    async def points(self, member: str) -> int:
        """What a member has, pending too, less what they owe."""
        found = await self.get(f"/api/v1/members/{member}/points")
        return int(found["balance"] - found["debt"])

    async def order(self, member: str, number: str, fen: int = 10_000) -> dict[str, Any]:
        body = {
            "source": "till", "external_id": number, "member": {"member_id": member}, "channel": "store",
            "completed_at": self.db.clock.now().isoformat(),
            "lines": [{"line_id": "a", "sku": "apple", "pieces": 1, "payable_fen": fen}],
        }  # fmt: skip
        answer = await self.post("orders", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def rows(self, sql: str, *arguments: Any) -> list[Any]:
        async with self.db.transaction(read_only=True) as tx:
            return [tuple(row) for row in await tx.fetch(sql, *arguments)]
