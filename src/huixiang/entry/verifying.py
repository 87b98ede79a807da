"""`huixiang ledger verify` at work: tasks shared out to processes, and kept in a file so that a stopped run goes on.

A task is the accounts of a range of members, the chain of signed roots, the root of one day, or a law of
`db/invariants`. Each is read in a snapshot of its own, which is enough: no posting is of two members, and a closed day
does not change.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Self

import asyncpg
import msgspec

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.platform import invariants
from huixiang.platform.db import Database, Transaction
from huixiang.platform.invariants import Breach
from huixiang.platform.settings import CannotRun, Settings
from huixiang.points import service
from huixiang.points.model import Finding, MemberRange, Rebuilt, RootChain, RootFinding, RootOfDay, Verification

IN_HAND = 2  # tasks of each other process: the one that it is at, and the next
BREACHES_SHOWN = 20  # of each law; all are counted
# What these ask is asked of every account by walking its journal, at a fraction of the cost.
WALKED = frozenset(
    {
        "points_account_head", "points_account_holds", "points_account_lots", "points_account_mark",
        "points_account_postings", "points_hold_postings", "points_lot_holds", "points_lot_postings",
        "points_posting_lots", "points_posting_order",
    }
)  # fmt: skip


def laws() -> list[invariants.Law]:
    """The laws that are asked: those that tie modules together, and what no walk over one account shows."""
    return [law for law in invariants.laws() if law.name not in WALKED]


class Law(msgspec.Struct, frozen=True, tag="law"):
    """A law, by the name of its file."""

    name: str


Task = MemberRange | RootChain | RootOfDay | Law


class Result(msgspec.Struct, frozen=True):
    """What came of one task. `broken`: how often a law is, of which `breaches` has the first."""

    verified: Verification = Verification()
    broken: int = 0
    breaches: list[Breach] = []


class Plan(msgspec.Struct, frozen=True):
    """How to go about it. `progress`: the file that remembers what is done; None: nothing does."""

    processes: int = 2
    accounts_at_once: int = service.ACCOUNTS_AT_ONCE
    progress: Path | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at and what was found. `findings` and `breaches` are cut off at a limit, `differences` is not."""

    accounts: int
    postings: int
    roots: int
    laws: int
    differences: int
    seconds: float
    findings: list[Finding]
    root_findings: list[RootFinding]
    breaches: list[Breach]


def verify(settings: Settings, plan: Plan) -> Report:
    """Raises CannotRun where the database cannot be read."""
    begun = time.perf_counter()
    try:
        results = _verify(settings, plan)
    except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        raise CannotRun(f"the database could not be read: {error}") from error
    verified = service.total(result.verified for result in results)
    return Report(
        accounts=verified.accounts,
        postings=verified.postings,
        roots=verified.roots,
        laws=len(laws()),
        differences=verified.differences + sum(result.broken for result in results),
        seconds=round(time.perf_counter() - begun, 3),
        findings=verified.findings,
        root_findings=verified.root_findings,
        breaches=[breach for result in results for breach in result.breaches],
    )


def rebuild(settings: Settings, owner_url: str, accounts_at_once: int, *, check: bool) -> Rebuilt:
    """Write what the journal makes of accounts into place, a range of members in each transaction."""
    return asyncio.run(_rebuild(settings, owner_url, accounts_at_once, check=check))


async def _rebuild(settings: Settings, owner_url: str, accounts_at_once: int, *, check: bool) -> Rebuilt:
    db = await _open(settings, owner_url)
    try:
        async with db.snapshot() as tx:
            ranges = await service.member_ranges(tx, accounts_at_once)
        parts = []
        for members in ranges:
            async with db.snapshot() if check else db.transaction() as tx:
                parts.append(await service.rebuild_members(tx, members, check=check))
    finally:
        await db.close()
    return Rebuilt(
        accounts=sum(part.accounts for part in parts),
        postings=sum(part.postings for part in parts),
        differences=sum(part.differences for part in parts),
        left=sum(part.left for part in parts),
        findings=[finding for part in parts for finding in part.findings],
    )


def _verify(settings: Settings, plan: Plan) -> list[Result]:
    """The results of all tasks, in their order."""
    with _Worker(settings) as here, _progress(plan.progress) as progress:
        tasks = progress.tasks or progress.begin(here.tasks(plan.accounts_at_once))
        left = [number for number in range(len(tasks)) if number not in progress.results]
        # One range is sooner walked than another process is started.
        alone = plan.processes == 1 or sum(isinstance(task, MemberRange) for task in tasks) <= 1
        done = _here(here, tasks, left) if alone else _shared(here, settings, plan.processes - 1, tasks, left)
        for number, result in done:
            progress.keep(number, result)
    return [progress.results[number] for number in range(len(tasks))]


class _Worker:
    """One process's connection to the database, and what it does there."""

    def __init__(self, settings: Settings) -> None:
        self._runner = asyncio.Runner()
        try:
            self._db = self._runner.run(_open(settings, settings.database_read_url or str(settings.database_url)))
        except BaseException:
            self._runner.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._db.close())
        self._runner.close()

    def tasks(self, accounts_at_once: int) -> list[Task]:
        async def plan() -> list[Task]:
            async with self._db.snapshot() as tx:
                # The longest first, so that nobody waits for one at the end.
                tasks: list[Task] = [*await service.member_ranges(tx, accounts_at_once)]
                tasks += [*await service.rooted_days(tx), RootChain()]
                return [*tasks, *(Law(law.name) for law in laws())]

        return self._runner.run(plan())

    def do(self, task: Task) -> Result:
        async def run() -> Result:
            async with self._db.snapshot() as tx:
                return await _do(tx, task)

        return self._runner.run(run())


async def _open(settings: Settings, url: str) -> Database:
    return await Database.open(
        url,
        calendar=BusinessCalendar(settings.time_zone),
        clock=SystemClock(),
        max_size=1,
        application_name="huixiang-verify",
        statement_timeout_s=0,
    )


async def _do(tx: Transaction, task: Task) -> Result:
    match task:
        case MemberRange():
            return Result(await service.verify_members(tx, task))
        case RootChain():
            return Result(await service.verify_root_chain(tx))
        case RootOfDay(day=day):
            return Result(await service.verify_root(tx, day))
        case Law(name=name):
            return await _obey(tx, name)


async def _obey(tx: Transaction, name: str) -> Result:
    law = next(law for law in laws() if law.name == name)
    count, shown = 0, []
    async for breach in invariants.breaches(tx, law):
        count += 1
        if count <= BREACHES_SHOWN:
            shown.append(breach)
    return Result(broken=count, breaches=shown)


def _here(worker: _Worker, tasks: Sequence[Task], left: Iterable[int]) -> Iterator[tuple[int, Result]]:
    for number in left:
        yield number, worker.do(tasks[number])


def _shared(
    here: _Worker, settings: Settings, others: int, tasks: Sequence[Task], left: Iterable[int]
) -> Iterator[tuple[int, Result]]:
    """With processes of their own, in whatever order they are done. This one works while they start, and after."""
    pool = ProcessPoolExecutor(others, get_context("spawn"), _begin, (settings,))
    ahead, under_way = deque(left), dict[Future[Result], int]()
    try:
        while ahead or under_way:
            while ahead and len(under_way) < IN_HAND * others:
                under_way[pool.submit(_do_in_process, tasks[ahead[0]])] = ahead.popleft()
            if ahead:
                number = ahead.popleft()
                yield number, here.do(tasks[number])
            for future in wait(under_way, 0 if ahead else None, FIRST_COMPLETED).done:
                yield under_way.pop(future), future.result()
    finally:
        pool.shutdown(cancel_futures=True)


_worker: _Worker | None = None


def _begin(settings: Settings) -> None:
    global _worker  # noqa: PLW0603 - what a process of the pool keeps between its tasks
    _worker = _Worker(settings)


def _do_in_process(task: Task) -> Result:
    assert _worker is not None  # noqa: S101 - the pool has begun it
    return _worker.do(task)


class _Begun(msgspec.Struct, frozen=True):
    """The first line of a file of progress."""

    tasks: list[Task]


class _Done(msgspec.Struct, frozen=True):
    """Every other line."""

    number: int
    result: Result


class _Progress:
    """What is done. A file has it line by line; a last line that a crash cut off counts for nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.tasks: list[Task] = []
        self.results: dict[int, Result] = {}
        lines = path.read_bytes().splitlines(keepends=True) if path and path.exists() else []
        if lines and lines[0].endswith(b"\n"):
            self.tasks = msgspec.json.decode(lines[0], type=_Begun).tasks
            done = [msgspec.json.decode(line, type=_Done) for line in lines[1:] if line.endswith(b"\n")]
            self.results = {one.number: one.result for one in done}
            self._replace(msgspec.json.encode(_Begun(self.tasks)), *map(msgspec.json.encode, done))

    def begin(self, tasks: list[Task]) -> list[Task]:
        self.tasks = tasks
        self._replace(msgspec.json.encode(_Begun(tasks)))
        return tasks

    def keep(self, number: int, result: Result) -> None:
        line = msgspec.json.encode(_Done(number, result), enc_hook=str)
        # As it would be read again, so that a run that was stopped says the same as one that was not.
        self.results[number] = msgspec.json.decode(line, type=_Done).result
        if self._path is not None:
            with self._path.open("ab") as file:
                file.write(line + b"\n")

    def _replace(self, *lines: bytes) -> None:
        if self._path is not None:
            beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
            beside.write_bytes(b"".join(line + b"\n" for line in lines))
            beside.replace(self._path)

    def forget(self) -> None:
        if self._path is not None:
            self._path.unlink()


@contextmanager
def _progress(path: Path | None) -> Iterator[_Progress]:
    """Progress that is forgotten when all is done, and stays in its file when something stops it."""
    progress = _Progress(path)
    yield progress
    progress.forget()
