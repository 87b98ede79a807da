"""A small application to serve in tests of the supervisor: it writes, and it can be slow.

GET /readyz · GET /pid · GET /slow (answers after a second) · POST /write/KEY (commits, then answers)
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import asyncpg

from huixiang.platform.settings import Settings

SLOW_S = 1.0


class SmallApp:
    """An ASGI application on a pool of its own."""

    def __init__(self) -> None:
        self._pool: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        status, body = await self._answer(scope["path"])
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        self._pool = await asyncpg.create_pool(Settings.load().database_url, min_size=1, max_size=4)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, path: str) -> tuple[int, bytes]:
        if path == "/slow":
            await asyncio.sleep(SLOW_S)
            return 200, b"slow"
        if path.startswith("/write/"):
            return await self._write(path.removeprefix("/write/"))
        return 200, str(os.getpid()).encode()

    async def _write(self, key: str) -> tuple[int, bytes]:
        try:
            await self._pool.execute(
                "INSERT INTO platform.directory (kind, key, member_id, recorded_at)"
                " VALUES ('kept', $1, '00000000-0000-0000-0000-000000000001', '2026-01-01Z')",
                key,
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return 503, b"not now"
        return 200, key.encode()


def create_app() -> SmallApp:
    return SmallApp()
