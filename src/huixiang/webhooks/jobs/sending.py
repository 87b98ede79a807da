"""Send what is due to endpoints. Any number of workers may; each lane is claimed by one of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from uuid import UUID

import httpx
import structlog

from huixiang.platform.db import Database
from huixiang.platform.metrics import WEBHOOK_LANES, WEBHOOK_LATE, WEBHOOKS
from huixiang.platform.outward import Outward, OutwardRefused
from huixiang.platform.queue import OUTAGE
from huixiang.platform.webhook_signature import signed_headers
from huixiang.webhooks import rules, service
from huixiang.webhooks.model import Answer, Outcome, Task

POLL_S = 0.2
RECONNECT_S = 1.0
OBSERVE_EVERY_S = 10.0
AT_ONCE, EACH_AT_ONCE = 32, 8  # requests under way, and to one endpoint
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"

log = structlog.get_logger(__name__)


class Sender:
    """Sends until told to stop. A slow endpoint has no more than its own share of the requests under way."""

    def __init__(self, db: Database, outward: Outward, call_s: float = rules.CALL_TIME.total_seconds()) -> None:
        """call_s: how long a request may take, from the name's look-up to the last byte of the answer."""
        self._db = db
        self._outward = outward
        self._call_s = call_s

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; requests under way are finished and recorded first."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._run_sending(stop))
            both.create_task(self._run_observing(stop))

    async def close(self) -> None:
        await self._outward.close()

    async def send_due(self) -> int:
        """Send everything that is due now; how many requests were made. For tests and for commands that wait."""
        made = 0
        while tasks := await self._claim({}):
            await asyncio.gather(*map(self._request, tasks))
            made += len(tasks)
        return made

    async def _run_sending(self, stop: asyncio.Event) -> None:
        under_way: dict[asyncio.Task[None], UUID] = {}
        while not stop.is_set():
            wait_s, tasks = POLL_S, list[Task]()
            try:
                tasks = await self._claim(under_way)
            except OUTAGE as error:
                log.warning("webhooks_interrupted", exception=type(error).__name__)
                wait_s = RECONNECT_S
            under_way |= {asyncio.create_task(self._request(task)): task.endpoint_id for task in tasks}
            if not tasks:
                await _pause(stop, under_way, wait_s)
            for task in [one for one in under_way if one.done()]:
                del under_way[task]
                task.result()  # a defect ends the process, loudly
        await asyncio.gather(*under_way)

    async def _run_observing(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with suppress(*OUTAGE):
                async with self._db.transaction(read_only=True) as tx:
                    lanes, late = await service.waiting(tx)
                WEBHOOK_LANES.set(lanes)
                WEBHOOK_LATE.set(late.total_seconds())
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), OBSERVE_EVERY_S)

    async def _claim(self, under_way: dict[asyncio.Task[None], UUID]) -> list[Task]:
        if len(under_way) >= AT_ONCE:
            return []
        async with self._db.transaction() as tx:
            return await service.claim(tx, AT_ONCE - len(under_way), Counter(under_way.values()), EACH_AT_ONCE)

    async def _request(self, task: Task) -> None:
        """One request and its record. What an outage keeps from being recorded is sent again once its claim runs
        out."""
        began_at = self._db.clock.now()
        answer = await self._ask(task)
        state = None
        try:
            async with self._db.transaction() as tx:
                state = await service.record(tx, task, answer, began_at)
        except OUTAGE as error:
            log.warning("webhook_not_recorded", exception=type(error).__name__)
        WEBHOOKS.labels(answer.outcome.value if state != "given_up" else state).inc()
        log.info(
            "webhook_request",
            endpoint_id=str(task.endpoint_id),
            event_id=str(task.event_id),
            attempt=task.attempts + 1,
            reason=answer.reason,
            state=state,
        )

    async def _ask(self, task: Task) -> Answer:
        """Only the class of an exception is kept: its text may quote the address."""
        body = task.body.encode()
        signed = signed_headers(service.opened(task), str(task.event_id), self._db.clock.now(), body)
        try:
            async with asyncio.timeout(self._call_s):
                answer = await self._outward.request(
                    "POST",
                    task.url,
                    headers={"Content-Type": CONTENT_TYPE, "User-Agent": "huixiang-webhooks", **signed},
                    content=body,
                )
        except OutwardRefused as refusal:
            return Answer(Outcome.FAILED, f"refused_{refusal}")
        except TimeoutError:
            return Answer(Outcome.FAILED, "no_answer")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Answer(Outcome.FAILED, type(error).__name__[:64])
        return rules.answered(answer.status, answer.body)


async def _pause(stop: asyncio.Event, under_way: dict[asyncio.Task[None], UUID], seconds: float) -> None:
    """Until a request is done, which lets the next of its lane go, or it is time to look again, or to stop."""
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({*under_way, stopping}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
