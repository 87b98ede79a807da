"""The worker's part: deliver what is due, and put away what is over.

Not a job each: a message waits in its own row, so that whoever sends it writes one row and no more. Any number of
workers may deliver; each message is claimed by one of them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress

import msgspec
import structlog

from huixiang.messaging import rules, service
from huixiang.messaging.model import Answer, Channel, Outcome, Task
from huixiang.messaging.model.receipts import ProviderReceipt
from huixiang.messaging.ports import Provider, Telling
from huixiang.platform.db import Database, Transaction
from huixiang.platform.queue import OUTAGE, JobHandler, Schedule, enqueue

TIDY = "messaging.tidy_chunk"
POLL_S = 0.2
RECONNECT_S = 1.0
HEAR_EVERY_S = 300.0  # WeCom limits how often it is asked without having called
AT_ONCE = 8  # requests under way in each lane to each provider

log = structlog.get_logger(__name__)


class Deliverer:
    """Delivers until told to stop, in two lanes: what is urgent never waits behind a campaign. In a lane each channel
    has room of its own, so that a slow provider holds back nobody else's messages."""

    def __init__(self, db: Database, providers: Mapping[Channel, Provider]) -> None:
        self._db = db
        self._providers = providers
        self._told: list[ProviderReceipt] = []
        self._names = {channel: provider.name for channel, provider in providers.items()}

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; requests under way are finished and recorded first."""
        async with asyncio.TaskGroup() as lanes:
            for urgent in (True, False):
                lanes.create_task(self._run_lane(stop, urgent=urgent))
            lanes.create_task(self._run_hearing(stop))

    async def close(self) -> None:
        for provider in set(self._providers.values()):
            await provider.close()

    async def deliver_due(self) -> int:
        """Deliver everything that is due now; how many requests were made. For tests and for commands that wait."""
        made = 0
        while tasks := await self._claim(urgent=True, under_way={}) + await self._claim(urgent=False, under_way={}):
            await asyncio.gather(*map(self._request, tasks))
            made += len(tasks)
        return made

    async def hear(self) -> int:
        """Fetch what providers tell that do not call, and keep it; how many were new. What an outage keeps from being
        kept is kept the next time."""
        kept = 0
        for provider in set(self._providers.values()):
            if isinstance(provider, Telling):
                self._told += await provider.told()
        while self._told:
            async with self._db.transaction() as tx:  # each is another owner's
                kept += await service.receive(tx, self._told[0])
            self._told.pop(0)
        return kept

    async def _run_hearing(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.hear()
            except OUTAGE as error:
                log.warning("hearing_interrupted", exception=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), HEAR_EVERY_S)

    async def _run_lane(self, stop: asyncio.Event, *, urgent: bool) -> None:
        """An outage of the database is waited out here, so that one lane does not cancel the other's requests."""
        under_way: dict[asyncio.Task[None], Channel] = {}
        while not stop.is_set():
            wait_s = POLL_S
            try:
                tasks = await self._claim(urgent=urgent, under_way=under_way)
            except OUTAGE as error:
                log.warning("delivery_interrupted", urgent=urgent, exception=type(error).__name__)
                tasks, wait_s = [], RECONNECT_S
            under_way |= {asyncio.create_task(self._request(task)): task.parcel.channel for task in tasks}
            if not tasks:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), wait_s)
            _reap(under_way)
        await asyncio.gather(*under_way)

    async def _claim(self, *, urgent: bool, under_way: Mapping[asyncio.Task[None], Channel]) -> list[Task]:
        busy = Counter(under_way.values())
        room = {channel: AT_ONCE - busy[channel] for channel in self._providers if busy[channel] < AT_ONCE}
        async with self._db.transaction() as tx:
            return await service.claim(tx, urgent=urgent, room=room, providers=self._names)

    async def _request(self, task: Task) -> None:
        """One request and its record. What an outage keeps from being recorded is unknown once its claim runs out."""
        provider = self._providers[task.parcel.channel]
        began_at = self._db.clock.now()
        answer = await _ask(provider, task)
        state = None
        try:
            async with self._db.transaction() as tx:
                state = await service.record(tx, task, answer, provider.name, began_at)
        except OUTAGE as error:
            log.warning("message_not_recorded", exception=type(error).__name__)
        log.info(
            "message_request",
            message_id=str(task.parcel.message_id),
            channel=task.parcel.channel,
            provider=provider.name,
            action=task.action,
            outcome=answer.outcome,
            reason=answer.reason,
            state=state,
        )


def _reap(under_way: dict[asyncio.Task[None], Channel]) -> None:
    """Take out what is done. A defect in one is raised here, and ends the process loudly."""
    for task in [one for one in under_way if one.done()]:
        del under_way[task]
        task.result()


async def _ask(provider: Provider, task: Task) -> Answer:
    """Only the class of an exception is kept: its text may quote the address."""
    call = provider.send if task.action == "send" else provider.ask
    try:
        async with asyncio.timeout(rules.CALL_TIME.total_seconds()):
            return await call(task.parcel)
    except TimeoutError:
        return Answer(Outcome.UNKNOWN, "no_answer")
    except Exception as error:  # noqa: BLE001 - whatever it was, the provider may have taken the message
        return Answer(Outcome.UNKNOWN, type(error).__name__[:64])


class Tidy(msgspec.Struct, frozen=True):
    """Put away a chunk of what nobody needs any more."""


async def tidy_chunk(tx: Transaction, chunk: Tidy) -> None:
    if await service.tidy(tx):
        await enqueue(tx, TIDY, chunk)


async def tidy(tx: Transaction) -> None:
    await enqueue(tx, TIDY, Tidy(), key="scheduled")


JOB_HANDLERS = (JobHandler(TIDY, Tidy, tidy_chunk),)
SCHEDULES = (Schedule("messaging.tidy", "23 * * * *", tidy),)
