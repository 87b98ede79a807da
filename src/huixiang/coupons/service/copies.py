"""Give a member a bare copy of a rule, and take copies back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huixiang.coupons.model import Coupon, CouponStateFixed, CouponUnknown, NewCoupon
from huixiang.coupons.service.telling import tell
from huixiang.coupons.store import changes
from huixiang.coupons.store import copies as store
from huixiang.kernel.errors import InvalidInput, InvariantBroken
from huixiang.kernel.ids import new_id
from huixiang.members.service.states import receiver
from huixiang.platform.db import Transaction


async def grant(tx: Transaction, member_id: UUID, new: NewCoupon) -> Coupon:
    """Give a bare copy of a rule. Raises MemberUnknown, StateRefuses, and InvalidInput for one that would have expired.
    The caller sees to it that it is asked once. A rule that no programme has is never applied."""
    if new.rule is None:
        raise InvariantBroken("a copy of a template is issued, with what it takes of what all share")
    member_id = await receiver(tx, member_id)
    coupon_id = new_id()
    await give_many(tx, [(member_id, coupon_id)], new.rule, new.expires_at)
    return Coupon(
        coupon_id=coupon_id, rule=new.rule, state="issued", issued_at=tx.now, expires_at=new.expires_at
    )  # fmt: skip


async def void(tx: Transaction, member_id: UUID, coupon_id: UUID) -> Coupon:
    """Take a copy back; one that was voided before stays so. Raises CouponUnknown, and CouponStateFixed for one that an
    order holds or used, or that is over."""
    voided = await changes.void(tx, [(member_id, coupon_id)], "voided", over_too=True)
    tell(tx, member_id, voided, "voided")
    if voided:
        return voided[0]
    found = (await store.of_member(tx, member_id, [coupon_id])).get(coupon_id)
    if found is None:
        raise CouponUnknown(coupon_id=coupon_id)
    if found.state != "voided":
        raise CouponStateFixed(coupon_id=coupon_id, state=found.state)
    return found


async def give_many(
    tx: Transaction, copies: Sequence[tuple[UUID, UUID]], rule: str, expires_at: datetime | None
) -> None:
    """Give copies to many members, each with its id. The caller holds the members' states, and sees to it that it is
    asked once. Raises InvalidInput for copies that would have expired."""
    if expires_at is not None and expires_at <= tx.now:
        raise InvalidInput(path="$.expires_at", problem="must lie in the future")
    await store.insert_bare(tx, copies, rule, expires_at, "grant")
    for member_id, coupon_id in copies:
        bare = Coupon(coupon_id=coupon_id, rule=rule, state="issued", issued_at=tx.now, expires_at=expires_at)
        tell(tx, member_id, [bare], "issued")


async def void_many(tx: Transaction, copies: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    """Take back copies, each from the member who has it now; the ids of those that could still be used."""
    voided = await changes.void(tx, copies, "grant_undone", over_too=False)
    owners = {coupon_id: member_id for member_id, coupon_id in copies}
    for one in voided:
        tell(tx, owners[one.coupon_id], [one], "voided")
    return {one.coupon_id for one in voided}
