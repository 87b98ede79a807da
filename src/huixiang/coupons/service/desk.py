"""Copies that staff give and take back by hand: who and why is in the copy's log and in the audit log."""

from __future__ import annotations

from uuid import UUID

from huixiang.coupons.model import Coupon, CouponStateFixed, CouponUnknown
from huixiang.coupons.model.desk import Said
from huixiang.coupons.model.errors import CouponDeskLimitReached
from huixiang.coupons.service.claims import Plan, issue_planned
from huixiang.coupons.service.issuing import template_in_force
from huixiang.coupons.service.telling import tell
from huixiang.coupons.store import changes, copies, issuing
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.db import Transaction
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry


async def give(tx: Transaction, planned: Plan, said: Said) -> Coupon:
    """Issue what was planned by the way `desk`. Raises as `issue_planned`, and CouponDeskLimitReached, after which the
    transaction must not be kept."""
    copy = await issue_planned(tx, planned, said=said)
    _, terms = await template_in_force(tx, planned.template)
    # Counted with this one: its issue holds the member's row of the template, so nobody else gives one meanwhile.
    today = tx.calendar.start_of(tx.calendar.day(tx.now))
    if await issuing.given_since(tx, planned.member_id, planned.template, today) > terms.desk_per_day:
        raise CouponDeskLimitReached(template=planned.template, limit=terms.desk_per_day)
    await _audit(tx, planned.member_id, copy, "coupon.given", said)
    return copy


async def void(tx: Transaction, member_id: UUID, coupon_id: UUID, said: Said) -> Coupon:
    """Take back a copy that could be used. Raises MemberUnknown, CouponUnknown, and CouponStateFixed with the state
    that any other is in."""
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    voided = await changes.void(tx, [(owner, coupon_id)], "desk", over_too=False, said=said)
    if not voided:
        state = (await copies.states(tx, [(owner, coupon_id)])).get(coupon_id)
        if state is None:
            raise CouponUnknown(coupon_id=coupon_id)
        raise CouponStateFixed(coupon_id=coupon_id, state=state)
    tell(tx, owner, voided, "voided")
    await _audit(tx, owner, voided[0], "coupon.voided", said)
    return voided[0]


async def _audit(tx: Transaction, member_id: UUID, copy: Coupon, action: str, said: Said) -> None:
    await staff.record(
        tx,
        AuditEntry(
            actor=said.actor,
            action=action,
            subject=f"coupon:{copy.coupon_id}",
            member_id=member_id,
            after={"template": copy.template, "rule": copy.rule, "state": copy.state},
            reason=said.reason,
        ),
    )
