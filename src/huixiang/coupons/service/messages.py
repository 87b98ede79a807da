"""Members are told of their coupons: what ends soon, a gift that is theirs, one that came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from huixiang.coupons.model import KIND, Coupon, CouponTemplate
from huixiang.coupons.model.gifts import WhyReturned
from huixiang.coupons.model.messages import END_NEAR, GIFT_ARRIVED, GIFT_BACK
from huixiang.coupons.rules import messages as rules
from huixiang.coupons.store.reminders import EndNear
from huixiang.kernel.text import Text
from huixiang.messaging import service as messaging
from huixiang.messaging.model import Channel
from huixiang.messaging.model.templates import Said, Worded
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook

# Why a gift came back of which its giver hears. They know of the rest: they asked for it, or hear of the refund.
UNASKED: frozenset[WhyReturned] = frozenset({"untaken", "limit", "receiver_unknown", "receiver_state"})


async def say_end_near(tx: Transaction, due: Sequence[EndNear]) -> None:
    """One message to each member for all that ends on the same day. Each copy is in one alone, as it is due once."""
    names = await _names(tx, {(one.template, one.template_version) for one in due})
    worded: dict[tuple[Text, int, str], Worded] = {}

    def whose(one: EndNear) -> tuple[UUID, str]:
        return one.member_id, rules.last_day(one.expires_at, tx.calendar)

    for (member_id, day), group in groupby(sorted(due, key=lambda one: (*whose(one), one)), key=whose):
        copies = list(group)
        coupons = rules.called([names[one.template, one.template_version] for one in copies])
        asked = coupons, len(copies), day
        if asked not in worded:
            given: dict[str, str | Text] = {"coupons": coupons, "count": str(len(copies)), "day": day}
            worded[asked] = await messaging.word(tx, END_NEAR, given)
        first = min(one.coupon_id for one in copies)
        await _say(tx, member_id, worded[asked], f"{first}:{day}", min(one.expires_at for one in copies))


async def say_gift_arrived(tx: Transaction, member_id: UUID, copy: Coupon, terms: CouponTemplate) -> None:
    """Of a copy that is its receiver's now."""
    await _say_gift(tx, GIFT_ARRIVED, member_id, copy, rules.name_of(copy.template or "", terms))


async def say_gift_back(tx: Transaction, member_id: UUID, gift_id: UUID, copy: Coupon, why: WhyReturned) -> None:
    """Of a copy that is its giver's again, where they do not know it and it is still good."""
    if why not in UNASKED or copy.template is None or copy.template_version is None:
        return
    name = (await _names(tx, {(copy.template, copy.template_version)}))[copy.template, copy.template_version]
    await _say_gift(tx, GIFT_BACK, member_id, copy, name, gift_id)


async def _say_gift(
    tx: Transaction, said: Said, member_id: UUID, copy: Coupon, name: Text, gift_id: UUID | None = None
) -> None:
    if copy.expires_at is None or copy.expires_at <= tx.now:
        return
    day = rules.last_day(copy.expires_at, tx.calendar)
    worded = await messaging.word(tx, said, {"coupon": name, "day": day})
    await _say(tx, member_id, worded, str(gift_id or copy.coupon_id), copy.expires_at)


async def _say(tx: Transaction, member_id: UUID, worded: Worded, key: str, ends: datetime) -> None:
    """Into the inbox, unless it would arrive when there is nothing left to use."""
    await messaging.say(
        tx, member_id, worded, key=f"{worded.name}:{key}", channel=Channel.INBOX, expires_at=ends
    )  # fmt: skip


async def _names(tx: Transaction, templates: set[tuple[str, int]]) -> Mapping[tuple[str, int], Text]:
    """What copies are called, by template and the version that they were issued by."""
    return {
        (code, version): rules.name_of(code, (await rulebook.version(tx, KIND, code, version)).read(CouponTemplate))
        for code, version in sorted(templates)
    }
