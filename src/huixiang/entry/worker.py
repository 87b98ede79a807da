"""The worker: relays the outbox to its subscribers, runs jobs and schedules, and answers `/metrics` for everybody.

`python -m huixiang.entry.worker`, or `huixiang worker` on a machine of its own. Any number may run: one of them relays
at a time, jobs are shared out.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable

import asyncpg
import structlog
import uvloop

from huixiang.entry import background, wiring
from huixiang.entry.keys import use_keys
from huixiang.entry.messaging import providers
from huixiang.entry.webhooks import sender, streamer
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.messaging.jobs import Deliverer
from huixiang.platform import metrics
from huixiang.platform.db import Database
from huixiang.platform.queue import OUTAGE, JobRunner
from huixiang.platform.relay import Relay
from huixiang.platform.settings import Settings
from huixiang.platform.telemetry import configure_logging
from huixiang.stock.jobs import Sweeper

OBSERVE_EVERY_S = 5.0
RETRY_S = 1.0

log = structlog.get_logger(__name__)


def main(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; running jobs are then finished, for as long as `stop_seconds` allows."""
    configure_logging(settings.log_level, settings.log_format)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings))


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    _serve_metrics(settings)
    use_keys(settings)
    wiring.register_rule_kinds()
    db = await _open(settings, stop)
    if db is None:
        return
    deliverer = Deliverer(db, providers(settings, db))
    webhooks = sender(settings, db)
    parts = {
        "relay": Relay(db, background.SUBSCRIPTIONS).run,
        "jobs": JobRunner(db, background.JOB_HANDLERS, background.SCHEDULES).run,
        "messages": deliverer.run,
        "webhooks": webhooks.run,
        "stock": Sweeper(db, background.HOLDERS).run,
        "observe": lambda stop: _observe(db, stop),
    }
    kafka = streamer(settings, db)
    if kafka is not None:
        parts["kafka"] = kafka.run
    tasks = [asyncio.create_task(_keep_going(name, run, stop)) for name, run in parts.items()]
    await stop.wait()
    log.info("worker_stopping")
    done, late = await asyncio.wait(tasks, timeout=settings.stop_seconds)
    for task in late:
        task.cancel()
    await deliverer.close()
    await webhooks.close()
    if kafka is not None:
        await kafka.close()
    db.pool.terminate() if late else await db.close()
    for task in done:
        task.result()  # a part that failed fails the process


async def _open(settings: Settings, stop: asyncio.Event) -> Database | None:
    """The database, as soon as it can be reached; None when told to stop before."""
    while not stop.is_set():
        try:
            return await Database.open(
                str(settings.database_url),
                calendar=BusinessCalendar(settings.time_zone),
                clock=SystemClock(),
                max_size=settings.database_connections,
                application_name="huixiang-worker",
            )
        except (OSError, asyncpg.PostgresError) as error:
            log.warning("database_unreachable", exception=type(error).__name__)
            await _pause(stop, RETRY_S)
    return None


async def _keep_going(name: str, run: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event) -> None:
    """Run a part again when the database was away. Anything else is a defect and ends the process, loudly."""
    while not stop.is_set():
        try:
            await run(stop)
        except OUTAGE as error:
            log.warning("worker_part_interrupted", part=name, exception=type(error).__name__)
            await _pause(stop, RETRY_S)
        except BaseException:
            log.exception("worker_part_failed", part=name)
            stop.set()
            raise


async def _observe(db: Database, stop: asyncio.Event) -> None:
    while not stop.is_set():
        metrics.observe_pool(db)
        async with db.transaction(read_only=True) as tx:
            await metrics.observe_outbox(tx)
        await _pause(stop, OBSERVE_EVERY_S)


def _serve_metrics(settings: Settings) -> None:
    try:
        metrics.serve_metrics(settings.bind, settings.metrics_port)
    except OSError as error:
        # Work goes on unobserved rather than not at all.
        log.error("metrics_not_served", port=settings.metrics_port, reason=error.strerror)  # noqa: TRY400


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


if __name__ == "__main__":
    main(Settings.load())
