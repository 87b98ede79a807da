"""What staff see: which messages were sent and what shows it, and what arrived at the local sink."""

from __future__ import annotations

from uuid import UUID

from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.messaging import rules, store
from huixiang.messaging.model import Content, MessageProof, MessageRow, MessageUnknown, StoredMessage, SunkMessage
from huixiang.messaging.service.inbox import LAST_ID
from huixiang.messaging.service.wiring import open_contents, open_sealed
from huixiang.messaging.store import receipts as receipt_store
from huixiang.messaging.store import sink as sink_store
from huixiang.platform.db import Transaction


async def messages(tx: Transaction, member_id: UUID | None, cursor: str | None, limit: int) -> Page[MessageRow]:
    """Messages of one owner, also those of who was merged into them, or of all, the latest first. Raises InvalidInput
    for a cursor of another list."""
    before: UUID = decode_cursor(cursor, UUID)[0] if cursor else LAST_ID
    rows = (
        await store.latest(tx, before, limit + 1)
        if member_id is None
        else await store.latest_of(tx, member_id, before, limit + 1)
    )
    found = page_of(rows, limit, lambda one: (one.message_id,))
    contents = await open_contents(tx, found.items)
    return Page([_row(one, contents.get(one.message_id)) for one in found.items], found.next_cursor)


async def proof(tx: Transaction, message_id: UUID) -> MessageProof:
    """A message with every request that was made about it and what its provider told. Raises MessageUnknown."""
    message = await store.find(tx, message_id)
    if message is None:
        raise MessageUnknown(message_id=message_id)
    contents = await open_contents(tx, [message])
    evidence = await store.evidence_of(tx, message.member_id, message_id)
    told = await receipt_store.told_of(tx, message.member_id, message_id)
    return MessageProof(message=_row(message, contents.get(message_id)), evidence=evidence, receipts=told)


async def sunk(tx: Transaction, member_id: UUID | None, cursor: str | None, limit: int) -> Page[SunkMessage]:
    """What arrived at the local sink, the latest first. Raises InvalidInput for a cursor of another list."""
    before: UUID = decode_cursor(cursor, UUID)[0] if cursor else LAST_ID
    found = page_of(await sink_store.sunk(tx, member_id, before, limit + 1), limit, lambda one: (one[1],))
    contents = await open_sealed(tx, [(row[0], row[1], row[4]) for row in found.items])
    shown = [
        SunkMessage(
            message_id=message_id,
            member_id=owner,
            channel=channel,
            template=template,
            address=contents[message_id].address,
            title=contents[message_id].title,
            text=contents[message_id].text,
            values=contents[message_id].values,
            arrived_at=arrived_at,
        )
        for owner, message_id, channel, template, _, arrived_at in found.items
        if message_id in contents
    ]
    return Page(shown, found.next_cursor)


def _row(message: StoredMessage, content: Content | None) -> MessageRow:
    return MessageRow(
        message_id=message.message_id,
        member_id=message.member_id,
        channel=message.channel,
        message_class=message.message_class,
        template=message.template,
        state=message.state,
        reason=message.reason,
        address_masked=rules.masked(content.address) if content else None,
        provider=message.provider,
        provider_ref=message.provider_ref,
        created_at=message.created_at,
        due_at=message.due_at,
        sent_at=message.sent_at,
        read_at=message.read_at,
        tries=message.tries,
        template_version=message.template_version,
        delivery=message.delivery,
        delivery_code=message.delivery_code,
        delivery_at=message.delivery_at,
        dismissed_at=message.dismissed_at,
    )
