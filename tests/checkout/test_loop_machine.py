"""Random histories of orders, refunds, replays and time against a small model that imports no domain code (PTS-14)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from huixiang.checkout import service as checkout
from huixiang.checkout.model import RefundLine, RefundRequest, RefundTooMuch
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import POINTS
from huixiang.tiers import service as tiers
from tests.support.programme import line, load_programme, register_members, till_order

MEMBERS = 3
START = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
TIERS = [("bronze", 0), ("silver", 200_000), ("gold", 500_000), ("diamond", 1_000_000)]
reached: Counter[str] = Counter()
runs = count()


class ModelLine:
    def __init__(self, fen: int, pieces: int) -> None:
        self.fen, self.pieces, self.back = fen, pieces, 0


class ModelOrder:
    """An order of the bare programme: a point for each whole yuan of it."""

    def __init__(self, member: int, at: datetime, lines: list[ModelLine]) -> None:
        self.member, self.at, self.lines = member, at, lines
        self.fen = sum(part.fen for part in lines)
        self.points = self.fen // 100
        self.refunded_fen = 0
        self.refunded_points = 0


class ModelMember:
    def __init__(self) -> None:
        self.net = 0
        self.growth: list[tuple[datetime, int]] = []
        self.tier = 0

    def window(self, last: datetime) -> int:
        """Growth of the 365 Shanghai days that end with the day of `last`."""
        end = (last + timedelta(hours=8)).date()
        start = end - timedelta(days=364)
        return sum(fen for at, fen in self.growth if start <= (at + timedelta(hours=8)).date() <= end)


class CheckoutLoop(RuleBasedStateMachine):
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        # Runs share a database: what they name must differ.
        self.run_number = next(runs)
        self.clock = SettableClock(START)
        self.model = [ModelMember() for _ in range(MEMBERS)]
        self.orders: dict[str, tuple[ModelOrder, UUID, Any]] = {}

    @initialize()
    def open(self) -> None:
        async def prepare() -> tuple[Database, list[UUID]]:
            db = await Database.open(self.url, calendar=BusinessCalendar("Asia/Shanghai"), clock=self.clock, max_size=1)
            await load_programme(db)
            return db, await register_members(db, MEMBERS, prefix=f"{self.run_number}-")

        self.db, self.members = self.runner.run(prepare())

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.runner.run(self.db.close())
        self.runner.close()

    def transact(self, use_case: Any, *arguments: Any) -> Any:
        async def run() -> Any:
            async with self.db.transaction() as tx:
                return await use_case(tx, *arguments)

        return self.runner.run(run())

    @rule(
        member=st.integers(0, MEMBERS - 1),
        days_late=st.sampled_from([0, 0, 0, 1, 40, 400]),
        lines=st.lists(st.tuples(st.integers(0, 90_000), st.integers(1, 4)), min_size=1, max_size=4),
    )
    def post(self, member: int, days_late: int, lines: list[tuple[int, int]]) -> None:
        number = f"{self.run_number}-{len(self.orders)}"
        at = self.clock.now() - timedelta(days=days_late)
        order = till_order(
            self.members[member], number, at, [line(f"l{n}", fen, pieces=p) for n, (fen, p) in enumerate(lines)]
        )
        result = self.transact(checkout.post_order, order)
        modelled = ModelOrder(member, at, [ModelLine(fen, pieces) for fen, pieces in lines])
        assert (result.cash_fen, result.points, result.growth) == (modelled.fen, modelled.points, modelled.fen)
        self.orders[number] = (modelled, result.order_id, order)
        owner = self.model[member]
        owner.net += modelled.points
        owner.growth.append((at, modelled.fen))
        latest = max(at for at, fen in owner.growth)
        best = max(owner.window(at), owner.window(latest))
        owner.tier = max(owner.tier, *(place for place, (_, least) in enumerate(TIERS) if best >= least))
        reached["post"] += 1

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def post_again(self, data: st.DataObject) -> None:
        modelled, order_id, order = self.orders[data.draw(st.sampled_from(sorted(self.orders)))]
        result = self.transact(checkout.post_order, order)
        assert (result.order_id, result.points, result.created) == (order_id, modelled.points, False)
        reached["post_again"] += 1

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), twice=st.booleans())
    def refund(self, data: st.DataObject, *, twice: bool) -> None:
        modelled, order_id, _ = self.orders[data.draw(st.sampled_from(sorted(self.orders)))]
        place = data.draw(st.integers(0, len(modelled.lines) - 1))
        part = modelled.lines[place]
        quantity = data.draw(st.integers(1, part.pieces))
        request = RefundRequest(
            external_id=f"r{reached['refund']}.{reached['refund_refused']}",
            reason="returned",
            occurred_at=max(modelled.at, self.clock.now()),
            lines=[RefundLine(f"l{place}", quantity)],
        )
        if quantity > part.pieces - part.back:
            with pytest.raises(RefundTooMuch):
                self.transact(checkout.refund_order, order_id, request)
            reached["refund_refused"] += 1
            return
        refund = self.transact(checkout.refund_order, order_id, request)
        if twice:
            assert self.transact(checkout.refund_order, order_id, request) == refund
        part.back += quantity
        whole = part.back == part.pieces
        share = Fraction(part.fen * quantity, part.pieces)
        assert abs(refund.refund_fen - share) <= 1
        modelled.refunded_fen += refund.refund_fen
        modelled.refunded_points += refund.points
        if whole and all(other.back == other.pieces for other in modelled.lines):
            assert (modelled.refunded_fen, modelled.refunded_points) == (modelled.fen, modelled.points)
        owner = self.model[modelled.member]
        owner.net -= refund.points
        owner.growth.append((modelled.at, -refund.growth))
        assert refund.growth == refund.refund_fen
        reached["refund"] += 1

    @rule(days=st.integers(1, 120))
    def wait(self, days: int) -> None:
        self.clock.advance(timedelta(days=days))
        reached["wait"] += 1

    @invariant()
    def everything_agrees(self) -> None:
        if not hasattr(self, "db"):
            return
        for member, modelled in zip(self.members, self.model, strict=True):
            balance = self.transact(points.balance, member, POINTS)
            assert balance.balance - balance.debt == modelled.net
            assert balance.debt == max(0, -modelled.net)
            progress = self.transact(tiers.progress, member)
            assert progress.growth == modelled.window(self.clock.now())
            assert progress.tier.code == TIERS[modelled.tier][0]


@pytest.mark.requirement("PTS-14")
@pytest.mark.requirement("CHK-06")
@pytest.mark.requirement("TIER-02")
def test_the_loop_agrees_with_the_model(database_url: str) -> None:
    CheckoutLoop.url = database_url
    reached.clear()
    budget = settings(max_examples=max(settings().max_examples // 4, 10), stateful_step_count=30)
    run_state_machine_as_test(CheckoutLoop, settings=budget)
    assert {"post", "post_again", "refund", "refund_refused", "wait"} <= set(reached), reached

    async def verify() -> list[Any]:
        calendar = BusinessCalendar("Asia/Shanghai")
        db = await Database.open(database_url, calendar=calendar, clock=SettableClock(START))
        async with db.snapshot() as tx:
            verification = await points.verify(tx)
        await db.close()
        assert verification.postings > 0
        return verification.findings

    assert asyncio.run(verify()) == []
