"""A small shop's past that touches every table a law speaks of: what tests of proofs tamper with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from huixiang.checkout import service as checkout
from huixiang.checkout.events import OrderCompleted
from huixiang.checkout.model import RefundLine, RefundRequest, Tender
from huixiang.checkout.model.statements import PaymentRow
from huixiang.checkout.service import instructions, reconciling
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import Relay
from huixiang.points import service as points
from huixiang.points.events import PointsPosted
from huixiang.points.model import POINTS, ClawBack, Credit, Hold, Release, Return, Source, Spend
from huixiang.points.service import sweep
from huixiang.points.service.sweep import Due
from tests.checkout.placed_past import place_three
from tests.support.programme import line, load_programme, register_members, till_order


class Past(msgspec.Struct, frozen=True):
    """`member` bought five times and brought things back twice; `other` bought once, and placed three orders: one is on
    its way, one completed, one cancelled; `saver` was given points, spent
    some and holds some; `nobody` did nothing."""

    member: UUID
    other: UUID
    saver: UUID
    nobody: UUID
    orders: list[UUID]
    refunds: list[UUID]
    placed: list[UUID]


async def live(db: Database, clock: SettableClock) -> Past:
    await load_programme(db)
    member, other, saver, nobody = await register_members(db, 4)
    orders = []
    for number, (programme, fen) in enumerate(
        [("base", 150_000), ("default", 60_000), ("base", 320_000), ("default", 9_999), ("base", 1_000)]
    ):
        async with db.transaction() as tx:
            order = till_order(
                member,
                f"o{number}",
                tx.now,
                [line("a", fen, pieces=3), line("b", 500, pieces=2)],
                programme=programme,
                tenders=[Tender("manufacturer_coupon", 120, "a")],
            )
            orders.append((await checkout.post_order(tx, order)).order_id)
        clock.advance(timedelta(days=3))
    refunds = [
        await refund(db, orders[1], [RefundLine("a", 1)]),
        await refund(db, orders[4], [RefundLine("a", 3), RefundLine("b", 2)]),
    ]
    await _pay(db, member, orders)
    await _save(db, saver)
    clock.advance(timedelta(days=3))
    async with db.transaction() as tx:
        assert (await sweep.sweep(tx, POINTS, Due.MATURITY, 100)).settled == 1
    async with db.transaction() as tx:
        await checkout.post_order(tx, till_order(other, "o9", tx.now, [line("a", 30)], programme="default"))
    placed = await place_three(db, other)
    await _relay_in_part(db, member)
    return Past(member, other, saver, nobody, orders, refunds, placed)


async def _pay(db: Database, member: UUID, orders: Sequence[UUID]) -> None:
    """Of the first order two charges, one of them paid when it was void; of the second what its refund pays back. The
    shop's statement has one of them, told twice."""
    async with db.transaction() as tx:
        due = await instructions.ask(
            tx, member_id=member, order_id=orders[0], key="due", kind="charge", fen=900, cause="order"
        )
        await instructions.fail(tx, member, due.instruction_id, "NOTENOUGH")
        await instructions.retry(tx, member, due.instruction_id)
        await instructions.confirm(tx, member, due.instruction_id, "p1", tx.now)
        more = await instructions.ask(
            tx, member_id=member, order_id=orders[0], key="more", kind="charge", fen=50, cause="overweight"
        )
        await instructions.void(tx, member, orders[0], "more")
        await instructions.confirm(tx, member, more.instruction_id, "p2", tx.now)
        back = await instructions.ask(
            tx, member_id=member, order_id=orders[1], key="back", kind="give_back", fen=100, cause="refund"
        )
        await instructions.confirm(tx, member, back.instruction_id, "p3", tx.now)
        for told in (None, due.instruction_id):
            row = PaymentRow(reference="p1", kind="charge", fen=900, paid_at=tx.now, instruction_id=told)
            await reconciling.tell(tx, tx.calendar.day(tx.now), [row])


async def _save(db: Database, saver: UUID) -> None:
    """Nine postings: of two lots, one hold open and one released, and two lots pinned by the open one."""

    def of(key: str) -> dict[str, Any]:
        source = Source(key=key, cause="gift", counter_account="issued:gift", occurred_at=db.clock.now())
        return {"member_id": saver, "book": POINTS, "source": source}

    today = db.calendar.day(db.clock.now())
    kept, given_up = new_id(), new_id()
    async with db.transaction() as tx:
        await points.post(
            tx,
            [
                Credit(points=100, expires_on=today + timedelta(days=40), **of("a")),
                Credit(points=50, expires_on=today + timedelta(days=20), **of("b")),
                Spend(points=60, **of("spend")),
                Return(points=15, origin_key="spend", **of("return")),
                Return(points=5, origin_key="spend", **of("return again")),
                Hold(hold_id=kept, points=20, expires_at=None, **of("hold")),
                Hold(hold_id=given_up, points=30, expires_at=None, **of("another hold")),
                Release(hold_id=given_up, **of("release")),
                ClawBack(points=10, origin_key="a", **of("claw back")),
            ],
        )


class _Undo(Exception):
    pass


@asynccontextmanager
async def damaged(master: Database, damage: str, past: Past) -> AsyncIterator[Transaction]:
    """The past with something done to it by the database's master, undone at the end. The damage may name {m}: the
    member, {of}: the member's account of points, {s}: the saver, {n}: the one who did nothing, {o}: the orders, {r}:
    the refunds, {p}: the placed orders."""
    of = f"WHERE member_id = '{past.member}' AND book = 1"
    statement = damage.format(
        m=past.member, of=of, s=past.saver, n=past.nobody, o=past.orders, r=past.refunds, p=past.placed
    )
    with suppress(_Undo):
        async with master.transaction() as tx:
            done = await tx.execute(statement)
            assert done > 0
            yield tx
            raise _Undo


async def refund(db: Database, order_id: UUID, lines: list[RefundLine]) -> UUID:
    async with db.transaction() as tx:
        request = RefundRequest(external_id=f"r{order_id}", reason="ripe", occurred_at=tx.now, lines=lines)
        return (await checkout.refund_order(tx, order_id, request)).refund_id


async def _relay_in_part(db: Database, stuck: UUID) -> None:
    """Hand on what there is, but for one member: of that one something is handled, and something waits."""

    async def take(_tx: Transaction, _events: Sequence[Event]) -> None:
        pass

    async def stumble(_tx: Transaction, events: Sequence[Event]) -> None:
        if any(event.member_id == stuck for event in events):
            raise LookupError

    subscriptions = [
        Subscription("takes", (OrderCompleted,), take),
        Subscription("stumbles", (PointsPosted,), stumble),
    ]
    await Relay(db, subscriptions).drain()
