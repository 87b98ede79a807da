"""Copies of a template for many members at once, for modules above that give to lists.

What all members share is kept for the whole list first, by one ticket in a transaction that writes nothing of any
member; then members are issued theirs, chunk by chunk; what nobody was given goes back at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from huixiang.coupons.model import Coupon, CouponLimitReached, CouponTemplate, CouponWithheld
from huixiang.coupons.rules import issuing as rules
from huixiang.coupons.rules.holdout import is_held_out
from huixiang.coupons.service.issuing import template_in_force
from huixiang.coupons.service.telling import tell
from huixiang.coupons.store import exposures
from huixiang.coupons.store import many as store
from huixiang.coupons.store.exposures import Exposure
from huixiang.coupons.store.issuing import Kept
from huixiang.platform.db import Transaction
from huixiang.stock import service as stock
from huixiang.stock.model import Holder, Kind, StockExhausted, resource_id

TTL = timedelta(minutes=1)  # never waited for: a ticket is confirmed in the transaction that takes it
UNUSED = "not given"


async def look(tx: Transaction, template: str) -> tuple[int, CouponTemplate]:
    """The version in force of a template that may be granted, and what it says. Raises CouponTemplateUnknown,
    CouponNotOffered, CouponTemplateOver."""
    version, terms = await template_in_force(tx, template)
    rules.require_granted(template, terms, tx.now, tx.calendar)
    return version, terms


async def room(tx: Transaction, template: str) -> int | None:
    """How many copies are left of what all members share; None where there is no end of them. Raises as `look`."""
    wanted = rules.wanted_of(template, *await look(tx, template))
    return rules.copies_left(wanted, await stock.room(tx, wanted))


async def keep(tx: Transaction, holder: Holder, template: str, copies: int) -> int:
    """Keep up to so many copies for a list, for good; how many there were. Asked once for a holder, in a transaction
    that notes the answer and little else. Raises as `look`."""
    version, terms = await look(tx, template)
    return await keep_under(tx, holder, template, (version, terms), copies)


async def keep_under(
    tx: Transaction, holder: Holder, template: str, known: tuple[int, CouponTemplate], copies: int
) -> int:
    """The same, by a version that the caller has read."""
    each = rules.wanted_of(template, *known)
    if not each:
        return copies
    while copies > 0:
        try:
            asked = [replace(one, amount=one.amount * copies) for one in each]
            await stock.reserve(tx, holder, holder.holder_id, asked, TTL)
        except StockExhausted as refusal:
            amounts = {one.resource_id: one.amount for one in each}
            copies = min(copies - 1, *((lack.left or 0) // amounts[lack.resource_id] for lack in refusal.lacks))
        else:
            await stock.confirm(tx, holder)
            return copies
    return 0


async def give_back(tx: Transaction, holder: Holder, template: str, kept: int, unused: int, key: str = UNUSED) -> None:
    """Leave to others what was kept for copies that nobody was given. key: of this giving back."""
    parts = {resource_id(*part): part for part in _parts(template)}
    tickets = await stock.tickets_of(tx, holder) if unused else []
    amounts = {parts[one.resource_id]: one.wanted // kept * unused for one in tickets if one.amount}
    if amounts:
        await stock.give_back(tx, holder, amounts, key=key, why=UNUSED)


async def issue_many(
    tx: Transaction, template: str, copies: Sequence[tuple[UUID, UUID]], cause: str
) -> Mapping[UUID, str]:
    """Give members copies as the template is in force, each with its id: all of a member's or none. Why some had none,
    by member: who is held out is refused, and that is kept. The caller holds the members' states and what all share,
    and sees to it that it is asked once. Raises as `look`."""
    version, terms = await look(tx, template)
    end = rules.end_of(template, terms, tx.now, tx.calendar)
    like = Coupon(
        coupon_id=UUID(int=0), rule=terms.rule, template=template, template_version=version, state="issued",
        issued_at=tx.now, expires_at=end,
    )  # fmt: skip
    kept = Kept(terms.returned_days, rules.reminder_of(terms, end, tx.now), terms.per_member, cause)
    out = {member_id for member_id, _ in copies if is_held_out(member_id, template, terms.holdout_bp)}
    given = await store.issue(tx, [one for one in copies if one[0] not in out], like, kept)
    for member_id, coupon_id in copies:
        if member_id in given:
            tell(tx, member_id, [replace(like, coupon_id=coupon_id)], "issued")
    withheld = await _within_limit(tx, template, terms, Counter(one for one, _ in copies if one in out))
    if terms.holdout_bp:
        first = {member_id: coupon_id for member_id, coupon_id in reversed(copies) if member_id in given}
        none = Exposure(
            template=template, version=version, holdout_bp=terms.holdout_bp, cause=cause, coupon_id=None
        )  # fmt: skip
        came = {member_id: replace(none, coupon_id=first.get(member_id)) for member_id in given | withheld}
        await exposures.add(tx, came)
    refused = {member_id: CouponLimitReached.code for member_id, _ in copies if member_id not in given}
    return refused | dict.fromkeys(withheld, CouponWithheld.code)


async def _within_limit(tx: Transaction, template: str, terms: CouponTemplate, wanted: Mapping[UUID, int]) -> set[UUID]:
    """Those of them who may have so many copies: who may not is refused for that, held out or not."""
    if terms.per_member is None or not wanted:
        return set(wanted)
    return set(wanted) - await exposures.over_limit(tx, template, wanted, terms.per_member)


def _parts(template: str) -> Sequence[tuple[Kind, str]]:
    """What copies of a template may have taken of what all members share, whichever its version."""
    return (Kind.COUPON_TEMPLATE, template), (Kind.BUDGET, f"coupon/{template}")
