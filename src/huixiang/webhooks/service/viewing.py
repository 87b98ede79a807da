"""What became of events, sending them again, and trying an endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.webhooks import rules
from huixiang.webhooks.model import (
    PROGRAMME,
    TEST_EVENT,
    Delivery,
    DeliveryDetail,
    DeliveryState,
    DeliveryUnknown,
    Endpoint,
    EndpointLook,
    Replay,
    Replayed,
    ReplayTooLarge,
    Telling,
)
from huixiang.webhooks.service.endpoints import endpoints, note, read
from huixiang.webhooks.store import deliveries as rows
from huixiang.webhooks.store import replaying

ATTEMPTS_SHOWN = 100


async def deliveries(
    tx: Transaction, endpoint_id: UUID, state: DeliveryState | None, cursor: str | None, limit: int
) -> Page[Delivery]:
    """What an endpoint is told, the latest first. Raises EndpointUnknown, and InvalidInput for a cursor of another
    list."""
    await read(tx, endpoint_id)
    before = decode_cursor(cursor, UUID)[0] if cursor else None
    found = await rows.of_endpoint(tx, endpoint_id, state, before, limit + 1)
    return page_of(found, limit, lambda last: (last.event_id,))


async def delivery(tx: Transaction, endpoint_id: UUID, event_id: UUID) -> DeliveryDetail:
    """Raises EndpointUnknown, DeliveryUnknown."""
    await read(tx, endpoint_id)
    found = await rows.find(tx, endpoint_id, event_id)
    if found is None:
        raise DeliveryUnknown(event_id=event_id)
    return DeliveryDetail(
        delivery=found,
        body=await rows.body(tx, found.member_id, event_id),
        attempts=await rows.attempts(tx, endpoint_id, found, ATTEMPTS_SHOWN),
    )


async def looks(tx: Transaction, cursor: str | None, limit: int) -> Page[EndpointLook]:
    """Endpoints in the order in which they were made, with what is open at each. Raises InvalidInput for a cursor of
    another list."""
    page = await endpoints(tx, cursor, limit)
    return Page(await _with_counts(tx, page.items), page.next_cursor)


async def look(tx: Transaction, endpoint_id: UUID) -> EndpointLook:
    """Raises EndpointUnknown."""
    [found] = await _with_counts(tx, [await read(tx, endpoint_id)])
    return found


async def _with_counts(tx: Transaction, found: Sequence[Endpoint]) -> list[EndpointLook]:
    counts = await rows.open_counts(tx, [one.endpoint_id for one in found], rules.OPEN_COUNTED)
    return [EndpointLook(one, *counts[one.endpoint_id]) for one in found]


async def replay(tx: Transaction, endpoint_id: UUID, asked: Replay, by: str) -> Replayed:
    """Send events again, under the ids that they had and each member's in order. What still waits is left as it is.
    Raises EndpointUnknown, DeliveryUnknown, ReplayTooLarge, InvalidInput."""
    since, until = rules.check_replay(asked) or (None, None)
    endpoint = await read(tx, endpoint_id)
    if asked.event_id is not None and await rows.find(tx, endpoint_id, asked.event_id) is None:
        raise DeliveryUnknown(event_id=asked.event_id)
    chosen = replaying.Chosen(endpoint_id, asked.event_id, since, until, asked.only_given_up)
    if await replaying.count_settled(tx, chosen, rules.REPLAYED_MAX + 1) > rules.REPLAYED_MAX:
        raise ReplayTooLarge(limit=rules.REPLAYED_MAX)
    again = await replaying.replay(tx, chosen)
    wanted = {name: value for name, value in msgspec.to_builtins(asked).items() if value}
    await note(tx, by, "webhook.replayed", endpoint, after=wanted | {"events": again})
    return Replayed(again)


async def send_test(tx: Transaction, endpoint_id: UUID, by: str) -> Delivery:
    """An event that says nothing, to see whether it arrives. Raises EndpointUnknown."""
    endpoint = await read(tx, endpoint_id)
    event_id = new_id()
    body = rules.body_of(event_id, TEST_EVENT, PROGRAMME, tx.now, {"endpoint": endpoint.name})
    sent = Telling(event_id=event_id, member_id=PROGRAMME, type=TEST_EVENT, body=body)
    await rows.insert_events(tx, [sent])
    await rows.queue(tx, [(endpoint_id, sent)])
    queued = (await delivery(tx, endpoint_id, event_id)).delivery
    await note(tx, by, "webhook.tested", endpoint, after={"event_id": str(event_id)})
    return queued
