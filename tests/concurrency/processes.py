"""Worker processes as the tests see them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).parents[2]


class Worker:
    """A running `tests.concurrency.worker`, and what it said."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said: dict[int, str] = {}

    @classmethod
    async def start(
        cls, url: str, load: str, connections: int, seed: int, first: int, count: int, ids: Sequence[UUID]
    ) -> Worker:
        """Started and connected, waiting for `go`."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.concurrency.worker", url, load, *map(str, (connections, seed, first, count)),
            *map(str, ids), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        worker = cls(process)
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 180) == b"ready\n"
        return worker

    def go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if line.endswith(b"\n"):
                number, _, what = line.decode().strip().partition(" ")
                self.said[int(number)] = what

    async def finish(self) -> dict[int, str]:
        """Wait for it; what it said. It must end well."""
        await asyncio.wait_for(self._reading, 120)
        assert await self._process.wait() == 0
        return self.said

    async def kill(self) -> dict[int, str]:
        """Kill it as the kernel would; what it said before."""
        self._process.kill()
        await self._process.wait()
        await self._reading
        return self.said
