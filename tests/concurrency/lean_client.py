"""A client that leaves the processors to the program: posts over HTTP/1.1, a request at a time on a connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec

GONE = (ConnectionError, asyncio.IncompleteReadError)  # the process died: nobody knows whether it was done
LENGTH = b"content-length:"


class Reply(msgspec.Struct, frozen=True):
    status: int
    body: dict[str, Any]
    ms: float


class Line:
    """A connection. Its requests are those of a system key."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> None:
        self._reader = reader
        self._writer = writer
        self._head = f"HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"

    async def post(self, path: str, key: str, body: object) -> Reply:
        """Raises what is in GONE."""
        content = msgspec.json.encode(body)
        began = time.perf_counter()
        head = f"POST {path} {self._head}Idempotency-Key: {key}\r\nContent-Length: {len(content)}\r\n\r\n"
        self._writer.write(head.encode() + content)
        said = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(said.partition(LENGTH)[2].partition(b"\r\n")[0])
        answer = await self._reader.readexactly(length)
        return Reply(int(said[9:12]), msgspec.json.decode(answer), (time.perf_counter() - began) * 1000)

    async def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def lines(port: int, token: str, connections: int) -> AsyncIterator[list[Line]]:
    """So many connections to a process of this machine, open at once."""
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(connections):
            line = Line(*await asyncio.open_connection("127.0.0.1", port), token)
            stack.push_async_callback(line.close)
            made.append(line)
        yield made
