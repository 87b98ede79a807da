"""What a member has and had, by state, and what became of one copy."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from huixiang.coupons.model import Coupon, CouponChange, CouponUnknown, State
from huixiang.coupons.model.desk import DeskChange
from huixiang.coupons.store import changes
from huixiang.coupons.store import copies as store
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.db import Transaction
from huixiang.staff import service as staff

LAST_ID = UUID(int=2**128 - 1)  # after it are only those that expire later


async def listed(tx: Transaction, member_id: UUID, state: State, cursor: str | None, limit: int) -> Page[Coupon]:
    """A member's copies in a state: those that can be used now (`issued`) in the order of their ends, others with the
    latest issued first. Raises MemberUnknown, and InvalidInput for a cursor of another list."""
    if state == "issued":
        return await _usable(tx, member_id, cursor, limit)
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    known = await members.resolve(tx, MemberRef(member_id=member_id))
    found = await store.over_before(tx, known, state, before, limit + 1)
    return page_of(found, limit, lambda last: (last.issued_at, last.coupon_id))


async def log(tx: Transaction, member_id: UUID, coupon_id: UUID, cursor: str | None, limit: int) -> Page[CouponChange]:
    """What became of a copy that the member has now, the first change first, without what staff said of it. Raises as
    `desk_log`."""
    page = await _changes(tx, member_id, coupon_id, cursor, limit)
    fields = CouponChange.__struct_fields__
    bare = [CouponChange(**{name: getattr(one, name) for name in fields}) for one in page.items]
    return Page(bare, page.next_cursor)


async def desk_log(
    tx: Transaction, member_id: UUID, coupon_id: UUID, cursor: str | None, limit: int
) -> Page[DeskChange]:
    """The same for staff, with who did it by hand and why. Raises MemberUnknown, CouponUnknown, and InvalidInput for a
    cursor of another list."""
    page = await _changes(tx, member_id, coupon_id, cursor, limit)
    names = await staff.names_of(tx, {one.actor for one in page.items if one.actor is not None})
    named = [replace(one, actor_name=names.get(one.actor)) if one.actor else one for one in page.items]
    return Page(named, page.next_cursor)


async def _changes(
    tx: Transaction, member_id: UUID, coupon_id: UUID, cursor: str | None, limit: int
) -> Page[DeskChange]:
    """Raises as `desk_log`."""
    (after,) = decode_cursor(cursor, int) if cursor else (0,)
    known = await members.resolve(tx, MemberRef(member_id=member_id))
    if not await store.of_member(tx, known, [coupon_id]):
        raise CouponUnknown(coupon_id=coupon_id)
    found = await changes.of_copy(tx, coupon_id, after, limit + 1)
    return page_of(found, limit, lambda last: (last.seq,))


async def _usable(tx: Transaction, member_id: UUID, cursor: str | None, limit: int) -> Page[Coupon]:
    after = tx.now, LAST_ID
    if cursor is not None:
        expires_at, coupon_id = decode_cursor(cursor, datetime | None, UUID)
        if expires_at is None or expires_at > tx.now:
            after = expires_at, coupon_id
    known = await members.resolve(tx, MemberRef(member_id=member_id))
    found = await store.held_after(tx, known, after, limit + 1)
    return page_of(found, limit, lambda last: (last.expires_at, last.coupon_id))
