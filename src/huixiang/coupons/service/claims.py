"""A copy under what all members share: looked at, its ticket taken, then issued, each in a transaction of its own.

The holder of the ticket is the copy, whose id follows from the command: who repeats it finds what it took. Whether a
claim stands is decided once, in `coupons.claim`, by its issue or by the sweep of tickets, whoever comes first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from huixiang.coupons.events import CouponTicketUsed
from huixiang.coupons.model import (
    Coupon,
    CouponClaimLapsed,
    CouponLimitReached,
    CouponNotForMember,
    CouponTemplate,
    CouponWithheld,
)
from huixiang.coupons.model.desk import Said
from huixiang.coupons.rules import holdout
from huixiang.coupons.rules import issuing as rules
from huixiang.coupons.rules.issuing import Way
from huixiang.coupons.service.audience import holds_for
from huixiang.coupons.service.issuing import issue, template_in_force
from huixiang.coupons.store import copies, exposures
from huixiang.coupons.store import issuing as store
from huixiang.coupons.store.exposures import Exposure
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef
from huixiang.members.service.states import look_at_receiver
from huixiang.platform.db import Database, Transaction
from huixiang.stock import service as stock
from huixiang.stock.model import Fate, Holder, StockRefusal, TicketFreed, Wanted

HOLDER = "coupon"  # the kind of holder that a copy is
TTL = timedelta(minutes=1)  # for which a ticket is kept for the command that took it


class Plan(msgspec.Struct, frozen=True):
    """A copy that a member may have, so far as can be seen beforehand. wanted: what it takes of what all share.
    exposure: where the template has a holdout; the copy may be withheld by it."""

    coupon_id: UUID
    member_id: UUID
    template: str
    way: Way
    wanted: Sequence[Wanted] = ()
    exposure: Exposure | None = None

    @property
    def withheld(self) -> bool:
        """The member would have the copy, but for the holdout: `withhold` it, and take nothing."""
        return self.exposure is not None and self.exposure.coupon_id is None


async def turned_away(db: Database, member_id: UUID, template: str, way: Way, key: str) -> StockRefusal | None:
    """The refusal where copies of a template ran out a moment ago, as most of a rush is told before anything is read;
    None for a command that may have its ticket. One that was answered before may have none. key: the command's."""
    holder = Holder(HOLDER, rules.copy_id(member_id, way, template, key))
    return await stock.turned_away(db, holder, [rules.copy_of(template)])


def again(planned: Plan, attempt: int) -> Plan:
    """The same under another id, for a command whose copies were given up for good before; 0: as it was planned."""
    if not attempt:
        return planned
    copy_id = rules.copy_again(planned.coupon_id, attempt)
    exposure = planned.exposure
    if exposure is not None:
        exposure = msgspec.structs.replace(exposure, coupon_id=copy_id)
    return msgspec.structs.replace(planned, coupon_id=copy_id, exposure=exposure)


async def plan(tx: Transaction, member_id: UUID, template: str, way: Way, key: str) -> Plan:
    """One copy; as `plan_each`."""
    [planned] = await plan_each(tx, member_id, template, way, [key])
    return planned


async def plan_each(tx: Transaction, member_id: UUID, template: str, way: Way, keys: Sequence[str]) -> list[Plan]:
    """Look whether a member may have a copy for each key; nothing is kept for them yet. keys: of the command's copies.

    Who is held out is refused all the same what others would be: the two are to be alike but for the copy.
    Raises MemberUnknown, StateRefuses, CouponTemplateUnknown, CouponNotOffered, CouponClaimNotOpen, CouponClaimOver,
    CouponTemplateOver, CouponLimitReached, CouponNotForMember, and StockExhausted for who is held out.
    """
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    planned = [Plan(rules.copy_id(member_id, way, template, key), owner, template, way) for key in keys]
    had = await copies.of_member(tx, owner, [one.coupon_id for one in planned])
    count = len(planned) - len(had)
    if not count:
        return planned
    await look_at_receiver(tx, owner, Ability.EARN)
    version, terms = await template_in_force(tx, template)
    rules.require_offered(template, terms, way, tx.now)
    rules.end_of(template, terms, tx.now, tx.calendar)
    if terms.per_member is not None and await store.issued(tx, owner, template) + count > terms.per_member:
        raise CouponLimitReached(template=template, limit=terms.per_member)
    audience = terms.claim.audience if terms.claim is not None and way == "claim" else None
    if audience is not None and not await holds_for(tx, owner, audience):
        raise CouponNotForMember(template=template)
    wanted = rules.wanted_of(template, version, terms)
    fresh = {
        one.coupon_id: msgspec.structs.replace(one, wanted=wanted, exposure=_exposure(one, version, terms))
        for one in planned
        if one.coupon_id not in had
    }
    if any(one.withheld for one in fresh.values()) and (refusal := await stock.lacking(tx, wanted)) is not None:
        raise refusal
    return [fresh.get(one.coupon_id, one) for one in planned]


def _exposure(planned: Plan, version: int, terms: CouponTemplate) -> Exposure | None:
    if not terms.holdout_bp or planned.way not in holdout.HELD_OUT_OF:
        return None
    held_out = holdout.is_held_out(planned.member_id, planned.template, terms.holdout_bp)
    return Exposure(
        template=planned.template, version=version, holdout_bp=terms.holdout_bp, cause=planned.way,
        coupon_id=None if held_out else planned.coupon_id,
    )  # fmt: skip


async def withhold(tx: Transaction, planned: Plan) -> None:
    """Write down that the member's copy was withheld; of one template the first time alone counts."""
    if planned.exposure is not None:
        await exposures.add(tx, {planned.member_id: planned.exposure})


async def take(db: Database, planned: Plan) -> None:
    """Keep what the copy takes of what all share, for `TTL`; committed when this returns. Raises StockExhausted and
    what else `stock.take` raises, and CouponClaimLapsed."""
    if not planned.wanted:
        return
    holder = Holder(HOLDER, planned.coupon_id)
    try:
        await stock.take(db, stock.gate_of(db), holder, planned.member_id, planned.wanted, TTL, first=False)
    except TicketFreed as freed:
        raise CouponClaimLapsed(template=planned.template) from freed


async def issue_planned(tx: Transaction, planned: Plan, *, pack: str | None = None, said: Said | None = None) -> Coupon:
    """Issue the copy with the ticket that was taken for it. Raises CouponClaimLapsed where that was given to others,
    CouponWithheld, and what `issue` raises."""
    if planned.withheld:
        raise CouponWithheld(template=planned.template)
    if planned.wanted:
        if not (await store.decide(tx, [planned.coupon_id], stands=True))[planned.coupon_id]:
            raise CouponClaimLapsed(template=planned.template)
        tx.emit(
            CouponTicketUsed(
                member_id=planned.member_id,
                occurred_at=tx.now,
                coupon_id=planned.coupon_id,
                template=planned.template,
            )
        )
    issued = await issue(
        tx, planned.member_id, planned.template, planned.coupon_id, planned.way, pack=pack, said=said
    )  # fmt: skip
    if planned.exposure is not None:
        await exposures.add(tx, {planned.member_id: planned.exposure})
    return issued


async def is_gone(tx: Transaction, planned: Plan) -> bool:
    """The copy was refused after its ticket was taken: decide that it never comes, unless a twin of the command was
    quicker. Then `free`, in a transaction of its own."""
    return bool(planned.wanted) and not (await store.decide(tx, [planned.coupon_id], stands=False))[planned.coupon_id]


async def free(tx: Transaction, planned: Plan) -> None:
    """What was kept for a copy that is gone is left for others."""
    await stock.free(tx, Holder(HOLDER, planned.coupon_id), "refused")


async def confirm(tx: Transaction, coupon_ids: Sequence[UUID]) -> None:
    """The tickets of copies that were issued are theirs for good. Harmless when repeated."""
    for coupon_id in sorted(coupon_ids):
        await stock.confirm(tx, Holder(HOLDER, coupon_id))


class Copies:
    """Answers for copies that hold tickets (`stock.ports.Holders`)."""

    async def outcome(self, tx: Transaction, holder_ids: Collection[UUID]) -> Mapping[UUID, Fate]:
        """One that is not issued by now never will be."""
        decided = await store.decide(tx, holder_ids, stands=False)
        return {coupon_id: "stands" if stands else "gone" for coupon_id, stands in decided.items()}
