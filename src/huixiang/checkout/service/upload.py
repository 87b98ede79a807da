"""Orders and refunds that come together (PTS-19): what concerns one member is done in the order of the rows.

They are posted and made as sets all the same: members do not touch one another, so an upload is cut into sets of orders
and sets of refunds by turns, and a row goes into the first set that comes after its member's rows above it. An upload
without refunds is one set of orders; one in which refunds follow their orders is two.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from huixiang.checkout import store
from huixiang.checkout.model import NewOrder, NewRefund, RefundAboveOrder, UploadRow
from huixiang.checkout.service.complete import BOOKS
from huixiang.checkout.service.post import post_orders
from huixiang.checkout.service.refund import Asked, refund_orders
from huixiang.kernel.errors import DomainError
from huixiang.members import service as members
from huixiang.members.service import Identified
from huixiang.platform.db import Transaction
from huixiang.points import service as points


class RowDone(msgspec.Struct, frozen=True):
    """What became of a row: the order or the refund that it made, or had made before; or the refusal."""

    made_id: UUID | None = None
    created: bool = False
    refusal: DomainError | None = None


async def post_rows(tx: Transaction, rows: Sequence[UploadRow]) -> list[RowDone]:
    """Post orders and make refunds; one outcome per row, in the order given."""
    ordered = [row for row in rows if isinstance(row, NewOrder)]
    buyers = iter(await members.identify(tx, [order.member for order in ordered]))
    buyer_of = {place: next(buyers) for place, row in enumerate(rows) if isinstance(row, NewOrder)}
    owners = await _owners(tx, rows, buyer_of)
    outcomes = [RowDone()] * len(rows)
    for place, row in enumerate(rows):
        if isinstance(row, NewRefund) and owners[place] is None:
            outcomes[place] = RowDone(refusal=_nothing_above(row))
    sets = _sets(rows, owners)
    if len(sets) > 1:
        # All at once, in their order: one set after the other, two uploads could wait for each other.
        await points.lock_accounts(tx, {owner for owner in owners if owner is not None}, BOOKS)
    for places in sets:
        orders = {place: row for place in places if isinstance(row := rows[place], NewOrder)}
        refunds = {place: row for place in places if isinstance(row := rows[place], NewRefund)}
        done = await _post(tx, list(orders.values()), [buyer_of[place] for place in orders])
        done += await _refund(tx, list(refunds.values()))
        for place, outcome in zip([*orders, *refunds], done, strict=True):
            outcomes[place] = outcome
    return outcomes


async def _owners(
    tx: Transaction, rows: Sequence[UploadRow], buyer_of: dict[int, Identified | None]
) -> list[UUID | None]:
    """Whose each row is: a refund's is that of the order posted under that number, or that stands above it; where there
    is neither, nobody's."""
    posted = await store.find_numbered(tx, {_order_key(row) for row in rows if isinstance(row, NewRefund)})
    known = {key: member_id for key, (member_id, _) in posted.items()}
    owners: list[UUID | None] = []
    for place, row in enumerate(rows):
        if isinstance(row, NewRefund):
            owners.append(known.get(_order_key(row)))
        else:
            buyer = buyer_of[place]
            owners.append(buyer.member_id if buyer else None)
            if buyer is not None:
                known.setdefault(store.external_key(row.source, row.external_id), buyer.member_id)
    return owners


def _sets(rows: Sequence[UploadRow], owners: Sequence[UUID | None]) -> list[list[int]]:
    """The places of the rows of each set, of orders and of refunds by turns; refunds of nothing are left out."""
    sets: dict[int, list[int]] = {}
    reached: dict[UUID | None, int] = {}
    for place, (row, owner) in enumerate(zip(rows, owners, strict=True)):
        if owner is None and isinstance(row, NewRefund):
            continue
        turn = reached.get(owner, 0)
        turn += turn % 2 != isinstance(row, NewRefund)
        reached[owner] = turn
        sets.setdefault(turn, []).append(place)
    return [sets[turn] for turn in sorted(sets)]


async def _post(tx: Transaction, orders: Sequence[NewOrder], buyers: Sequence[Identified | None]) -> list[RowDone]:
    if not orders:
        return []
    return [
        RowDone(posted.result.order_id, posted.result.created) if posted.result else RowDone(refusal=posted.refusal)
        for posted in await post_orders(tx, orders, buyers)
    ]


async def _refund(tx: Transaction, rows: Sequence[NewRefund]) -> list[RowDone]:
    if not rows:
        return []
    posted = await store.find_numbered(tx, {_order_key(row) for row in rows})
    done = [RowDone(refusal=_nothing_above(row)) for row in rows]
    asked = {
        place: Asked(*posted[key], row.request) for place, row in enumerate(rows) if (key := _order_key(row)) in posted
    }
    for place, made in zip(asked, await refund_orders(tx, list(asked.values())), strict=True):
        done[place] = RowDone(made.refund.refund_id if made.refund else None, made.created, made.refusal)
    return done


def _order_key(row: NewRefund) -> str:
    return store.external_key(row.order.source, row.order.external_id)


def _nothing_above(row: NewRefund) -> RefundAboveOrder:
    return RefundAboveOrder(source=row.order.source, external_id=row.order.external_id)
