"""Copies of templates. The caller has what all members share; what is the member's own is counted here."""

from __future__ import annotations

from uuid import UUID

from huixiang.coupons.model import (
    KIND,
    Coupon,
    CouponLimitReached,
    CouponTemplate,
    CouponTemplateUnknown,
)
from huixiang.coupons.model.desk import Said
from huixiang.coupons.rules import issuing as rules
from huixiang.coupons.service.telling import tell
from huixiang.coupons.store import copies
from huixiang.coupons.store import issuing as store
from huixiang.kernel.errors import InvariantBroken
from huixiang.members.service.states import receiver
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook


async def template_in_force(tx: Transaction, template: str) -> tuple[int, CouponTemplate]:
    """The version in force now, and what it says. Raises CouponTemplateUnknown."""
    line = (await rulebook.timelines(tx, [(KIND, template)])).get((KIND, template))
    document = line.find(tx.now) if line is not None else None
    if document is None:
        raise CouponTemplateUnknown(template=template)
    return document.version, document.read(CouponTemplate)


async def issue(
    tx: Transaction,
    member_id: UUID,
    template: str,
    coupon_id: UUID,
    cause: str,
    *,
    pack: str | None = None,
    said: Said | None = None,
) -> Coupon:
    """Give a member a copy of a template as it is in force; the same id again answers the same copy as it is now.

    The end is reckoned from now, and the member's limit counted under a lock of the member's row of the template.
    said: by the person who gives it. Whether the template may be had this way is the caller's to ask, and so are its
    tickets (`claims`).
    Raises MemberUnknown, StateRefuses, CouponTemplateUnknown, CouponTemplateOver, and CouponLimitReached, after which
    the transaction must not be kept.
    """
    member_id = await receiver(tx, member_id)
    version, terms = await template_in_force(tx, template)
    end = rules.end_of(template, terms, tx.now, tx.calendar)
    copy = Coupon(
        coupon_id=coupon_id, rule=terms.rule, template=template, template_version=version, state="issued",
        issued_at=tx.now, expires_at=end,
    )  # fmt: skip
    words = (said.actor, said.reason) if said else (None, None)
    remind_at = rules.reminder_of(terms, end, tx.now)
    kept = store.Kept(terms.returned_days, remind_at, terms.per_member, cause, pack, *words)
    made, counted = await store.issue(tx, member_id, copy, kept)
    if made and not counted:
        raise CouponLimitReached(template=template, limit=terms.per_member)
    if made:
        tell(tx, member_id, [copy], "issued")
        return copy
    found = (await copies.of_member(tx, member_id, [coupon_id])).get(coupon_id)
    if found is None or found.template != template:
        raise InvariantBroken(f"the id of copy {coupon_id} is another's")
    return found
