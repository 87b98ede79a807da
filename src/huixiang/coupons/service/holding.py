"""What orders do with copies: hold, use, release, give back. Each is one statement in the owner's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.coupons.model import Coupon, Holding
from huixiang.coupons.rules import holding as rules
from huixiang.coupons.service.telling import tell
from huixiang.coupons.store import changes, copies
from huixiang.platform.db import Transaction


async def hold(tx: Transaction, member_id: UUID, coupon_ids: Sequence[UUID], order_id: UUID) -> Holding:
    """Keep copies for an order: each of them that can be used now. What this order holds already it holds.

    Raises nothing for one that cannot be used: the caller collects. One round trip, two where anything is refused.
    """
    if not coupon_ids:
        return Holding((), {})
    held = {one.coupon_id for one in await changes.hold(tx, member_id, coupon_ids, order_id)}
    rest = [one for one in coupon_ids if one not in held]
    refused = {}
    if rest:
        known = await copies.of_member(tx, member_id, rest)
        for coupon_id in rest:
            why = rules.why_not_held(known.get(coupon_id), order_id)
            if why is None:
                held.add(coupon_id)
            else:
                refused[coupon_id] = why
    return Holding(tuple(one for one in dict.fromkeys(coupon_ids) if one in held), refused)


async def use(tx: Transaction, member_id: UUID, order_id: UUID) -> list[UUID]:
    """What the order holds is used; which copies it was. Harmless when repeated."""
    used = await changes.use(tx, member_id, order_id)
    tell(tx, member_id, used, "used", order_id)
    return [one.coupon_id for one in used]


async def release(tx: Transaction, member_id: UUID, order_id: UUID) -> list[Coupon]:
    """What the order holds may be used again, and has `returned_days` left at least. Harmless when repeated."""
    return await changes.release(tx, member_id, order_id)


async def give_back(tx: Transaction, member_id: UUID, order_id: UUID, coupon_ids: Sequence[UUID]) -> list[Coupon]:
    """Those of them that the order used may be used again, and have `returned_days` left at least: a refund. Harmless
    when repeated."""
    back = await changes.give_back(tx, member_id, order_id, coupon_ids)
    tell(tx, member_id, back, "returned", order_id)
    return back
