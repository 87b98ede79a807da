"""Reading orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from huixiang.checkout import store
from huixiang.checkout.model import Order, OrderSummary, OrderUnknown, Refund, RefundUnknown, SourceTotals
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.members.model.merging import Held
from huixiang.platform.db import Transaction

Stores = frozenset[str] | None


async def order_owner(tx: Transaction, order_id: UUID) -> UUID:
    """The member an order belongs to. Raises OrderUnknown."""
    owner = await store.owner_of_order(tx, order_id)
    if owner is None:
        raise OrderUnknown(order_id=order_id)
    return owner


async def order(tx: Transaction, order_id: UUID, *, stores: Stores = None) -> Order:
    """An order with its lines and tenders. `stores`: those of who asks, to whom orders of others, or of none, are
    unknown. Raises OrderUnknown."""
    found = await store.load_order(tx, await order_owner(tx, order_id), order_id)
    if found is None or (stores is not None and found.store_id not in stores):
        raise OrderUnknown(order_id=order_id)
    return found


async def refund_of(tx: Transaction, order_id: UUID, refund_id: UUID) -> Refund:
    """A refund of an order, with the record of what it undid. Raises OrderUnknown, RefundUnknown."""
    found = await store.load_refund(tx, await order_owner(tx, order_id), order_id, refund_id)
    if found is None:
        raise RefundUnknown(refund_id=refund_id)
    return found


async def refunds_of(
    tx: Transaction, order_id: UUID, cursor: str | None, limit: int, *, of: UUID | None = None, stores: Stores = None
) -> Page[Refund]:
    """The refunds of an order, the first one first. `of`: the member who asks, to whom others' orders are unknown;
    `stores` as in `order`. Raises OrderUnknown."""
    if stores is not None:
        await order(tx, order_id, stores=stores)
    owner = await order_owner(tx, order_id)
    if of is not None and of not in {owner, await members.resolve(tx, MemberRef(member_id=owner))}:
        raise OrderUnknown(order_id=order_id)
    (after,) = decode_cursor(cursor, UUID) if cursor is not None else (None,)
    found = await store.refunds_of(tx, owner, order_id, after, limit + 1)
    return page_of(found, limit, lambda last: (last.refund_id,))


async def finish_effect(
    tx: Transaction, member_id: UUID, refund_id: UUID, effect_no: int, posting: tuple[int, int] | None = None
) -> bool:
    """Note that what a refund undoes at another owner is done, by that owner's posting (book, seq) where there is one.
    Called in the transaction that does it; False where it was done before, or there is no such effect."""
    return await store.finish_effect(tx, member_id, refund_id, effect_no, posting)


async def refunds_by_day(tx: Transaction) -> dict[date, tuple[int, int]]:
    """How many refunds there were on each business day, and what they came to in fen; to count sums again."""
    return await store.refunds_by_day(tx)


async def source_totals(tx: Transaction, source: str) -> SourceTotals:
    """What the orders of one source come to, counted from the rows; to reconcile an import."""
    return await store.source_totals(tx, source)


async def orders_of(
    tx: Transaction, member_id: UUID, cursor: str | None, limit: int, *, stores: Stores = None
) -> Page[OrderSummary]:
    """A member's orders, the latest first; of some stores, where those are given."""
    before = decode_cursor(cursor, datetime, UUID) if cursor is not None else None
    found = await store.orders_of(tx, member_id, before, limit + 1, stores)
    return page_of(found, limit, lambda last: (last.completed_at, last.order_id))


async def counted(tx: Transaction, member_ids: Sequence[UUID]) -> Mapping[UUID, Held]:
    """For the preview of a merge: what each has under their own id."""
    return await store.counted(tx, member_ids)
