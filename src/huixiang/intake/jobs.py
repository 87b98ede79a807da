"""Working a run off: one transaction for each chunk, committed here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol

import msgspec

from huixiang.intake import rules, service
from huixiang.intake.model import ImportRun, Report, RunState, Stage
from huixiang.intake.ports import Source
from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database

SKU_CHUNK = 5000
MEMBER_CHUNK = 500
POSTERS = 2


class Watcher(Protocol):
    """Who is told how a run goes."""

    def entered(self, stage: Stage, done: int, total: int) -> None: ...

    def advanced(self, items: int) -> None: ...

    async def left(self, stage: Stage, items: int, seconds: float) -> None:
        """`items` are those that were loaded now, not by an earlier start of the run."""
        ...


class _Chunk(msgspec.Struct, frozen=True):
    number: int
    items: int
    rows: Callable[[], Sequence[Any]]


async def run_import(
    database: Database, source: Source, watcher: Watcher, *, owners: int | None = None, again: bool = False
) -> Report:
    """Import a source, or go on with it, and reconcile. Raises RowsRefused; a report with differences is returned.

    A run that is done already is reconciled again, and nothing is loaded. What breaks a run off from outside (a lost
    connection, a kill) leaves it running: the next call goes on with it.
    """
    async with database.transaction() as tx:
        run = await service.open_run(tx, source.name, source.last_day, owners, again=again)
    source.place_in_time(run.shift_weeks, database.calendar.zone_name)
    if run.state is not RunState.DONE:
        try:
            for stage, chunks in _plan(source, run):
                await _work_off(database, run, stage, chunks, watcher)
        except DomainError:
            async with database.transaction() as tx:
                await service.fail(tx, run.run_id)
            raise
    async with database.transaction() as tx:
        return await service.reconcile(tx, run, source.figures(), source.codes)


def _plan(source: Source, run: ImportRun) -> Iterator[tuple[Stage, list[_Chunk]]]:
    """Each stage with its chunks, made when it is reached. The same every time for the same run."""
    yield Stage.STORES, _rows(source.stores())
    yield Stage.CATEGORIES, _rows(source.categories())  # all at once: one call may not name what a later one brings
    yield Stage.SKUS, _rows(source.skus(), SKU_CHUNK)
    sizes = source.orders_of_owner
    yield (
        Stage.MEMBERS,
        [
            _Chunk(number, len(owners), partial(source.members, owners))
            for number, owners in enumerate(rules.whole_owners([1] * len(sizes), MEMBER_CHUNK))
        ],
    )
    yield (
        Stage.ORDERS,
        [
            _Chunk(number, sum(sizes[owners.start : owners.stop]), partial(source.orders, owners))
            for number, owners in enumerate(rules.whole_owners(sizes, run.chunk_orders))
        ],
    )


def _rows(rows: Sequence[Any], size: int | None = None) -> list[_Chunk]:
    step = size or max(len(rows), 1)
    parts = [rows[first : first + step] for first in range(0, len(rows), step)]
    return [_Chunk(number, len(part), partial(list, part)) for number, part in enumerate(parts)]


async def _work_off(
    database: Database, run: ImportRun, stage: Stage, chunks: Sequence[_Chunk], watcher: Watcher
) -> None:
    started = time.perf_counter()
    total = sum(chunk.items for chunk in chunks)
    async with database.transaction() as tx:
        finished = await service.enter_stage(tx, run.run_id, stage, total)
    watcher.entered(stage, sum(finished.values()), total)
    waiting = iter([chunk for chunk in chunks if chunk.number not in finished])
    loaded = 0

    async def post() -> None:
        nonlocal loaded
        # One iterator for all posters: each takes the next chunk that nobody has.
        for chunk in waiting:
            rows = chunk.rows()
            async with database.transaction() as tx:
                await service.load_chunk(tx, run.run_id, stage, chunk.number, rows)
            loaded += chunk.items
            watcher.advanced(chunk.items)

    try:
        async with asyncio.TaskGroup() as posters:
            for _ in range(POSTERS if stage is Stage.ORDERS else 1):
                posters.create_task(post())
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    await watcher.left(stage, loaded, time.perf_counter() - started)
