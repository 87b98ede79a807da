"""Copies that an order brought, and that go when it comes back whole, wherever they are by then.

A copy that was given on is its giver's as long as nobody has another for it: the gift is over, and the copy voided.
What somebody else has is voided in a transaction of theirs, later; until then they may use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.coupons.model import Coupon, TakenBack
from huixiang.coupons.service import gifts
from huixiang.coupons.service.telling import tell
from huixiang.coupons.store import changes, copies
from huixiang.coupons.store import gifts as gift_store
from huixiang.kernel.errors import InvariantBroken
from huixiang.members.service.states import canonical
from huixiang.platform.db import Transaction

CAUSE = "refund"
LOOKS = 10  # each after the first because somebody was quicker
USED = frozenset({"held", "used"})
OVER = frozenset({"expired", "voided"})


async def take_back(tx: Transaction, member_id: UUID, coupon_ids: Sequence[UUID]) -> TakenBack:
    """Void copies of a member; those that an order holds or used by now stay. Writes nothing of another member.
    Harmless when repeated before they are used."""
    found = TakenBack()
    roots = {one: one for one in coupon_ids}  # what the member has now, and what it was when it was issued
    for _ in range(LOOKS):
        if not roots:
            return found
        found = await _given_on(tx, member_id, roots, found)
        gone = await changes.void(tx, [(member_id, one) for one in sorted(roots)], CAUSE, over_too=True)
        tell(tx, member_id, gone, "voided")
        found = _plus(found, voided=[roots.pop(one.coupon_id) for one in gone])
        known = await copies.of_member(tx, member_id, list(roots))
        for coupon_id in [one for one in roots if one not in known or known[one].state in USED | OVER]:
            root = roots.pop(coupon_id)
            if coupon_id not in known:  # one that goes ahead of, or follows, a member who is being merged
                holder = await _holder(tx, coupon_id)
                found = _plus(found, elsewhere=[(root, holder)] if holder is not None else [])
            elif known[coupon_id].state in USED:
                found = _plus(found, used=[root])
    raise InvariantBroken(f"copies of {member_id} are given, and no gifts: {sorted(roots)}")


async def _given_on(tx: Transaction, member_id: UUID, roots: dict[UUID, UUID], found: TakenBack) -> TakenBack:
    """Gifts that nobody has a copy for are over. The others are followed, and leave `roots`; what came round is the
    member's."""
    for given in await gift_store.lock_of_copies(tx, member_id, list(roots)):
        gift = given.gift
        if gift.state == "open" or not await copies.whose(tx, gift.gift_id):
            await gifts.give_back(tx, given, "refunded")
            continue
        root = roots.pop(gift.coupon_id)
        holder, copy = await _followed(tx, gift.gift_id)
        if holder == member_id:
            roots[copy.coupon_id] = root
        elif copy.state in USED:
            found = _plus(found, used=[root])
        elif copy.state not in OVER:
            found = _plus(found, elsewhere=[(root, holder)])
    return found


def _plus(
    found: TakenBack,
    voided: Sequence[UUID] = (),
    used: Sequence[UUID] = (),
    elsewhere: Sequence[tuple[UUID, UUID]] = (),
) -> TakenBack:
    return TakenBack((*found.voided, *voided), (*found.used, *used), (*found.elsewhere, *elsewhere))


async def recall(tx: Transaction, coupon_id: UUID) -> bool:
    """Void what came of a copy by gifts, at whoever has it now, and write nothing of another; False where it was used,
    or over, by then."""
    while True:
        holder, copy = await _followed(tx, coupon_id)
        taken = await take_back(tx, holder, [copy.coupon_id])
        if not taken.elsewhere:
            return bool(taken.voided)


async def not_over(tx: Transaction, member_id: UUID, coupon_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Of copies of a member, those that may still be used, by whomever, or were."""
    known = await copies.of_member(tx, member_id, coupon_ids)
    return frozenset(
        one for one in coupon_ids
        if (copy := known.get(one)) is None
        or (copy.state not in OVER and (copy.state != "issued" or copy.expires_at is None or copy.expires_at > tx.now))
    )  # fmt: skip


async def _followed(tx: Transaction, coupon_id: UUID) -> tuple[UUID, Coupon]:
    """Who has what came of a copy, through any number of gifts that were delivered, and what they have."""
    while True:
        holder = await _holder(tx, coupon_id)
        copy = (await copies.of_member(tx, holder, [coupon_id])).get(coupon_id) if holder is not None else None
        if holder is None or copy is None:
            raise InvariantBroken(f"copy {coupon_id} is nobody's")
        gift = await gift_store.of_copy(tx, holder, coupon_id) if copy.state == "given" else None
        if gift is None or gift.state == "open" or not await copies.whose(tx, gift.gift_id):
            return holder, copy
        coupon_id = gift.gift_id


async def _holder(tx: Transaction, coupon_id: UUID) -> UUID | None:
    """Who has a copy, or had: by an id that they had when it changed, or by the one that they go by now."""
    ids = await copies.whose(tx, coupon_id)
    known = await canonical(tx, ids) if ids else {}
    return await copies.holder(tx, coupon_id, [*{*ids, *known.values()}])
