"""Making a grant: whom it reaches and what it would come to. The rows that are written here are who gets it."""

from __future__ import annotations

from uuid import UUID

from huixiang.benefits import service as benefits
from huixiang.benefits.model import BenefitUnknown
from huixiang.coupons.model import CouponLimitReached, CouponTemplateUnknown
from huixiang.coupons.service import many as coupons
from huixiang.grants.model import (
    CAP_REACHED,
    EXHAUSTED,
    BenefitGift,
    BudgetRoom,
    Bulk,
    CouponGift,
    Gift,
    GrantGiftUnknown,
    NewGrant,
    PointsGift,
    Preview,
    TierGift,
)
from huixiang.grants.rules.costs import most_off
from huixiang.grants.service.audience import Filled, fill, kept
from huixiang.grants.store import bulks, recipients
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.points.service import granting
from huixiang.pricing.model.rules import CouponRule, Promotions
from huixiang.rulebook import service as rulebook
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry
from huixiang.tiers.model import TierUnknown
from huixiang.tiers.service.granting import check_grantable

PROMOTIONS = ("promotions", "main")


async def make(tx: Transaction, new: NewGrant, made_by: UUID) -> Bulk:
    """Write down a grant with its members, and preview it. Nothing is given. Raises InvalidInput, GrantTooLarge,
    GrantGiftUnknown, CouponNotOffered, CouponTemplateOver."""
    await _check(tx, new)
    grant_id = new_id()
    filled = await fill(tx, grant_id, new)
    if new.in_all is not None:
        await recipients.cut_off(tx, grant_id, new.in_all, CAP_REACHED)
    if isinstance(new.gift, CouponGift):
        await _cut_to_limits(tx, grant_id, new.gift.template)
    preview = await _preview(tx, grant_id, new, filled)
    bulk = Bulk(
        grant_id=grant_id,
        name=new.name,
        gift=new.gift,
        audience=kept(new, filled),
        per_member=new.per_member,
        in_all=new.in_all,
        budget_points=new.budget_points,
        reason=new.reason,
        preview=preview,
        state="draft",
        ended_as=None,
        made_by=made_by,
        made_at=tx.now,
        approval_id=None,
        undo_id=None,
        generation=0,
        after=None,
        listed=preview.listed,
        granted=0,
        skipped=preview.listed - preview.planned,
        failed=0,
        given=0,
        kept=None,
        looked_at=0,
        taken=0,
        started_at=None,
        ended_at=None,
        undone_at=None,
    )
    await bulks.insert(tx, bulk)
    await record(tx, bulk, "grant.drafted", f"staff:{made_by}", new.reason)
    return bulk


async def room_of(tx: Transaction, grant_id: UUID, gift: Gift, limit: int | None) -> BudgetRoom | None:
    """How much of the budget is left that a grant is paid from; None where it has none."""
    if not isinstance(gift, PointsGift) or gift.budget is None:
        return None
    issued = await granting.issued_from(tx, gift.budget)
    promised = await bulks.promised(tx, gift.budget, grant_id)
    room = None if limit is None else max(limit - issued - promised, 0)
    return BudgetRoom(budget=gift.budget, issued=issued, promised=promised, limit=limit, room=room)


async def record(tx: Transaction, bulk: Bulk, action: str, actor: str, reason: str | None) -> None:
    """Into the audit log."""
    after = {"name": bulk.name, "state": bulk.state, "listed": bulk.listed, "granted": bulk.granted}
    subject = f"grant:{bulk.grant_id}"
    await staff.record(tx, AuditEntry(actor=actor, action=action, subject=subject, after=after, reason=reason))


async def _preview(tx: Transaction, grant_id: UUID, new: NewGrant, filled: Filled) -> Preview:
    listed, planned, total, excluded = await recipients.summed(tx, grant_id)
    return Preview(
        listed=listed,
        planned=planned,
        excluded=excluded,
        total=total,
        rows=filled.rows,
        rows_refused=filled.rows_refused,
        cut=filled.cut,
        cost_fen=await _cost(tx, new.gift, total),
        budget=await room_of(tx, grant_id, new.gift, new.budget_points),
    )


async def _cost(tx: Transaction, gift: Gift, total: int) -> int | None:
    if isinstance(gift, PointsGift):
        return await granting.worth_of(tx, total)
    if isinstance(gift, CouponGift):
        each = await _most_off(tx, gift.template)
        return None if each is None else each * total
    return None if gift.unit_cost_fen is None else gift.unit_cost_fen * total


async def _check(tx: Transaction, new: NewGrant) -> None:
    """Raises InvalidInput, GrantGiftUnknown."""
    if new.budget_points is not None and not (isinstance(new.gift, PointsGift) and new.gift.budget):
        raise InvalidInput(path="$.budget_points", problem="is of the budget of points, and the gift names none")
    today = tx.calendar.day(tx.now)
    match new.gift:
        case PointsGift(expires_on=last):
            _require_ahead("expires_on", last is None or last >= today)
        case CouponGift(template=template):
            await _check_template(tx, template)
        case BenefitGift(benefit=benefit, ends_at=end):
            _require_ahead("ends_at", end is None or end > tx.now)
            await _check_benefit(tx, benefit)
        case TierGift(tier=tier, until=last):
            _require_ahead("until", last >= today)
            await _check_tier(tx, tier)


def _require_ahead(field: str, is_ahead: bool) -> None:  # noqa: FBT001 - what is required
    if not is_ahead:
        raise InvalidInput(path=f"$.gift.{field}", problem="must not be past")


async def _check_benefit(tx: Transaction, benefit: str) -> None:
    try:
        await benefits.terms_of(tx, benefit)
    except BenefitUnknown as unknown:
        raise GrantGiftUnknown(gift=benefit) from unknown


async def _check_tier(tx: Transaction, tier: str) -> None:
    try:
        await check_grantable(tx, tier)
    except TierUnknown as unknown:
        raise GrantGiftUnknown(gift=tier) from unknown


async def _check_template(tx: Transaction, template: str) -> None:
    try:
        await coupons.look(tx, template)
    except CouponTemplateUnknown as unknown:
        raise GrantGiftUnknown(gift=template) from unknown


async def _cut_to_limits(tx: Transaction, grant_id: UUID, template: str) -> None:
    """Skip who has as many copies as one may have, and for whom none are left now."""
    _, terms = await coupons.look(tx, template)
    if terms.per_member is not None:
        await recipients.skip_limited(tx, grant_id, template, terms.per_member, CouponLimitReached.code)
    left = await coupons.room(tx, template)
    if left is not None:
        await recipients.cut_off(tx, grant_id, left, EXHAUSTED)


async def _most_off(tx: Transaction, template: str) -> int | None:
    """What one copy costs at most, in fen: what its template says that it is worth, else what its rule takes off at
    most; None where neither says."""
    _, terms = await coupons.look(tx, template)
    if terms.worth_fen is not None:
        return terms.worth_fen
    promotions = (await rulebook.in_force(tx, *PROMOTIONS, tx.now)).read(Promotions)
    found = [one.effect for one in promotions.rules if one.code == terms.rule and isinstance(one, CouponRule)]
    return most_off(found[0]) if found else None
