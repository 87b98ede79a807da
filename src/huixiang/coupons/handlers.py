"""What coupons do when something happened: they go with a member who is merged into another, and come back; what was
given goes to who took it; who reached a tier is given its packs; a batch of codes is ready once a second person
approved it."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.coupons import service
from huixiang.coupons.events import CouponGiftReceived, CouponGiftRefused, CouponGiftTaken, CouponTicketUsed
from huixiang.coupons.service import batches, claims, gifts, given_on
from huixiang.members.events import MergeStepped, UnmergeStepped
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.staff.events import ApprovalGranted, ApprovalRefused
from huixiang.tiers.events import TierChanged


async def _move(tx: Transaction, events: Sequence[Event]) -> None:
    for event in events:
        match event:
            case MergeStepped():
                await service.merge(tx, event.member_id, event.into_id, event.merge_id)
            case UnmergeStepped():
                await service.unmerge(tx, event.member_id, event.from_id, event.merge_id)


async def _confirm(tx: Transaction, events: Sequence[Event]) -> None:
    await claims.confirm(tx, [event.coupon_id for event in events if isinstance(event, CouponTicketUsed)])


async def _give(tx: Transaction, events: Sequence[Event]) -> None:
    if taken := [event for event in events if isinstance(event, CouponGiftTaken)]:
        await gifts.deliver(tx, taken)
    received = [event for event in events if isinstance(event, CouponGiftReceived)]
    refused = [event for event in events if isinstance(event, CouponGiftRefused)]
    await gifts.settle(tx, received, refused)


async def _reach(tx: Transaction, events: Sequence[Event]) -> None:
    for event in events:
        if isinstance(event, TierChanged):
            await given_on.tier_changed(tx, event.member_id, event.from_tier, event.to_tier)


SUBSCRIPTIONS = (
    Subscription("coupons.tickets", (CouponTicketUsed,), _confirm),
    Subscription("coupons.gifts", (CouponGiftTaken, CouponGiftReceived, CouponGiftRefused), _give),
    Subscription("coupons.tiers", (TierChanged,), _reach),
    Subscription("coupons.merges", (MergeStepped, UnmergeStepped), _move),
    Subscription("coupons.code_batches", (ApprovalGranted, ApprovalRefused), batches.settle_requests),
)
