"""What tiers do when something happened: where a merge brought growth to a member, or an undone one took it away, the
tier follows; what staff asked for runs once it is approved."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.points.events import TransferReceived
from huixiang.points.model import GROWTH
from huixiang.staff.events import ApprovalGranted
from huixiang.tiers.service import manual, merging


async def _follow(tx: Transaction, events: Sequence[Event]) -> None:
    grown = [event for event in events if isinstance(event, TransferReceived) and event.book == GROWTH.code]
    merged = {event.member_id for event in grown if event.purpose == "merge"}
    undone = {event.sender_id for event in grown if event.purpose == "unmerge"}
    await merging.follow(tx, merged, undone)


SUBSCRIPTIONS = (
    Subscription("tiers.merges", (TransferReceived,), _follow),
    Subscription("tiers.approvals", (ApprovalGranted,), manual.run_approved),
)
