"""Give a member a bare copy of a rule, and take copies back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.coupons.model import Coupon, CouponStateFixed, CouponUnknown, NewCoupon, State
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
    if new.expires_at is not None and new.expires_at <= tx.now:
        raise InvalidInput(path="$.expires_at", problem="must lie in the future")
    bare = Coupon(coupon_id=new_id(), rule=new.rule, state="issued", issued_at=tx.now, expires_at=new.expires_at)
    await store.insert_bare(tx, member_id, bare, "grant")
    tell(tx, member_id, [bare], "issued")
    return bare


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


async def void_many(tx: Transaction, copies: Sequence[tuple[UUID, UUID]]) -> dict[UUID, State]:
    """Take back copies, each from the member who has it now; of those that could not be used any more the state."""
    voided = await changes.void(tx, copies, "grant_undone", over_too=False)
    owners = {coupon_id: member_id for member_id, coupon_id in copies}
    for one in voided:
        tell(tx, owners[one.coupon_id], [one], "voided")
    rest = set(owners) - {one.coupon_id for one in voided}
    stay = await store.states(tx, [copy for copy in copies if copy[1] in rest]) if rest else {}
    return {coupon_id: stay.get(coupon_id, "voided") for coupon_id in rest}
