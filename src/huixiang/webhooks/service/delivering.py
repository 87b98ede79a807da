"""Events become deliveries; deliveries are claimed, and what came of them is noted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event
from huixiang.webhooks import rules, store
from huixiang.webhooks.model import Answer, Outcome, Task, Telling
from huixiang.webhooks.service.wiring import unseal, wired
from huixiang.webhooks.store import deliveries as rows
from huixiang.webhooks.store import streaming, tidying

TIDY_CHUNK = 2_000
HURRIED = 50_000  # lanes at once when an endpoint is back; others wait for their pause
COUNTED = 100_000


async def tell(tx: Transaction, events: Sequence[Event]) -> None:
    """Queue events for every endpoint that wants them, and all of them for Kafka where there is one, in the order in
    which they come and everywhere under the same ids."""
    wanting: dict[str, list[UUID]] = {}
    for endpoint_id, names in await store.wanted(tx):
        for name in names:
            wanting.setdefault(name, []).append(endpoint_id)
    streams = wired().streams
    if not wanting and not streams:
        return
    tellings = [telling(event) for event in events]
    if streams:
        await streaming.queue(tx, tellings)
    if told := [one for one in tellings if one.type in wanting]:
        await rows.insert_events(tx, told)
        await rows.queue(tx, [(endpoint_id, one) for one in told for endpoint_id in wanting[one.type]])


def telling(event: Event) -> Telling:
    data = msgspec.to_builtins(event)
    kind = data.pop("type")
    event_id = new_id()
    body = rules.body_of(event_id, kind, event.member_id, event.occurred_at, data)
    return Telling(event_id=event_id, member_id=event.member_id, type=kind, body=body)


async def claim(tx: Transaction, room: int, busy: Mapping[UUID, int], each: int) -> list[Task]:
    """Take up to `room` deliveries in hand, of no endpoint more than `each` less what is busy there: of every member
    and endpoint the first that waits."""
    return await rows.claim(tx, new_id(), room, busy, each, tx.now + rules.CLAIM_TIME)


def opened(task: Task) -> list[str]:
    """The secrets to sign with, the newest first."""
    return [unseal(task.endpoint_id, number, sealed) for number, sealed in task.secrets]


async def record(tx: Transaction, task: Task, answer: Answer, began_at: datetime) -> str | None:
    """Note what a request came to: `delivered`, `waiting` or `given_up`; None where the claim ran out and somebody
    else has it, who will note theirs."""
    if not await rows.lock_claimed(tx, task):
        return None
    tried_since = task.tried_since or tx.now
    due_at: datetime | None = tx.now
    state = "delivered"
    if answer.outcome is not Outcome.TAKEN:
        due_at = rules.next_try(task.tries + 1, tried_since, tx.now, secrets.randbelow(1000))
        state = "waiting" if due_at else "given_up"
    await rows.insert_attempt(tx, task, answer, began_at)
    await rows.note(tx, task, answer, state, tried_since)
    await rows.release(tx, task, due_at or tx.now)
    await _note_endpoint(tx, task.endpoint_id, answer.outcome)
    return state


async def _note_endpoint(tx: Transaction, endpoint_id: UUID, outcome: Outcome) -> None:
    """Last, since everybody who sends to it writes the same row."""
    if outcome is Outcome.TAKEN:
        failed_since = await store.note_success(tx, endpoint_id)
        if failed_since is not None and failed_since <= tx.now - rules.OUTAGE:
            await rows.hurry(tx, endpoint_id, HURRIED)
    elif outcome is Outcome.GONE:
        await store.note_gone(tx, endpoint_id)
    else:
        await store.note_failure(tx, endpoint_id, tx.now, tx.now - rules.DISABLE_AFTER)


async def waiting(tx: Transaction) -> tuple[int, timedelta]:
    """How many members' events wait for an endpoint, and for how long the one that waits longest is overdue."""
    return await rows.waiting(tx, COUNTED)


async def tidy(tx: Transaction) -> bool:
    """Put away a chunk of what nobody needs any more; whether there may be more."""
    return await tidying.tidy(tx, tx.now - rules.KEPT, TIDY_CHUNK) >= TIDY_CHUNK
