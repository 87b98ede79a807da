"""Who may be sent what, asked when it is sent: the state of the member, consent to marketing, caps."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.messaging.model import Channel, MessageClass, MessagingRules, Standing, StoredMessage
from huixiang.messaging.rules import receiving as rules
from huixiang.messaging.service.wiring import wiring
from huixiang.messaging.store import receiving as store
from huixiang.platform.db import Transaction


async def standing(tx: Transaction, member_id: UUID) -> Standing:
    return (await wiring().recipients.standings(tx, [member_id])).get(member_id, Standing.GUEST)


async def withheld(tx: Transaction, messages: Sequence[StoredMessage]) -> dict[UUID, str]:
    """By message, why it is not to be sent, where it is not. Of caps see `is_capped`."""
    if not messages:
        return {}
    wired = wiring()
    standings = await wired.recipients.standings(tx, {one.member_id for one in messages})
    marketing = [one for one in messages if one.message_class is MessageClass.MARKETING]
    wanted: set[tuple[UUID, Channel]] = set()
    for channel in {one.channel for one in marketing}:
        members = {one.member_id for one in marketing if one.channel is channel}
        wanted |= {(member, channel) for member in await wired.consents.marketing(tx, members, channel)}
    reasons = {
        one.message_id: rules.withheld(
            standings.get(one.member_id, Standing.GUEST),
            one.message_class,
            consents=(one.member_id, one.channel) in wanted,
        )
        for one in messages
    }
    return {message: reason for message, reason in reasons.items() if reason is not None}


async def is_capped(
    tx: Transaction, ruling: MessagingRules, member_id: UUID, channel: Channel, but: UUID | None
) -> bool:
    """Whether the member has had enough marketing. Count alone: `store.try_counting`, `store.count_alone`."""
    since = rules.earliest(ruling.marketing_caps, tx.calendar, tx.now)
    if since is None:
        return False
    had = await store.marketing_had(tx, member_id, since, but)
    return rules.capped(ruling.marketing_caps, had, channel, tx.calendar, tx.now)
