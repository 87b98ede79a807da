"""What becomes of a placed order: it is paid, completed as orders of tills are, or cancelled (CHK-04, CHK-05)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.benefits import service as benefits
from huixiang.checkout import rules
from huixiang.checkout.events import OrderCancelled
from huixiang.checkout.model import NewLine, NewOrder, Tender
from huixiang.checkout.model.fulfilment import Fulfilled, Picked
from huixiang.checkout.model.orders import Measure
from huixiang.checkout.model.placing import (
    NothingPicked,
    OrderMoving,
    OrderUnpaid,
    Placed,
    PlacedState,
    PlacedStateFixed,
    PlacedUnknown,
)
from huixiang.checkout.rules import moves
from huixiang.checkout.service import gifts, paying
from huixiang.checkout.service.complete import BOOKS, complete
from huixiang.checkout.service.draft import Draft
from huixiang.checkout.service.post import EARNING
from huixiang.checkout.service.standing import picked, stands_now
from huixiang.checkout.service.taking_back import WITH_POINTS
from huixiang.checkout.store import placed as store
from huixiang.coupons import service as coupons
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import POINTS, Capture, Release, Source
from huixiang.points.service import Accounts
from huixiang.points.service.spending import CASH_OFF
from huixiang.pricing.service import uses
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Timeline
from huixiang.tiers import service as tiers


async def locked(tx: Transaction, member_id: UUID, order_id: UUID, act: moves.Act) -> tuple[store.Kept, Accounts]:
    """A placed order and its owner's accounts, locked. Raises PlacedUnknown, PlacedStateFixed."""
    accounts = await points.lock_accounts(tx, {member_id}, BOOKS)
    kept = await store.find(tx, member_id, order_id, lock=True)
    if kept is None:
        raise PlacedUnknown(order_id=order_id)
    if not moves.may(act, kept.placed.state):
        raise PlacedStateFixed(order_id=order_id, state=kept.placed.state)
    return kept, accounts


async def pay_placed(tx: Transaction, member_id: UUID, order_id: UUID) -> Placed:
    """What was due is paid. Again answers the same. Raises PlacedUnknown, PlacedStateFixed."""
    kept, _ = await locked(tx, member_id, order_id, "pay")
    if kept.placed.payment != "due":
        return kept.placed
    kept = await paying.said_paid(tx, kept)
    await store.save(tx, kept)
    return kept.placed


async def fulfil_placed(tx: Transaction, member_id: UUID, order_id: UUID, picks: Sequence[Picked]) -> Placed:
    """What was picked, once: what is missing is charged for no more, what was paid for it comes back (CHK-03). Points
    that no longer pay for anything are free when the order is completed.

    Raises PlacedUnknown, PlacedStateFixed, NothingPicked, and as `standing.picked` does.
    """
    kept, _ = await locked(tx, member_id, order_id, "fulfil")
    stands = await picked(tx, kept, picks)
    if not any(line.quantity for line in stands.lines):
        raise NothingPicked(order_id=order_id)
    done = msgspec.structs.replace(
        kept.placed, state=PlacedState.FULFILLED, fulfilled=stands, cash_fen=stands.cash_fen, fulfilled_at=tx.now
    )
    kept = await paying.repriced(tx, msgspec.structs.replace(kept, placed=done))
    await store.save(tx, kept)
    return kept.placed


async def complete_placed(tx: Transaction, member_id: UUID, order_id: UUID, *, paid: bool = False) -> Placed:
    """The goods are handed over: points are spent, coupons and benefits used, the order earns, gifts are given. Again
    answers the same. paid: what was due is paid. Raises PlacedUnknown, PlacedStateFixed, OrderUnpaid, OrderMoving."""
    kept, accounts = await locked(tx, member_id, order_id, "complete")
    placed = kept.placed
    if placed.state is PlacedState.COMPLETED:
        return placed
    stands = stands_now(kept)
    if placed.payment == "due" and not paid:
        raise OrderUnpaid(order_id=order_id, due_fen=stands.cash_fen)
    kept = await paying.said_paid(tx, kept)
    placed = kept.placed
    if placed.coupons:
        _require_all(placed, placed.coupons, await coupons.use(tx, member_id, order_id))
    if placed.benefits:
        _require_all(placed, placed.benefits, await benefits.use(tx, member_id, order_id))
    spent = [_spend(tx, placed, stands)] if placed.points else []
    await complete(tx, [await _draft(tx, kept, stands)], accounts, spent)
    await gifts.give(tx, placed)
    done = msgspec.structs.replace(placed, state=PlacedState.COMPLETED, settled_at=tx.now)
    await store.save(tx, msgspec.structs.replace(kept, placed=done))
    return done


async def cancel_placed(tx: Transaction, member_id: UUID, order_id: UUID, reason: str) -> Placed:
    """Everything that it holds is free again. Again answers the same. Raises PlacedUnknown, PlacedStateFixed,
    OrderMoving."""
    kept, accounts = await locked(tx, member_id, order_id, "cancel")
    if kept.placed.state is PlacedState.CANCELLED:
        return kept.placed
    return await _cancel(tx, kept, accounts, "asked", reason)


async def overdue(tx: Transaction, after: store.Overdue | None, limit: int) -> list[store.Overdue]:
    """Orders that should have been paid by now, the longest ago first, beyond one in that order."""
    return await store.overdue(tx, after, limit)


async def cancel_unpaid(tx: Transaction, member_id: UUID, order_id: UUID) -> bool:
    """Cancel an order whose time to be paid is over, picked or not; False where it was paid, or settled, meanwhile."""
    accounts = await points.lock_accounts(tx, {member_id}, BOOKS)
    kept = await store.find(tx, member_id, order_id, lock=True)
    if kept is None or not moves.may("cancel", kept.placed.state):
        return False
    if kept.placed.pay_by is None or kept.placed.pay_by > tx.now:  # none of what was settled
        return False
    await _cancel(tx, kept, accounts, "unpaid", "unpaid")
    return True


async def _cancel(
    tx: Transaction, kept: store.Kept, accounts: Accounts, why: Literal["asked", "unpaid"], reason: str
) -> Placed:
    placed = kept.placed
    if placed.points:
        release = Release(
            member_id=placed.member_id, book=POINTS, hold_id=placed.order_id, source=_source(tx, placed, "release", "")
        )
        await points.post(tx, [release], accounts)
    released = await coupons.release(tx, placed.member_id, placed.order_id)
    _require_all(placed, placed.coupons, [one.coupon_id for one in released])
    if placed.benefits:
        _require_all(placed, placed.benefits, await benefits.release(tx, placed.member_id, placed.order_id))
    await uses.give_back(tx, placed.member_id, kept.uses)
    given_back_fen = await paying.undone(tx, kept)
    done = msgspec.structs.replace(
        placed,
        state=PlacedState.CANCELLED,
        payment="paid" if given_back_fen else "none",
        pay_by=None,
        settled_at=tx.now,
        reason=reason,
    )
    await store.save(tx, msgspec.structs.replace(kept, placed=done))
    tx.emit(
        OrderCancelled(
            member_id=placed.member_id,
            occurred_at=tx.now,
            order_id=placed.order_id,
            source=placed.source,
            store_id=placed.store_id,
            business_day=tx.calendar.day(tx.now),
            why=why,
            given_back_fen=given_back_fen,
            ticketed=kept.ticketed,
            picked=placed.fulfilled is not None,
        )
    )
    return done


def _require_all(placed: Placed, held: Sequence[UUID | str], found: Sequence[UUID | str]) -> None:
    """Raises OrderMoving: some of what it holds has gone to who stays of two that are merged, and it follows."""
    if set(found) != set(held):
        raise OrderMoving(order_id=placed.order_id)


def _spend(tx: Transaction, placed: Placed, stands: Fulfilled) -> Capture:
    """Of the points that are held, those that pay for what was picked; the rest is free again."""
    return Capture(
        member_id=placed.member_id,
        book=POINTS,
        hold_id=placed.order_id,
        points=stands.points,
        source=_source(tx, placed, "capture", f"redeemed:{CASH_OFF}"),
    )


async def _draft(tx: Transaction, kept: store.Kept, stands: Fulfilled) -> Draft:
    """As an order that a till posts: its goods at what is to be paid for them, and the points that paid a part."""
    placed = kept.placed
    [buyer] = await members.identify(tx, [MemberRef(member_id=placed.member_id)])
    documents = await rulebook.timelines(tx, {tiers.DOCUMENT, (EARNING, placed.programme)})
    order = NewOrder(
        source=placed.source,
        external_id=placed.external_id,
        member=MemberRef(member_id=placed.member_id),
        channel=placed.channel,
        completed_at=tx.now,
        lines=list(_lines(placed, stands)),
        store_id=placed.store_id,
        programme=placed.programme,
        tenders=[Tender(WITH_POINTS, line.points_fen, line.line_id) for line in stands.lines if line.points_fen],
    )
    return Draft(
        place=0,
        order=order,
        order_id=placed.order_id,
        member_id=placed.member_id,
        birthday=buyer.birthday if buyer is not None else None,
        input_hash=kept.input_hash,
        business_day=tx.calendar.day(tx.now),
        earning=documents[EARNING, placed.programme].at(tx.now),
        tiers=documents.get(tiers.DOCUMENT, Timeline(*tiers.DOCUMENT, ())).at(tx.now),
        settlement=rules.settle(order),
        earns=buyer is not None and buyer.may(Ability.EARN),
        kind="placed",
        numbered_on=tx.calendar.day(placed.placed_at),
    )


def _lines(placed: Placed, stands: Fulfilled) -> Sequence[NewLine]:
    """What was picked; a line of which nothing was is none."""
    goods = {line.line_id: line for line in (*placed.lines, *stands.substitutes)}
    return [
        NewLine(
            line_id=line.line_id,
            sku=goods[line.line_id].sku,
            payable_fen=line.payable_fen,
            pieces=line.quantity if goods[line.line_id].measure is Measure.PIECE else None,
            grams=line.quantity if goods[line.line_id].measure is Measure.GRAM else None,
            amount=True if goods[line.line_id].measure is Measure.AMOUNT else None,
        )
        for line in stands.lines
        if line.quantity
    ]


def _source(tx: Transaction, placed: Placed, act: str, counter_account: str) -> Source:
    return Source(
        key=f"order:{placed.order_id}:{act}",
        cause=CASH_OFF,
        counter_account=counter_account,
        occurred_at=tx.now,
        order_ref=placed.order_id,
        place=placed.store_id,
    )
