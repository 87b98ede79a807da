"""The program over HTTP, and short ways to ask it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import msgspec

from huixiang.platform.db import Database
from tests.entry.program import Program, sign_in

GIFT = "gift"


class Surface(msgspec.Struct, frozen=True):
    """One member's points, as a system, the member and staff reach them."""

    program: Program
    db: Database

    @property
    def member(self) -> UUID:
        return self.program.member_id

    @property
    def points(self) -> str:
        return f"/api/v1/members/{self.member}/points"

    async def post(self, path: str, body: Any, key: str | None = "1") -> httpx.Response:
        """Of this member where `path` does not begin with a slash."""
        headers = {**self.program.system, **({"Idempotency-Key": key} if key else {})}
        return await self.program.client.post(self._path(path), json=body, headers=headers)

    async def get(self, path: str = "", **parameters: Any) -> httpx.Response:
        return await self.program.client.get(self._path(path), params=parameters, headers=self.program.system)

    async def get_own(self, path: str, **parameters: Any) -> httpx.Response:
        address = f"/api/member/v1/me/points{path}"
        return await self.program.client.get(address, params=parameters, headers=self.program.member)

    async def get_as_staff(self, path: str, **parameters: Any) -> httpx.Response:
        headers = await sign_in(self.db)
        return await self.program.client.get(f"/api/console/v1{path}", params=parameters, headers=headers)

    async def credit(self, points: int, key: str, **more: Any) -> dict[str, Any]:
        return made(await self.post("credits", {"points": points, "cause": "goodwill", **more}, key))

    async def spend(self, points: int, key: str, **more: Any) -> dict[str, Any]:
        return made(await self.post("spends", {"points": points, "cause": "till", **more}, key))

    async def hold(self, points: int, key: str, **more: Any) -> dict[str, Any]:
        return made(await self.post("holds", {"points": points, "cause": "order", **more}, key))

    def _path(self, path: str) -> str:
        return path if path.startswith("/") else f"{self.points}/{path}".rstrip("/")


def made(response: httpx.Response) -> dict[str, Any]:
    """The answer of a command that was carried out."""
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def refused(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    problem = response.json()
    assert problem["type"] == f"urn:huixiang:problem:{problem['code']}"
    return response.status_code, problem["code"]


def sums(balance: int, held: int = 0, pending: int = 0, debt: int = 0) -> dict[str, int]:
    return {
        "balance": balance,
        "available": balance - held - pending,
        "held": held,
        "pending": pending,
        "debt": debt,
    }


# Every command with the body of a plain request.
COMMANDS = [
    ("credits", {"points": 5, "cause": "goodwill"}),
    ("spends", {"points": 5, "cause": "till"}),
    ("holds", {"points": 5, "cause": "order"}),
    ("holds/{hold}/capture", {"points": 5}),
    ("holds/{hold}/release", {}),
    ("returns", {"points": 5, "origin_seq": 2}),
    ("claw-backs", {"points": 5, "origin_seq": 1}),
]
