"""Write events to Kafka. Any number of workers may stand by; one writes at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.metrics import KAFKA, KAFKA_LATE, KAFKA_WAITING
from huixiang.platform.queue import OUTAGE
from huixiang.webhooks import rules, service
from huixiang.webhooks.model import Message
from huixiang.webhooks.ports import Stream

POLL_S = 0.2
RECONNECT_S = 1.0
OBSERVE_EVERY_S = 10.0

log = structlog.get_logger(__name__)


class Streamer:
    """Writes until told to stop. While Kafka is away it waits, and nobody else does."""

    def __init__(self, db: Database, stream: Stream) -> None:
        self._db = db
        self._stream = stream
        self._claim = new_id()
        self._failures = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; what is under way has a moment to be acknowledged, and is recorded."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._run_writing(stop))
            parts.create_task(self._run_drawing_out(stop))
            parts.create_task(self._run_observing(stop))

    async def close(self) -> None:
        await self._stream.close()

    async def write_due(self, stop: asyncio.Event) -> int | None:
        """Write one batch; how many events the brokers have of it: 0 where nothing waits or it is another's turn. None
        where Kafka did not take all of them. What an outage of the database keeps from being recorded is written again:
        at least once."""
        async with self._db.transaction() as tx:
            batch = await service.take_turn(tx, self._claim)
        if not batch:
            return 0
        taken, reason = await self._write(batch, stop)
        if taken:
            KAFKA.labels("acknowledged").inc(len(taken))
            async with self._db.transaction() as tx:
                await service.settle(tx, taken)
        if reason is None:
            return len(taken)
        KAFKA.labels("failed").inc(len(batch) - len(taken))
        self._note_failure(reason, len(batch) - len(taken))
        return None

    async def _write(self, batch: Sequence[Message], stop: asyncio.Event) -> tuple[list[Message], str | None]:
        """What was acknowledged, and why the others were not."""
        taken: list[Message] = []
        for messages in rules.rounds(batch):
            answer = await self._stream.write(messages, stop)
            taken += [one for one in messages if one.event_id in answer.event_ids]
            if answer.reason is not None:
                return taken, answer.reason
        if self._failures:
            log.info("kafka_writes_again", failures=self._failures)
        self._failures = 0
        return taken, None

    def _note_failure(self, reason: str, unwritten: int) -> None:
        self._failures += 1
        log.warning("kafka_did_not_take", reason=reason, events=unwritten, failures=self._failures)

    async def _run_writing(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            wait_s = 0.0
            try:
                written = await self.write_due(stop)
            except OUTAGE as error:
                log.warning("kafka_interrupted", exception=type(error).__name__)
                wait_s = RECONNECT_S
            else:
                if written is None:
                    wait_s = rules.stream_pause(self._failures).total_seconds()
                elif not written:
                    wait_s = POLL_S
            if wait_s:
                await _pause(stop, wait_s)
        with suppress(*OUTAGE):
            async with self._db.transaction() as tx:
                await service.end_turn(tx, self._claim)

    async def _run_drawing_out(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with suppress(*OUTAGE):
                async with self._db.transaction() as tx:
                    await service.draw_out(tx, self._claim)
            await _pause(stop, rules.TURN_DRAWN_EVERY.total_seconds())

    async def _run_observing(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with suppress(*OUTAGE):
                async with self._db.transaction(read_only=True) as tx:
                    waiting, late = await service.unwritten(tx)
                KAFKA_WAITING.set(waiting)
                KAFKA_LATE.set(late.total_seconds())
            await _pause(stop, OBSERVE_EVERY_S)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
