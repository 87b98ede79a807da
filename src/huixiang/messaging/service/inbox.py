"""The inbox of a member, which has what was sent to who was merged into them, too."""

from __future__ import annotations

from uuid import UUID

import msgspec

from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.messaging import store
from huixiang.messaging.model import Channel, InboxMessage, MessageUnknown, StoredMessage, Unread
from huixiang.messaging.service.wiring import open_contents
from huixiang.platform.db import Transaction

LAST_ID = UUID(int=2**128 - 1)  # before it are all


async def inbox(tx: Transaction, member_id: UUID, cursor: str | None, limit: int) -> Page[InboxMessage]:
    """What has arrived, the latest first. Raises InvalidInput for a cursor of another list."""
    before: UUID = decode_cursor(cursor, UUID)[0] if cursor else LAST_ID
    found = page_of(await store.inbox(tx, member_id, before, limit + 1), limit, lambda one: (one.message_id,))
    return Page(await _shown(tx, found.items), found.next_cursor)


async def read(tx: Transaction, member_id: UUID, message_id: UUID) -> InboxMessage:
    """Mark a message as read; when it was read first stays. Raises MessageUnknown for what is not in this inbox."""
    message = await store.lock_own(tx, member_id, message_id)
    if message is None or message.channel is not Channel.INBOX or message.sent_at is None:
        raise MessageUnknown(message_id=message_id)
    if message.read_at is None:
        await store.mark_read(tx, message)
        message = msgspec.structs.replace(message, read_at=tx.now)
    shown = await _shown(tx, [message])
    if not shown:
        raise MessageUnknown(message_id=message_id)
    return shown[0]


async def read_all(tx: Transaction, member_id: UUID, through: UUID) -> Unread:
    """Mark all up to one message as read, that one too: what arrived after the member looked stays unread."""
    await store.mark_all_read(tx, member_id, through)
    return await unread(tx, member_id)


async def unread(tx: Transaction, member_id: UUID) -> Unread:
    """How many messages of the inbox were not read. One statement."""
    return Unread(await store.unread(tx, member_id))


async def _shown(tx: Transaction, messages: list[StoredMessage]) -> list[InboxMessage]:
    contents = await open_contents(tx, messages)
    return [
        InboxMessage(
            message_id=one.message_id,
            message_class=one.message_class,
            template=one.template,
            title=contents[one.message_id].title,
            text=contents[one.message_id].text,
            sent_at=one.sent_at,
            read_at=one.read_at,
        )
        for one in messages
        if one.message_id in contents and one.sent_at is not None
    ]
