"""Accept a message within the caller's transaction. The worker delivers it after the commit."""

from __future__ import annotations

from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import new_id
from huixiang.messaging import rules, store
from huixiang.messaging.model import (
    Channel,
    ChannelNotConfigured,
    Content,
    MarketingNotWanted,
    MessageClass,
    MessageKeyReused,
    MessageState,
    NewMessage,
    Receipt,
)
from huixiang.messaging.service.quiet import quiet_hours
from huixiang.messaging.service.wiring import wiring
from huixiang.platform.db import Transaction


async def send(tx: Transaction, member_id: UUID, message: NewMessage) -> Receipt:
    """Have a message delivered if this transaction commits; one row, no job and no notification.

    member_id: the owner; a guest who has no member yet is any id of the caller's own. A repetition under the same key
    answers with the message that is there. Raises InvalidInput for an address that is none, ChannelNotConfigured,
    MarketingNotWanted, and MessageKeyReused for a key that was used for another message.
    """
    if (problem := rules.refused_address(message.channel, message.address)) is not None:
        raise InvalidInput(path="$.address", problem=problem)
    wired = wiring()
    if message.channel is not Channel.INBOX and message.channel not in wired.channels:
        raise ChannelNotConfigured(channel=message.channel)
    await _require_wanted(tx, member_id, message)
    # Without the end of its use, which a repetition reckons from a later instant.
    asked = msgspec.structs.replace(message, expires_at=None)
    digest = wired.sealer.digest(msgspec.json.encode(asked, order="deterministic"))
    message_id = new_id()
    due_at = rules.after_quiet(await quiet_hours(tx), tx.calendar, tx.now) if rules.waits(message) else tx.now
    content = Content(message.text, message.title, message.address, dict(message.values))
    inserted = await store.insert(
        tx,
        member_id,
        message_id,
        message,
        digest=digest,
        sealed=await wired.sealer.seal(tx, member_id, message_id, msgspec.json.encode(content)),
        urgent=not rules.waits(message),
        due_at=due_at,
    )
    if not inserted:
        return await _repeated(tx, member_id, message.key, digest)
    if message.channel is Channel.INBOX:
        return Receipt(message_id, MessageState.SENT, None, repeated=False)
    return Receipt(message_id, MessageState.QUEUED, due_at, repeated=False)


async def _require_wanted(tx: Transaction, member_id: UUID, message: NewMessage) -> None:
    if message.message_class is MessageClass.MARKETING and not await wiring().consents.marketing(
        tx, [member_id], message.channel
    ):
        raise MarketingNotWanted


async def _repeated(tx: Transaction, member_id: UUID, key: str, digest: bytes) -> Receipt:
    found = await store.under_key(tx, member_id, key)
    if found is None or found[1] != digest:
        raise MessageKeyReused
    return Receipt(found[0].message_id, found[0].state, found[0].due_at, repeated=True)
