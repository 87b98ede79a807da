"""Processes that count requests together by way of a real Valkey, and each by itself where it is away or hung."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from huixiang.platform.cache import REST_AFTER_FAILURE_S, Cache
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.valkey import EmbeddedValkey
from huixiang.platform.throttle import Limits, Throttle, TooManyRequests
from tests.support.fixtures import NOW

pytestmark = pytest.mark.requirement("INT-01")

LIMIT = 100
MINUTE = NOW.replace(second=0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    one = EmbeddedValkey(Home(tmp_path / "home"), Identity.for_servers("nobody"))
    one.start()
    yield one
    with suppress(ProcessLookupError):
        os.kill(one.pid, signal.SIGCONT)
    one.stop()


@pytest_asyncio.fixture
async def processes(server: EmbeddedValkey) -> AsyncIterator[list[Throttle]]:
    """What three API processes have, each with a connection of its own."""
    caches = [Cache.open(server.url) for _ in range(3)]
    yield [Throttle(Limits(key=LIMIT), cache) for cache in caches]
    for cache in caches:
        await cache.close()


def admitted(throttle: Throttle, count: int, second: int = 0) -> int:
    """How many of so many requests are let in."""
    let_in = 0
    for _ in range(count):
        with suppress(TooManyRequests):
            throttle.admit("key", "till", MINUTE + timedelta(seconds=second))
            let_in += 1
    return let_in


async def test_the_limit_holds_over_all_processes(processes: list[Throttle]) -> None:
    made = 0
    for _ in range(30):
        for one in processes:
            made += admitted(one, 5)
            await one.share_once()
    assert LIMIT <= made <= LIMIT + 5 * len(processes)
    assert [admitted(one, 1) for one in processes] == [0, 0, 0]


async def test_a_process_that_is_new_to_a_caller_learns_of_the_minute_before(processes: list[Throttle]) -> None:
    first, second, _ = processes
    assert admitted(first, LIMIT) == LIMIT
    await first.share_once()
    assert admitted(second, 1, 61) == 1
    await second.share_once()
    assert admitted(second, LIMIT, 61) == 1  # of the 100 a minute before, 98 still lie within sixty seconds


async def test_what_was_not_told_before_the_minute_ended_is_told_after(processes: list[Throttle]) -> None:
    first, second, _ = processes
    assert admitted(first, LIMIT) == LIMIT
    assert admitted(first, 1, 61) == 1
    await first.share_once()
    assert admitted(second, 1, 61) == 1
    await second.share_once()
    assert admitted(second, LIMIT, 61) == 0


@pytest.mark.requirement("OPS-06")
@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP], ids=["dead", "hung"])
async def test_without_it_each_process_limits_by_itself_and_no_request_waits(
    server: EmbeddedValkey, processes: list[Throttle], fate: signal.Signals
) -> None:
    one = processes[0]
    assert admitted(one, 40) == 40
    await one.share_once()
    os.kill(server.pid, fate)
    loop = asyncio.get_running_loop()
    sharing = [asyncio.create_task(process.share()) for process in processes]
    made, slowest, ends = 0, 0.0, loop.time() + 1.0
    while loop.time() < ends:
        begun = loop.time()
        made += admitted(one, 1)
        slowest = max(slowest, loop.time() - begun)
        await asyncio.sleep(0.001)
    assert made == LIMIT - 40
    assert [admitted(process, 2 * LIMIT) for process in processes] == [0, LIMIT, LIMIT]
    assert slowest < 0.05
    assert not any(task.done() for task in sharing)
    for task in sharing:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_when_it_is_back_empty_what_was_known_still_counts(
    server: EmbeddedValkey, processes: list[Throttle]
) -> None:
    one, other, _ = processes
    assert admitted(one, 60) == 60
    await one.share_once()
    os.kill(server.pid, signal.SIGKILL)
    server.restart()
    for process in (one, other):
        assert admitted(process, 10) == 10
        await process.share_once()
    await asyncio.sleep(REST_AFTER_FAILURE_S)
    for process in (one, other):
        assert admitted(process, 10) == 10
        await process.share_once()
    assert admitted(one, LIMIT) == LIMIT - 80
