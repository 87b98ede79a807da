"""Work for later: jobs and schedules, on pgqueuer, behind a port of our own.

A job is enqueued in the transaction that wants it done, and is run in a transaction that also takes it off the queue:
its effect happens exactly once, however often a worker dies over it. Not for the hot path, and not one job per member:
mass work is one job per chunk of about a thousand, each shorter than the statement time-out.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import asyncpg
import msgspec
import structlog
from croniter import croniter  # type: ignore[import-untyped]
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver, Relay
from pgqueuer.adapters.persistence import qb
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.executors import ScheduleExecutor
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.models import Job
from pgqueuer.domain.models import Schedule as DueSchedule
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel
from pgqueuer.ports.driver import Driver, NotifyCallback

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.platform.db import Database, Transaction

RETRY_FIRST = timedelta(seconds=1)
RETRY_MAX = timedelta(hours=1)
RECONNECT_S = 1.0
KEEP_LOG = timedelta(days=30)
CONCURRENT = 4
# What a database that goes away looks like. The driver calls it internal when the connection dies under a statement
# that is just being prepared.
OUTAGE = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    FailingListenerError,
)

log = structlog.get_logger(__name__)


class JobHandler(msgspec.Struct, frozen=True):
    """What does jobs of one name. `run` gets the transaction that takes the job off the queue.

    A job whose `run` raises is tried again after 1 s, 2 s, 4 s ... up to an hour; after `attempts` failures it is held
    for a person to look at, with status `failed`.
    """

    name: str
    payload: type[msgspec.Struct]
    run: Callable[[Transaction, Any], Awaitable[None]]
    attempts: int = 12


class Schedule(msgspec.Struct, frozen=True):
    """Something to do at times given by `cron` (five fields, in the business time zone). It is run as a job, so it is
    retried like one; while it waits or runs, its next turn is left out."""

    name: str
    cron: str
    run: Callable[[Transaction], Awaitable[None]]


class Tick(msgspec.Struct, frozen=True):
    """The payload of a schedule's job."""


async def enqueue(
    tx: Transaction,
    name: str,
    payload: msgspec.Struct,
    *,
    key: str | None = None,
    run_at: datetime | None = None,
) -> bool:
    """Have the handler of `name` run, not before `run_at`, if this transaction commits.

    Of jobs with the same `key` one waits or runs at a time: False says that there was one already.
    """
    delay = max(run_at - tx.now, timedelta()) if run_at is not None else None
    queries = _queries(cast(Driver, _InTransaction(tx)))
    ids = await queries.enqueue(
        name, msgspec.json.encode(payload), execute_after=delay, dedupe_key=key and f"{name}:{key}", on_conflict="skip"
    )
    return ids != [None]


class JobRunner:
    """Runs jobs and schedules until told to stop. Any number may run; each job goes to one of them."""

    def __init__(
        self,
        db: Database,
        handlers: Sequence[JobHandler],
        schedules: Sequence[Schedule] = (),
        *,
        silence: timedelta = timedelta(seconds=30),
        poll: timedelta = timedelta(seconds=5),
    ) -> None:
        """`silence`: how long a worker may give no sign of life before others take its jobs. `poll`: how often to look
        when nothing was announced, which is how a dead worker's jobs are found."""
        self._db = db
        self._schedules = [Schedule("jobs.clean", "17 3 * * *", _clean), *schedules]
        self._handlers = [*handlers, *map(_as_handler, self._schedules)]
        self._silence = silence
        self._poll = poll

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; running jobs are finished first. An outage of the database is waited out."""
        while not stop.is_set():
            try:
                await self._run_connected(stop)
            except OUTAGE as error:
                log.warning("jobs_interrupted", error=type(error).__name__)
                await _pause(stop, RECONNECT_S)

    async def _run_connected(self, stop: asyncio.Event) -> None:
        async with self._db.session() as listener:
            await self._run_engine(self._engine(_PoolDriver(self._db.pool, listener)), stop)

    def _engine(self, driver: Driver) -> PgQueuer:
        engine = PgQueuer(driver, channel=Channel(_settings().channel), queries=_queries(driver))
        for handler in self._handlers:
            engine.entrypoint(handler.name, on_failure="hold")(self._entry(handler))
        for schedule in self._schedules:
            engine.schedule(schedule.name, schedule.cron, executor_factory=self._in_business_time)(self._turn(schedule))
        return engine

    async def _run_engine(self, engine: PgQueuer, stop: asyncio.Event) -> None:
        running = asyncio.create_task(
            engine.run(
                dequeue_timeout=self._poll,
                heartbeat_timeout=self._silence,
                batch_size=CONCURRENT // 2,
                max_concurrent_tasks=CONCURRENT,
                shutdown_on_listener_failure=True,
            )
        )
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            engine.shutdown.set()
            await running
        finally:
            stopping.cancel()
            running.cancel()  # where this was cancelled itself; the engine's connection goes with us

    def _entry(self, handler: JobHandler) -> Callable[[Job], Awaitable[None]]:
        async def entry(job: Job) -> None:
            try:
                payload = msgspec.json.decode(job.payload or b"{}", type=handler.payload)
                async with self._db.transaction() as tx:
                    await handler.run(tx, payload)
                    await _take_off(tx, job)
            except _DoneElsewhere:
                log.info("job_done_elsewhere", job=handler.name, id=job.id)
            except Exception as error:
                # Only the class goes on record: the text of an error may quote a row.
                name = type(error).__name__
                log.warning("job_failed", job=handler.name, id=job.id, attempts=job.attempts + 1, exc_info=True)
                if job.attempts + 1 >= handler.attempts:
                    raise JobFailed(name) from None
                raise RetryRequested(min(RETRY_FIRST * 2 ** min(job.attempts, 20), RETRY_MAX), name) from None

        return entry

    def _turn(self, schedule: Schedule) -> Callable[[DueSchedule], Awaitable[None]]:
        async def turn(_due: DueSchedule) -> None:
            async with self._db.transaction() as tx:
                await enqueue(tx, schedule.name, Tick(), key="turn")

        return turn

    def _in_business_time(self, parameters: Any) -> ScheduleExecutor:
        return _ZonedSchedule(parameters, self._db.calendar)


class JobFailed(Exception):
    """A job failed for the last time; says the class of its error."""


class _DoneElsewhere(Exception):
    """Another worker, who took this one for dead, has finished the job."""


class _ZonedSchedule(ScheduleExecutor):
    """Reckons its turns in a time zone; pgqueuer alone would do it in UTC."""

    def __init__(self, parameters: Any, calendar: BusinessCalendar) -> None:
        super().__init__(parameters)
        self._calendar = calendar

    def get_next(self) -> datetime:
        here = self._calendar.local(SystemClock().now())
        following: datetime = croniter(self.parameters.expression, here).get_next(datetime)
        return following


class _PoolDriver(AsyncpgPoolDriver):
    """Listens on a connection that is lent to it. Its own would not go back to the pool when it is lost in an outage,
    so that each outage would leave the pool with one connection less."""

    def __init__(
        self, pool: asyncpg.Pool[asyncpg.Record], listener: asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    ) -> None:
        super().__init__(pool)
        self._listener = listener

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await self._listener.add_listener(channel, Relay(callback))

    async def remove_listener(self, channel: str, callback: NotifyCallback) -> None:
        await self._listener.remove_listener(channel, Relay(callback))


class _InTransaction:
    """As much of a pgqueuer driver as writing a job through the caller's transaction takes."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        return [dict(row) for row in await self._tx.fetch(query, *args)]


def _as_handler(schedule: Schedule) -> JobHandler:
    async def run(tx: Transaction, _tick: Tick) -> None:
        await schedule.run(tx)

    return JobHandler(schedule.name, Tick, run)


def _settings() -> DBSettings:
    # All names are given: left out, they would be read from the environment (even from a bare FUNCTION).
    return DBSettings(
        prefix="",
        db_schema="jobs",
        channel=Channel("ch_pgqueuer"),
        function="fn_pgqueuer_changed",
        statistics_table="pgqueuer_statistics",
        queue_status_type="pgqueuer_status",
        queue_table="pgqueuer",
        queue_table_log="pgqueuer_log",
        trigger="tg_pgqueuer_changed",
        schedules_table="pgqueuer_schedules",
    )


def _queries(driver: Driver) -> Queries:
    settings = _settings()
    return Queries(
        driver,
        qbe=qb.QueryBuilderEnvironment(settings),
        qbq=qb.QueryQueueBuilder(settings),
        qbs=qb.QuerySchedulerBuilder(settings),
    )


async def _take_off(tx: Transaction, job: Job) -> None:
    """Off the queue and into its log, with the effect. Raises _DoneElsewhere where it is no longer there."""
    taken = await tx.execute(
        """
        WITH done AS (DELETE FROM jobs.pgqueuer WHERE id = $1 RETURNING id, entrypoint, priority)
        INSERT INTO jobs.pgqueuer_log (job_id, status, entrypoint, priority, created)
        SELECT id, 'successful', entrypoint, priority, $2 FROM done
        """,
        job.id,
        tx.now,
    )
    if taken != 1:
        raise _DoneElsewhere


async def _clean(tx: Transaction) -> None:
    for table in ("pgqueuer_log", "pgqueuer_statistics"):
        await tx.execute(f"DELETE FROM jobs.{table} WHERE created < $1", tx.now - KEEP_LOG)  # noqa: S608 - constants


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
