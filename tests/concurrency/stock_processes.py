"""Processes of a rush, as the tests and the benchmark see them."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter

import msgspec

from tests.concurrency.processes import ROOT


class Rush(msgspec.Struct):
    """What was answered to each number, and how many milliseconds it took."""

    answers: dict[int, str]
    ms: dict[int, float]

    @property
    def counted(self) -> Counter[str]:
        return Counter(self.answers.values())


STOCK = "tests.concurrency.stock_worker"
COUPONS = "tests.concurrency.coupon_worker"


class Rusher:
    """A running worker."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said = Rush({}, {})

    @classmethod
    async def start(
        cls, url: str, valkey: str, connections: int, numbers: range, key: str, amount: int = 1, worker: str = STOCK
    ) -> Rusher:
        """Started and connected, waiting for `go`."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", worker, url, valkey, str(connections),
            str(numbers.start), str(len(numbers)), key, str(amount),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        rusher = cls(process)
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 180) == b"ready\n"
        return rusher

    def go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if line.endswith(b"\n"):
                number, answer, ms = line.decode().split()
                self.said.answers[int(number)] = answer
                self.said.ms[int(number)] = float(ms)

    async def finish(self) -> Rush:
        await asyncio.wait_for(self._reading, 300)
        assert await self._process.wait() == 0
        return self.said

    async def kill(self) -> Rush:
        """Kill it as the kernel would; what it said before."""
        self._process.kill()
        await self._process.wait()
        await self._reading
        return self.said


async def rush(
    url: str,
    valkey: str,
    connections: int,
    people: int,
    key: str,
    amount: int = 1,
    first: int = 0,
    worker: str = STOCK,
) -> Rush:
    """People who all ask at once, from two processes."""
    half = people // 2
    parts = [range(first, first + half), range(first + half, first + people)]
    rushers = [await Rusher.start(url, valkey, connections // 2, part, key, amount, worker) for part in parts]
    for rusher in rushers:
        rusher.go()
    said = [await rusher.finish() for rusher in rushers]
    return Rush(said[0].answers | said[1].answers, said[0].ms | said[1].ms)
