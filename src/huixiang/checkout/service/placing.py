"""Place an order on a quote, in its owner's transaction, on tickets that were taken before it (CHK-02)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid5

import msgspec

from huixiang.benefits import service as benefits
from huixiang.checkout import store
from huixiang.checkout.events import OrderPlaced
from huixiang.checkout.model import Measure, fulfilment
from huixiang.checkout.model.placing import (
    GuestCannotPlace,
    Payment,
    Placed,
    PlacedConflict,
    PlacedState,
    PlaceRequest,
    QuoteNotHonoured,
)
from huixiang.checkout.rules import granting, slots
from huixiang.checkout.service import paying
from huixiang.checkout.service.complete import BOOKS
from huixiang.checkout.store import placed as placed_store
from huixiang.coupons import service as coupons
from huixiang.kernel.errors import InvalidInput, Problem
from huixiang.kernel.ids import order_number
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef, MemberUnknown, State, StateRefuses
from huixiang.platform.db import Database, Transaction
from huixiang.points import service as points
from huixiang.points.model import POINTS, Hold, InsufficientPoints, Source
from huixiang.points.service.spending import CASH_OFF
from huixiang.pricing.model.kept import Kept
from huixiang.pricing.model.quotes import LinePoints
from huixiang.pricing.model.refusals import QuoteOfAnother
from huixiang.pricing.service import uses
from huixiang.pricing.service.promise import Promise
from huixiang.pricing.service.reads import Reads
from huixiang.rulebook import service as rulebook
from huixiang.stock import service as stock
from huixiang.stock.model import Fate, Holder, Kind, StockRefusal, TicketFreed, Wanted

HOLDER = "order"  # the kind of holder that an order is
TICKETS_FOR = timedelta(minutes=2)
TRIES = 5  # of one command, each refused after it had taken tickets
_ORDERS = UUID("0d8b7c1e-6a55-5a0f-9c7f-3f6f1f0a9b11")


class Planned(msgspec.Struct, frozen=True):
    """An order to be placed, and what it takes of what all share. lacking: what others were quicker to take."""

    order_id: UUID
    member_id: UUID
    promise: Promise
    wanted: Sequence[Wanted]
    lacking: Sequence[Problem] = ()


def owner_of(kept: Kept) -> UUID:
    """Whose quote it is. Raises GuestCannotPlace."""
    if kept.member_id is None:
        raise GuestCannotPlace
    return kept.member_id


def require_own(kept: Kept, member_id: UUID) -> None:
    """Raises QuoteOfAnother for a guest's quote too: others may know what a guest's basket was."""
    if kept.member_id != member_id:
        raise QuoteOfAnother


def require_unpaid(asked: PlaceRequest) -> None:
    """Raises InvalidInput: who buys does not say that they have paid."""
    if asked.paid:
        raise InvalidInput(path="$.paid", problem="is for the shop to say")


def plan(reads: Reads, member_id: UUID, key: str, promise: Promise, slot: str | None = None) -> Planned:
    """What counts by the day counts on the day of placing. key: of the command; who repeats it finds the tickets that
    it took. Raises InvalidInput for a slot of another store."""
    wanted = uses.wanted(promise, reads.calendar.day(reads.now), reads.calendar)
    if slot is not None:
        wanted.append(slots.wanted_of(slot, promise.kept.context.get("store")))
    return Planned(_order_id(member_id, key, 0), member_id, promise, wanted)


async def take(db: Database, planned: Planned, key: str) -> Planned:
    """Take the tickets, in a transaction of their own. A command that was refused after it had taken some has given
    them back for good; repeated, it takes others.

    Raises QuoteNotHonoured for what ran out a moment ago, without a look at what else does not hold: most of a rush is
    told so.
    """
    if not planned.wanted:
        return planned
    turned = await stock.turned_away(db, Holder(HOLDER, planned.order_id), planned.wanted)
    if turned is not None:
        raise _refusal(list(_lacking(planned, turned)))
    gate = stock.gate_of(db)
    for number in range(TRIES):
        tried = msgspec.structs.replace(planned, order_id=_order_id(planned.member_id, key, number))
        holder = Holder(HOLDER, tried.order_id)
        try:
            await stock.take(db, gate, holder, planned.member_id, planned.wanted, TICKETS_FOR, first=False)
        except TicketFreed:
            continue
        except StockRefusal as refusal:
            return msgspec.structs.replace(tried, lacking=list(_lacking(planned, refusal)))
        return tried
    return msgspec.structs.replace(planned, lacking=[Problem("$.token", "was tried too often; ask for a new quote")])


def _order_id(member_id: UUID, key: str, number: int) -> UUID:
    return uuid5(_ORDERS, f"{member_id}/{number}/{key}")


def _lacking(planned: Planned, refusal: StockRefusal) -> Iterator[Problem]:
    named = {one.resource_id: one for one in planned.wanted}
    for lack in refusal.lacks:
        one = named[lack.resource_id]
        if one.kind is Kind.SLOT:
            yield slots.problem_of(one.key, lack)
            continue
        left = "" if lack.left is None else f": {lack.left} left, {lack.wanted} wanted"
        yield Problem(f"$.stock[{one.key}]", f"{lack.why}{left}")


async def place(tx: Transaction, planned: Planned, asked: PlaceRequest, input_hash: bytes) -> Placed:
    """All of it, or a refusal, after which the transaction must not be kept.

    Raises QuoteNotHonoured, which names everything that no longer holds, PlacedConflict, MemberUnknown, StateRefuses.
    """
    promise, member_id = planned.promise, planned.member_id
    accounts = await points.lock_accounts(tx, {member_id}, BOOKS)
    await _look_at(tx, member_id, spends=bool(promise.kept.totals.points))
    await _claim(tx, planned, asked)
    problems = [*planned.lacking, *_killed(promise)]
    held = await coupons.hold(tx, member_id, _coupons(promise.kept), planned.order_id)
    problems += [Problem(f"$.coupons[{one}]", why) for one, why in held.refused.items()]
    taken = uses.of_member(promise, tx.calendar.day(tx.now), tx.calendar)
    over = await uses.count(tx, member_id, taken, promise)
    problems += [Problem(f"$.rules[{rule}]", f"at most {cap.at_most} {cap.of} a member") for rule, cap in over]
    lacking = await benefits.hold(tx, member_id, planned.order_id, promise.benefits)
    problems += [Problem(f"$.benefits[{code}]", "nothing is left of it") for code in lacking]
    if promise.kept.totals.points:
        try:
            # The directory knows no other order of this id, so its key is new.
            await points.post(tx, [_hold(tx, planned)], accounts, fresh=True)
        except InsufficientPoints as short:
            problems.append(Problem("$.points", short.message("en")))
    if planned.wanted and not planned.lacking:
        stands = await placed_store.decide(tx, [planned.order_id], stands=True)
        if not stands[planned.order_id]:
            problems.append(Problem("$.stock", "what was reserved for the order has been given back; place it again"))
    if problems:
        raise _refusal(problems)
    version = (await rulebook.current(tx, *fulfilment.DOCUMENT, tx.now, promise.revision)).version
    placed = _placed(tx, planned, asked, list(held.held), version)
    said_fen = placed.due_fen if placed.payment == "paid" else 0
    kept = placed_store.Kept(placed, taken, bool(planned.wanted), asked.token, input_hash, said_fen)
    await placed_store.insert(tx, kept)
    await paying.charge(tx, placed)
    tx.emit(_announced(tx, placed, ticketed=bool(planned.wanted)))
    return placed


async def is_gone(tx: Transaction, planned: Planned) -> bool:
    """The order was refused after its tickets were taken: decide that it never comes, unless a twin of the command was
    quicker. Then `free`, in a transaction of its own."""
    return (
        bool(planned.wanted) and not (await placed_store.decide(tx, [planned.order_id], stands=False))[planned.order_id]
    )


async def free(tx: Transaction, planned: Planned) -> None:
    """What was kept for an order that is gone is left for others."""
    await stock.free(tx, Holder(HOLDER, planned.order_id), "refused")


class Orders:
    """Answers for orders that hold tickets (`stock.ports.Holders`)."""

    async def outcome(self, tx: Transaction, holder_ids: Collection[UUID]) -> Mapping[UUID, Fate]:
        """One that is not placed by now never will be."""
        decided = await placed_store.decide(tx, holder_ids, stands=False)
        return {order_id: "stands" if stands else "gone" for order_id, stands in decided.items()}


def _refusal(problems: Sequence[Problem]) -> QuoteNotHonoured:
    refusal = QuoteNotHonoured(count=len(problems))
    refusal.problems = problems
    return refusal


async def _look_at(tx: Transaction, member_id: UUID, *, spends: bool) -> None:
    """Raises MemberUnknown, and StateRefuses where points may not be spent, or the member is being merged."""
    [buyer] = await members.identify(tx, [MemberRef(member_id=member_id)])
    if buyer is None or buyer.member_id != member_id:
        raise MemberUnknown(by="member_id")
    # While two are being merged what is on its way moves, and nothing may be begun behind it.
    if buyer.state is State.MERGING or (spends and not buyer.may(Ability.SPEND)):
        raise StateRefuses(state=buyer.state, ability=Ability.SPEND)
    if not buyer.may(Ability.BE_LOOKED_UP):
        raise MemberUnknown(by="member_id")


async def _claim(tx: Transaction, planned: Planned, asked: PlaceRequest) -> None:
    key = store.external_key(asked.source, asked.external_id)
    if not await store.claim_numbers(tx, {key: (planned.member_id, planned.order_id)}):
        raise PlacedConflict(source=asked.source, external_id=asked.external_id)


def _killed(promise: Promise) -> Iterator[Problem]:
    for rule in promise.killed:
        yield Problem(f"$.rules[{rule}]", "switched off since the quote")


def _coupons(kept: Kept) -> list[UUID]:
    """The copies that the quote used; a public code has none."""
    return [UUID(kept.coupons[one.coupon][0]) for one in kept.applied if isinstance(one.coupon, int)]


def _hold(tx: Transaction, planned: Planned) -> Hold:
    source = Source(
        key=f"order:{planned.order_id}:hold",
        cause=CASH_OFF,
        counter_account="",
        occurred_at=tx.now,
        order_ref=planned.order_id,
    )
    return Hold(
        member_id=planned.member_id,
        book=POINTS,
        hold_id=planned.order_id,
        points=planned.promise.kept.totals.points,
        source=source,
        expires_at=None,
    )


def _placed(tx: Transaction, planned: Planned, asked: PlaceRequest, held: list[UUID], version: int) -> Placed:
    promise, kept = planned.promise, planned.promise.kept
    totals = kept.totals
    measures = {line.line_id: Measure(line.measure) for line in kept.lines}
    shares = [LinePoints(one.line_id, one.points, one.off_fen, one.cash_fen, 0) for one in promise.shares]
    granted = granting.granted_of(promise.priced, measures, shares, promise.exchanges)
    due_fen = totals.payable_fen - totals.points_off_fen
    payment: Payment = "none" if not due_fen else "paid" if asked.paid else "due"
    return Placed(
        order_id=planned.order_id,
        order_number=order_number(planned.order_id, tx.calendar.day(tx.now)),
        member_id=planned.member_id,
        source=asked.source,
        external_id=asked.external_id,
        state=PlacedState.PLACED,
        payment=payment,
        store_id=kept.context.get("store"),
        channel=kept.context["channel"],
        programme=kept.programme,
        promotions_version=kept.version,
        fulfilment_version=version,
        list_fen=promise.priced.list_fen,
        goods_fen=totals.goods_fen,
        delivery_fen=totals.delivery_fen,
        packaging_fen=totals.packaging_fen,
        points=totals.points,
        points_off_fen=totals.points_off_fen,
        due_fen=due_fen,
        cash_fen=due_fen,
        lines=list(granted.lines),
        applied=list(promise.priced.applied),
        coupons=held,
        benefits=sorted(promise.benefits),
        fulfilled=None,
        placed_at=tx.now,
        pay_by=tx.now + paying.PAY_WITHIN if payment == "due" else None,
        fulfilled_at=None,
        settled_at=None,
        reason=None,
    )


def _announced(tx: Transaction, placed: Placed, *, ticketed: bool) -> OrderPlaced:
    return OrderPlaced(
        member_id=placed.member_id,
        occurred_at=tx.now,
        order_id=placed.order_id,
        source=placed.source,
        store_id=placed.store_id,
        channel=placed.channel,
        business_day=tx.calendar.day(tx.now),
        payable_fen=placed.due_fen + placed.points_off_fen,
        points=placed.points,
        due_fen=placed.due_fen,
        lines=len(placed.lines),
        ticketed=ticketed,
    )
