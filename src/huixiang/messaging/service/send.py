"""Accept a message within the caller's transaction. The worker delivers it after the commit."""

from __future__ import annotations

from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import new_id
from huixiang.messaging import rules, store
from huixiang.messaging.model import (
    OWN,
    Channel,
    ChannelNotConfigured,
    Content,
    MarketingNotWanted,
    MessageClass,
    MessageKeyReused,
    MessageState,
    MessagingRules,
    NewMessage,
    Receipt,
    Step,
)
from huixiang.messaging.rules import receiving as receiving_rules
from huixiang.messaging.service import receiving
from huixiang.messaging.service.ruling import quiet_hours, ruling
from huixiang.messaging.service.wiring import wiring
from huixiang.messaging.store import receiving as receiving_store
from huixiang.platform.db import Transaction


async def send(tx: Transaction, member_id: UUID, message: NewMessage, known_by: object = None) -> Receipt:
    """Have a message delivered if this transaction commits; one row, no job and no notification.

    member_id: the owner; a guest who has no member yet is any id of the caller's own. A repetition under the same key
    answers with the message that is there. known_by: what it must be the same as then, where that is not the message.
    Raises InvalidInput for an address that is none, ChannelNotConfigured, MarketingNotWanted, and MessageKeyReused for
    a key that was used for another message. Whether a notice may reach the member is asked when it is sent, and refuses
    nothing here.
    """
    if (problem := rules.refused_address(message.channel, message.address)) is not None:
        raise InvalidInput(path="$.address", problem=problem)
    wired = wiring()
    if message.channel not in OWN and message.channel not in wired.channels:
        raise ChannelNotConfigured(channel=message.channel)
    await _require_wanted(tx, member_id, message)
    # Without the end of its use, which a repetition reckons from a later instant.
    asked = known_by or msgspec.structs.asdict(message) | {"expires_at": None}
    digest = wired.sealer.digest(msgspec.json.encode(asked, order="deterministic"))
    message_id = new_id()
    content = Content(message.text, message.title, message.address, dict(message.values), message.provider_template)
    step = await _first_step(tx, member_id, message)
    inserted = await store.insert(
        tx,
        member_id,
        message_id,
        message,
        digest=digest,
        sealed=await wired.sealer.seal(tx, member_id, message_id, msgspec.json.encode(content)),
        urgent=not rules.waits(message),
        step=step,
    )
    if not inserted:
        return await _repeated(tx, member_id, message.key, digest)
    return Receipt(message_id, step.state, step.due_at, repeated=False)


async def _require_wanted(tx: Transaction, member_id: UUID, message: NewMessage) -> None:
    """Whoever sends marketing is told at once where it is not wanted; it is asked again when it is sent."""
    if message.message_class is not MessageClass.MARKETING:
        return
    consents = bool(await wiring().consents.marketing(tx, [member_id], message.channel))
    stands = await receiving.standing(tx, member_id)
    if receiving_rules.withheld(stands, message.message_class, consents=consents) is not None:
        raise MarketingNotWanted


async def _first_step(tx: Transaction, member_id: UUID, message: NewMessage) -> Step:
    """What goes into the inbox now is sent now, so now is when to ask whether it may; all else waits its turn. A code
    costs no look at the rules."""
    if rules.waits(message):
        ruled = await ruling(tx)
        due_at = rules.after_quiet(quiet_hours(ruled), tx.calendar, tx.now)
        if message.channel is not Channel.INBOX or due_at > tx.now:
            return Step(MessageState.QUEUED, due_at)
        if message.message_class is MessageClass.MARKETING:
            return await _marketing_now(tx, member_id, ruled)
    elif message.channel is not Channel.INBOX:
        return Step(MessageState.QUEUED, tx.now)
    stands = await receiving.standing(tx, member_id)
    reason = receiving_rules.withheld(stands, message.message_class, consents=False)
    return Step(MessageState.SENT if reason is None else MessageState.FAILED, reason=reason)


async def _marketing_now(tx: Transaction, member_id: UUID, ruled: MessagingRules) -> Step:
    """It is wanted, that was asked before."""
    await receiving_store.count_alone(tx, member_id)
    if await receiving.is_capped(tx, ruled, member_id, Channel.INBOX, None):
        return Step(MessageState.FAILED, reason="capped")
    return Step(MessageState.SENT)


async def _repeated(tx: Transaction, member_id: UUID, key: str, digest: bytes) -> Receipt:
    found = await store.under_key(tx, member_id, key)
    if found is None or found[1] != digest:
        raise MessageKeyReused
    return Receipt(found[0].message_id, found[0].state, found[0].due_at, repeated=True)
