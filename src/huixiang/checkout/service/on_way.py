"""Reading orders that were placed on quotes: one, a member's, and those of all that are not done yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from huixiang.checkout import store as orders
from huixiang.checkout.model import OrderUnknown
from huixiang.checkout.model.desk import OpenOrders
from huixiang.checkout.model.fulfilment import DOCUMENT, FulfilmentRules
from huixiang.checkout.model.placing import Placed, PlacedSummary, PlacedUnknown
from huixiang.checkout.rules.moves import OPEN
from huixiang.checkout.store import on_way as of_all
from huixiang.checkout.store import placed as store
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook

Stores = frozenset[str] | None


async def owner(tx: Transaction, order_id: UUID) -> UUID:
    """Whose a placed order is. Raises PlacedUnknown; an order of a till has an owner too, and was not placed."""
    found = await orders.owner_of_order(tx, order_id)
    if found is None:
        raise PlacedUnknown(order_id=order_id)
    return found


async def read(tx: Transaction, order_id: UUID, *, of: UUID | None = None, stores: Stores = None) -> Placed:
    """A placed order. of: the member who asks; stores: those of the person who does. To others it is unknown. Raises
    PlacedUnknown."""
    owned_by = await owner(tx, order_id)
    kept = await store.find(tx, owned_by, order_id)
    mine = of is None or of in {owned_by, await members.resolve(tx, MemberRef(member_id=owned_by))}
    if kept is None or not mine or (stores is not None and kept.placed.store_id not in stores):
        raise PlacedUnknown(order_id=order_id)
    return kept.placed


async def seen_owner(tx: Transaction, order_id: UUID, stores: Stores) -> UUID:
    """Whose an order is, placed or of a till, where who asks may see it. Raises OrderUnknown."""
    owned_by = await orders.owner_of_order(tx, order_id)
    if owned_by is None:
        raise OrderUnknown(order_id=order_id)
    if stores is not None:
        placed = await store.find(tx, owned_by, order_id)
        found = placed.placed if placed is not None else await orders.load_order(tx, owned_by, order_id)
        if found is None or found.store_id not in stores:
            raise OrderUnknown(order_id=order_id)
    return owned_by


async def open_orders(
    tx: Transaction, member_id: UUID, cursor: str | None, limit: int, *, stores: Stores = None
) -> Page[PlacedSummary]:
    """What a member has on its way, the latest first; of some stores, where those are given. Raises InvalidInput for a
    cursor of another list."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    found = await store.listed(tx, member_id, OPEN, stores, before, limit + 1)
    return page_of(found, limit, lambda last: (last.placed_at, last.order_id))


async def open_of_all(
    tx: Transaction, older_than_days: int, store_id: str | None, cursor: str | None, limit: int, *, stores: Stores
) -> OpenOrders:
    """What all members have on its way for at least so many days of 24 hours, the oldest first; of one store, where it
    is given, and of none but those of who asks. Nothing else ends such an order but a command, where it is paid
    (PTS-07). Raises InvalidInput for a cursor of another list, RuleDocumentUnknown."""
    after = decode_cursor(cursor, datetime, UUID) if cursor else None
    until = tx.now - timedelta(days=older_than_days)
    wanted = stores if store_id is None else frozenset({store_id}) & (stores if stores is not None else {store_id})
    late_days = (await rulebook.current(tx, *DOCUMENT, at=tx.now)).read(FulfilmentRules).late_days
    found = await of_all.open_since(tx, until, wanted, after, limit + 1, late_days=late_days)
    page = page_of(found, limit, lambda last: (last.placed_at, last.order_id))
    return OpenOrders(items=page.items, next_cursor=page.next_cursor, late_days=late_days)
