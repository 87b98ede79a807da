"""Whatever became of an order's points and growth, by whichever door its refunds come, the effects of their records add
up to the order's figures (PTS-24)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from huixiang.checkout.model import Tender
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import GROWTH, POINTS, Credit, Source, Spend
from huixiang.points.service import pauses
from tests.checkout.shop import Answer, Shop, opened
from tests.checkout.test_refund_policies import POLICIES, purchases
from tests.points.rules_ground import publish
from tests.support.programme import line, load_programme, register_members

TAKEN = ("points_taken", "pending_taken", "points_expired", "points_owed", "points_in_cash", "points_let_go")


class Case(msgspec.Struct):
    """policy: of claw-backs. with_points: spent on the order; elsewhere: spent on something else.
    taken, growth_taken: taken back by the shop itself between two parts. in_bulk: where the parts are uploaded."""

    policy: str
    with_points: int
    elsewhere: int
    taken: int
    growth_taken: int
    pending_days: int
    first_order: bool
    in_bulk: bool


# Everything that was earned is gone.
GONE = [
    Case(policy, with_points=0, elsewhere=1000, taken=0, growth_taken=0, pending_days=0, first_order=True, in_bulk=True)
    for policy in POLICIES
]
PURCHASE = ([(30_000, 2)], [(0, 1), (0, 1)])

cases = st.builds(
    Case,
    policy=st.sampled_from(POLICIES),
    with_points=st.sampled_from([0, 0, 1, 50, 333]),
    elsewhere=st.sampled_from([0, 5, 1000]),
    taken=st.sampled_from([0, 0, 3, 10_000]),
    growth_taken=st.sampled_from([0, 0, 700, 1_000_000]),
    pending_days=st.sampled_from([0, 7]),
    first_order=st.booleans(),
    in_bulk=st.booleans(),
)


@pytest.mark.requirement("PTS-24", "CHK-06")
def test_effects_add_up_to_the_figures_of_the_order(database_url: str) -> None:
    clock = SettableClock(datetime(2026, 3, 19, 2, 30, tzinfo=UTC))
    seen: Counter[str] = Counter()
    with asyncio.Runner() as runner:
        runner.run(_prepare(database_url, clock))

        @settings(max_examples=max(settings().max_examples // 4, 15))
        @given(purchase=purchases(), case=cases)
        @example(PURCHASE, GONE[0])
        @example(PURCHASE, GONE[1])
        @example(PURCHASE, GONE[2])
        def holds(purchase: tuple[list[tuple[int, int]], list[tuple[int, int]]], case: Case) -> None:
            seen.update(runner.run(_reversed(database_url, clock, purchase, case)))

        holds()
    assert {*TAKEN, "points_returned", "points_before", "growth_before"} - {"points_expired"} <= set(seen), seen


async def _open(url: str, clock: SettableClock) -> Database:
    return await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=clock, max_size=2)


async def _prepare(url: str, clock: SettableClock) -> None:
    pauses.forget()
    db = await _open(url, clock)
    await load_programme(db)
    await db.close()


async def _reversed(
    url: str, clock: SettableClock, purchase: tuple[list[tuple[int, int]], list[tuple[int, int]]], case: Case
) -> set[str]:
    db = await _open(url, clock)
    (member,) = await register_members(db, 1, prefix=f"{new_id()}-")
    await publish(db, "earning", caps=[], multipliers=[], pending_days=case.pending_days)
    await publish(db, "spending", claw_back=case.policy)
    lines, parts = purchase
    async with opened(db) as shop:
        if not case.first_order:
            await shop.order(member, str(new_id()), clock.now(), [line("a", 50_000)])
        await _credit(db, member, case.with_points)
        number = str(new_id())
        tenders = [Tender("points", 5)] if case.with_points else []
        goods = [line(f"l{place}", fen, pieces=pieces) for place, (fen, pieces) in enumerate(lines)]
        told = await shop.order(member, number, clock.now(), goods, tenders=tenders)
        if case.with_points:
            await _spend(db, member, case.with_points, UUID(told["order_id"]))
        half = len(parts) // 2
        await _refund(shop, told, number, clock, parts[:half], 0, in_bulk=case.in_bulk)
        await _spend(db, member, min(case.elsewhere, (await shop.balance(member)).available))
        await _take_back(db, shop, member, told, case)
        await _refund(shop, told, number, clock, parts[half:], half, in_bulk=case.in_bulk)
        order, refunds = await shop.read(told["order_id"]), await shop.refunds(told["order_id"])
        await shop.journal(member)
    await db.close()
    return _add_up(order, refunds, case)


def _add_up(order: Answer, refunds: list[Answer], case: Case) -> set[str]:
    effects = [effect for refund in refunds for effect in refund["reversal"]["effects"]]
    sums: Counter[str] = Counter()
    of_lines = of_reward = 0
    for effect in effects:
        sums[effect["kind"]] += effect["amount"]
        if effect["kind"] in TAKEN and effect["cause"] == "consumption":
            of_lines += effect["amount"]
        elif effect["kind"] in TAKEN:
            of_reward += effect["amount"]
    assert order["state"] == "refunded"
    assert of_lines + sums["points_before"] == order["points"]
    assert sums["growth_taken"] + sums["growth_before"] == order["growth"]
    assert of_reward == sum(refund["reward"] for refund in refunds) == (100 if case.first_order else 0)
    assert sums["points_returned"] == case.with_points
    assert {refund["reversal"]["state"] for refund in refunds} == {"done"}
    for refund in refunds:
        taken = [one for one in refund["reversal"]["effects"] if one["kind"] in TAKEN and one["cause"] == "consumption"]
        assert sum(one["amount"] for one in taken) == refund["points"] - refund["points_before"]
    return set(sums)


async def _refund(
    shop: Shop, told: Answer, number: str, clock: SettableClock, parts: list[tuple[int, int]], first: int,
    *, in_bulk: bool,
) -> None:  # fmt: skip
    if not in_bulk:
        for place, (line_no, pieces) in enumerate(parts, first):
            await shop.refund(told["order_id"], f"r{place}", clock.now(), (f"l{line_no}", pieces))
    elif parts:
        rows: list[dict[str, Any]] = [
            {
                "order": {"source": "till", "external_id": number},
                "external_id": f"r{place}",
                "reason": "ripe",
                "occurred_at": clock.now(),
                "lines": [{"line_id": f"l{line_no}", "quantity": pieces}],
            }
            for place, (line_no, pieces) in enumerate(parts, first)
        ]
        assert {one["outcome"] for one in await shop.upload(*rows)} == {"created"}


async def _take_back(db: Database, shop: Shop, member: UUID, told: Answer, case: Case) -> None:
    """As much as is left, at most as the case says, by the ledger's own route."""
    for book, wanted in ((POINTS, case.taken), (GROWTH, case.growth_taken)):
        key = points.earn_key(UUID(told["order_id"]))
        async with db.transaction() as tx:
            found = await points.load_origins(tx, {(member, book.number, key)})
        for origin in found.values():
            if amount := min(wanted, origin.left):
                seq = origin.posting.seq
                await shop.take_back(member, book.code, seq, amount, key=f"{book.code}{new_id()}", cause="refund")


async def _credit(db: Database, member: UUID, amount: int) -> None:
    async with db.transaction() as tx:
        source = Source(key=f"gift:{new_id()}", cause="gift", counter_account="issued:gift", occurred_at=tx.now)
        await points.post(tx, [Credit(member_id=member, book=POINTS, points=amount, source=source)])


async def _spend(db: Database, member: UUID, amount: int, order_id: UUID | None = None) -> None:
    async with db.transaction() as tx:
        source = Source(
            key=f"spend:{new_id()}", cause="cash_off", counter_account="redeemed:cash_off", occurred_at=tx.now,
            order_ref=order_id,
        )  # fmt: skip
        await points.post(tx, [Spend(member_id=member, book=POINTS, points=amount, source=source)])
