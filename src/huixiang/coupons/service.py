"""Use cases of coupons: give a member a copy, take it back, say what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from huixiang.coupons import store
from huixiang.coupons.model import Coupon, CouponUnknown, NewCoupon
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.members.model.merging import Held
from huixiang.members.service import merging
from huixiang.members.service.states import receiver
from huixiang.platform.db import Transaction

MODULE = "coupons"  # by which a merge knows it
LAST_ID = UUID(int=2**128 - 1)  # after it are only those that expire later


async def grant(tx: Transaction, member_id: UUID, new: NewCoupon) -> Coupon:
    """Give a copy. Raises MemberUnknown, StateRefuses, and InvalidInput for one that would have expired. The caller
    sees to it that it is asked once. A rule that no programme has is never applied."""
    member_id = await receiver(tx, member_id)
    if new.expires_at is not None and new.expires_at <= tx.now:
        raise InvalidInput(path="$.expires_at", problem="must lie in the future")
    given = Coupon(coupon_id=new_id(), rule=new.rule, state="issued", issued_at=tx.now, expires_at=new.expires_at)
    await store.insert(tx, member_id, given)
    return given


async def void(tx: Transaction, member_id: UUID, coupon_id: UUID) -> Coupon:
    """Take a copy back. Raises CouponUnknown."""
    found = await store.void(tx, member_id, coupon_id)
    if found is None:
        raise CouponUnknown(coupon_id=coupon_id)
    return found


async def held(tx: Transaction, member_id: UUID, cursor: str | None, limit: int) -> Page[Coupon]:
    """What a member may use now, the earliest expiring first. Raises MemberUnknown, and InvalidInput for a cursor of
    another list."""
    after = tx.now, LAST_ID
    if cursor is not None:
        expires_at, coupon_id = decode_cursor(cursor, datetime | None, UUID)
        if expires_at is None or expires_at > tx.now:
            after = expires_at, coupon_id
    known = await members.resolve(tx, MemberRef(member_id=member_id))
    found = await store.held_after(tx, known, after, limit + 1)
    return page_of(found, limit, lambda last: (last.expires_at, last.coupon_id))


async def merge(tx: Transaction, from_id: UUID, into_id: UUID, merge_id: UUID) -> None:
    """Move what a member has and had to the one whom they are merged into, and acknowledge it."""
    await store.move(tx, from_id, into_id, merge_id)
    await merging.acknowledge(tx, from_id, merge_id, MODULE)


async def unmerge(tx: Transaction, into_id: UUID, from_id: UUID, merge_id: UUID) -> None:
    """Move back what a merge brought, and acknowledge it."""
    await store.move_back(tx, into_id, from_id, merge_id)
    await merging.acknowledge(tx, from_id, merge_id, MODULE)


async def give_many(
    tx: Transaction, copies: Sequence[tuple[UUID, UUID]], rule: str, expires_at: datetime | None
) -> None:
    """Give copies to many members, each with its id. The caller holds the members' states, and sees to it that it is
    asked once. Raises InvalidInput for copies that would have expired."""
    if expires_at is not None and expires_at <= tx.now:
        raise InvalidInput(path="$.expires_at", problem="must lie in the future")
    await store.insert_many(tx, copies, rule, expires_at)


async def void_many(tx: Transaction, copies: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    """Take back copies, each from the member who has it now; the ids of those that could still be used."""
    return await store.void_many(tx, copies)


async def counted(tx: Transaction, member_ids: Sequence[UUID]) -> Mapping[UUID, Held]:
    """For the preview of a merge: what each has under their own id."""
    return await store.counted(tx, member_ids)
