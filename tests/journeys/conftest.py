"""The whole program in this process: the real application on a clean database, with real keys and principals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest_asyncio

from huixiang.entry.http import wire
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from huixiang.platform.web.application import serving
from huixiang.rulebook import service as rulebook
from huixiang.staff import service as staff
from tests.entry.program import application


class House(msgspec.Struct, frozen=True):
    """A running program, and a system key that may do everything a system may."""

    client: httpx.AsyncClient
    db: Database
    clock: SettableClock

    async def post(self, path: str, body: Any, key: str) -> httpx.Response:
        return await self.client.post(path, json=body, headers={"Idempotency-Key": key})

    async def get(self, path: str, **params: Any) -> Any:
        response = await self.client.get(path, params=params)
        assert response.status_code == 200, response.text
        return response.json()


def _give_up(started: asyncio.Future[httpx.AsyncClient], error: BaseException | None) -> None:
    if not started.done():
        started.set_exception(error or RuntimeError("the program ended before it served"))


@pytest_asyncio.fixture
async def house(database_url: str, db: Database, clock: SettableClock, tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(environment="test", home=tmp_path, database_url=database_url)
    app, serve_on = application(), serving(wire(settings, clock))
    async with db.transaction() as tx:
        await rulebook.load_shipped(tx)
        key = await staff.create_key(tx, "shop", staff.SCOPES, by="test")
    started: asyncio.Future[httpx.AsyncClient] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()

    async def serve() -> None:
        # A fixture's two halves run in different tasks; the application's lifespan must end in the task it began in.
        async with (
            serve_on(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
                base_url="http://huixiang.test",
                headers={"Authorization": f"Bearer {key.token}"},
            ) as client,
        ):
            started.set_result(client)
            await stop.wait()

    task = asyncio.create_task(serve())
    # A start that fails ends the task, and nobody would ever set the future.
    task.add_done_callback(lambda ended: _give_up(started, ended.exception()))
    yield House(await started, db, clock)
    stop.set()
    await task
