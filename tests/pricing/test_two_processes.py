"""Two API processes on one database: what is published or switched off through one holds in the other at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from tests.entry.program import bearer
from tests.entry.test_wire import serving

LIST_FEN, HALF = 10_000, 5_000
RULES = "/api/v1/rulebook/promotions/main"
BASKET = {
    "channel": "app",
    "lines": [
        {
            "line_id": "1",
            "sku": "melon",
            "pieces": 1,
            "goods": {"category": "fruit", "unit": "piece", "list_price_fen": LIST_FEN},
        }
    ],
}


def body(version: int) -> dict[str, Any]:
    """What a version says shows in what the basket costs: 50.02 in the second."""
    effect = {"type": "rate", "rate_bp": HALF + version}
    return {"rules": [{"layer": "unit", "code": "half", "name": {"zh": "半价", "en": "Half"}, "effect": effect}]}


class Api:
    """One of the processes."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, path: str, body: object, status: int = 201) -> dict[str, Any]:
        answer = await self._client.post(path, json=body, headers={"Idempotency-Key": str(new_id())})
        assert answer.status_code == status, answer.text
        said: dict[str, Any] = answer.json()
        return said

    async def publish(self, version: int) -> None:
        await self.send(f"{RULES}/versions/alone", {"base": version - 1, "note": "n", "body": body(version)})

    async def quote(self) -> tuple[int, int]:
        """Version and payable."""
        said = await self.send("/api/v1/quotes", BASKET, 200)
        return said["version"], said["priced"]["payable_fen"]


@asynccontextmanager
async def two(db: Database, database_url: str, home: Path) -> AsyncIterator[tuple[Api, Api]]:
    async with serving(db, database_url, home) as first, serving(db, database_url, home) as second:
        clients = [
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{one.port}", headers=bearer(one.token))
            for one in (first, second)
        ]
        async with clients[0] as here, clients[1] as there:
            yield Api(here), Api(there)


@pytest.mark.requirement("PRC-13", "PRC-14")
async def test_what_one_publishes_the_other_prices_by(db: Database, database_url: str, tmp_path: Path) -> None:
    """Not only within a second: the first answer after it does."""
    async with two(db, database_url, tmp_path) as (here, there):
        assert (await there.quote())[0] == 1
        for version in (2, 3):
            await here.publish(version)
            assert await there.quote() == (version, HALF + version)
        await here.send(f"{RULES}/switches", {"part": "half", "off": True, "reason": "too dear"})
        assert await there.quote() == (3, LIST_FEN)
        await here.send(f"{RULES}/switches", {"part": "half", "off": False, "reason": "it was not"})
        assert await there.quote() == (3, HALF + 3)
        await no_answer_mixes_two_versions(here, there, range(4, 10))


async def no_answer_mixes_two_versions(here: Api, there: Api, versions: range) -> None:
    """While they are published, each answer has the number of one version and its price."""
    seen: set[tuple[int, int]] = set()
    stop = asyncio.Event()

    async def ask(api: Api) -> None:
        while not stop.is_set():
            seen.add(await api.quote())

    asking = [asyncio.create_task(ask(api)) for api in (here, there) * 2]
    for version in versions:
        await here.publish(version)
        seen.add(await there.quote())
    stop.set()
    await asyncio.gather(*asking)
    assert seen - {(3, HALF + 3)} == {(version, HALF + version) for version in versions}
