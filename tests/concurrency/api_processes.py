"""API processes on a test's database, to be asked over HTTP and killed."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from huixiang.entry.keys import use_keys
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from huixiang.staff import service as staff
from tests.concurrency.processes import ROOT

START_S = 120


class Api:
    """A process that serves the whole program on a port, and a client of so many connections to it."""

    def __init__(self, process: Process, port: int, client: httpx.AsyncClient) -> None:
        self._process = process
        self.port = port
        self.client = client

    async def ready(self) -> None:
        """The connection waits in the queue until the process has started."""
        answer = await self.client.get("/readyz", timeout=START_S)
        assert answer.status_code == 200, answer.text

    async def kill(self) -> None:
        """As the kernel would."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


async def token_for(db: Database, database_url: str, home: Path) -> str:
    """A key with every scope, and the installation's keys in this process, too. Before members are registered."""
    use_keys(Settings(environment="test", home=home, database_url=database_url))
    async with db.transaction() as tx:
        return (await staff.create_key(tx, "tests", staff.SCOPES, "tests")).token


@asynccontextmanager
async def serving(
    database_url: str, home: Path, token: str, processes: int, connections: int, valkey: str | None = None
) -> AsyncIterator[list[Api]]:
    """So many processes on one database, with so many connections to each."""
    async with AsyncExitStack() as stack:
        apis = [await _started(stack, database_url, home, token, connections, valkey) for _ in range(processes)]
        await asyncio.gather(*(api.ready() for api in apis))
        yield apis


async def _started(
    stack: AsyncExitStack, database_url: str, home: Path, token: str, connections: int, valkey: str | None
) -> Api:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUIXIANG_")}
    ours = {"ENVIRONMENT": "test", "HOME": str(home), "DATABASE_URL": database_url, "LOG_LEVEL": "error"}
    ours |= {"VALKEY_URL": valkey} if valkey is not None else {"VALKEY": "off"}
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "huixiang.entry.supervisor.api", str(listener.fileno())),
            "huixiang.entry.http:create_app",
            env=environment | {f"HUIXIANG_{name}": value for name, value in ours.items()},
            pass_fds=[listener.fileno()],
            stdout=asyncio.subprocess.DEVNULL,
            cwd=ROOT,
        )
        port: int = listener.getsockname()[1]
    client = httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}",
        headers={"Authorization": f"Bearer {token}"},
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        timeout=60,
    )
    await stack.enter_async_context(client)
    api = Api(process, port, client)
    stack.push_async_callback(api.kill)
    return api


class Answers(msgspec.Struct):
    """What became of each number. lost: no answer came."""

    placed: dict[int, dict[str, Any]] = {}
    refused: dict[int, dict[str, Any]] = {}
    lost: list[int] = []
