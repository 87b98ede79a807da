"""Refunds over HTTP when the points that an order earned are gone: owed, off the cash, or let go (PTS-12)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import POINTS, Source, Spend
from huixiang.points.service import pauses
from tests.checkout.shop import Answer, Shop, opened
from tests.points.rules_ground import publish
from tests.support.programme import line, load_programme, register_members

pytestmark = pytest.mark.requirement("PTS-12", "CHK-06")

# A point is worth 3 fen, so that halves must be rounded.
DEAR = {"rate": {"points": 10, "fen": 33}, "step": 10, "minimum": 10}
POLICIES = ("debt", "cash", "pending_only")


async def spend(db: Database, member: UUID, amount: int) -> None:
    async with db.transaction() as tx:
        source = Source(key=f"spend:{new_id()}", cause="gift", counter_account="redeemed:gift", occurred_at=tx.now)
        await points.post(tx, [Spend(member_id=member, book=POINTS, points=amount, source=source)])


def short(refund: Answer) -> tuple[int, int, int]:
    return refund["points"], refund["points_short"], refund["cash_refund_fen"]


@pytest.mark.parametrize(
    ("policy", "told", "owed"),
    [
        ("debt", [(10, 0, 1000), (20, 0, 2000)], 25),
        ("cash", [(10, 5, 983), (20, 20, 1934)], 0),
        ("pending_only", [(10, 5, 1000), (20, 20, 2000)], 0),
    ],
)
async def test_points_that_are_gone_go_by_the_policy(
    shop: Shop, db: Database, member: UUID, now: datetime, policy: str, told: list[tuple[int, int, int]], owed: int
) -> None:
    await publish(db, "spending", claw_back=policy, **DEAR)
    order = await shop.order(member, "1", now, [line("a", 3000, pieces=3)], programme="base")
    await spend(db, member, 25)
    first = await shop.refund(order["order_id"], "r1", now, ("a", 1))
    second = await shop.refund(order["order_id"], "r2", now, ("a", 2))
    assert [short(first), short(second)] == told, "16.5 fen round to 17, 82.5 of both to 83, so 66 come off the second"
    assert {(one["claw_back"], one["rule_version"]) for one in (first, second)} == {(policy, 2)}
    assert (first["refund_fen"], second["refund_fen"]) == (1000, 2000)
    kept = await shop.read(order["order_id"])
    assert (kept["state"], kept["refunded_fen"], kept["cash_refunded_fen"], kept["points_short"]) == (
        "refunded",
        3000,
        sum(cash for _, _, cash in told),
        sum(missing for _, missing, _ in told),
    )
    balance = await shop.balance(member)
    assert (balance.balance, balance.debt) == (0, owed)
    postings = await shop.journal(member)
    assert {(one.rule, one.rule_version) for one in postings if one.kind == "claw_back"} == {("spending.default", 2)}


async def test_cash_is_never_paid_back_below_zero(shop: Shop, db: Database, member: UUID, now: datetime) -> None:
    await publish(db, "spending", claw_back="cash", rate={"points": 1, "fen": 1000})
    order = await shop.order(member, "1", now, [line("a", 3000, pieces=3)], programme="base")
    await spend(db, member, 30)
    refund = await shop.refund(order["order_id"], "r1", now, ("a", 1))
    assert (refund["refund_fen"], refund["cash_refund_fen"], refund["points_short"]) == (1000, 0, 10)
    await shop.journal(member)


async def test_pending_points_of_another_order_are_taken_by_two_of_the_policies(
    shop: Shop, db: Database, now: datetime
) -> None:
    """Under `cash` what is pending of other orders is left alone."""
    taken = {}
    for policy in POLICIES:
        await publish(db, "spending", claw_back=policy)
        await publish(db, "earning", behaviours=[], caps=[], multipliers=[])
        (buyer,) = await register_members(db, 1, prefix=policy)
        gone = await shop.order(buyer, "1" + policy, now, [line("a", 1000)], programme="base")
        await spend(db, buyer, 10)
        await shop.order(buyer, "2" + policy, now, [line("a", 2000)])
        refund = await shop.refund(gone["order_id"], "r1", now, ("a", 1))
        taken[policy] = (refund["points_short"], (await shop.balance(buyer)).pending)
        await shop.journal(buyer)
    assert taken == {"debt": (0, 10), "cash": (10, 20), "pending_only": (0, 10)}


@pytest.mark.requirement("PTS-11")
async def test_what_expired_counts_as_taken_back(
    shop: Shop, db: Database, clock: SettableClock, member: UUID, now: datetime
) -> None:
    await publish(db, "spending", claw_back="cash")
    short_lived = {"policy": "days", "days": 60, "reason": {"zh": "短", "en": "short"}}
    await publish(db, "earning", behaviours=[], caps=[], multipliers=[], expiry=short_lived)
    order = await shop.order(member, "1", now, [line("a", 3000, pieces=3)])
    clock.advance(timedelta(days=30))
    await spend(db, member, 12)
    clock.advance(timedelta(days=40))
    parts = [await shop.refund(order["order_id"], f"r{n}", clock.now(), ("a", 1)) for n in range(3)]
    assert [short(one) for one in parts] == [(10, 0, 1000), (10, 2, 998), (10, 10, 990)], "18 had expired, 12 are gone"
    postings = await shop.journal(member)
    assert [(one.kind, one.points, one.lapsed) for one in postings[-3:]] == [
        ("claw_back", 0, 10),
        ("claw_back", 0, 8),
        ("claw_back", 0, 0),
    ]


@st.composite
def purchases(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The lines of an order, as (fen, pieces), and single refunds, as (line, pieces), that bring back all of it."""
    lines = draw(st.lists(st.tuples(st.integers(0, 30_000), st.integers(1, 4)), min_size=1, max_size=3))
    pieces = draw(st.permutations([place for place, (_, count) in enumerate(lines) for _ in range(count)]))
    parts: list[tuple[int, int]] = []
    for place in pieces:
        if parts and parts[-1][0] == place and draw(st.booleans()):
            parts[-1] = (place, parts[-1][1] + 1)
        else:
            parts.append((place, 1))
    return lines, parts


def test_any_parts_take_back_exactly_what_each_line_earned(database_url: str) -> None:
    """Whatever caps cut, whatever was spent in between, whatever expired, by whichever policy."""
    clock = SettableClock(datetime(2026, 3, 19, 2, 30, tzinfo=UTC))
    seen: set[str] = set()
    with asyncio.Runner() as runner:
        runner.run(_prepare(database_url, clock))

        @settings(max_examples=max(settings().max_examples // 4, 15))
        @given(
            purchase=purchases(),
            limit=st.integers(0, 400),
            policy=st.sampled_from(POLICIES),
            spent=st.sampled_from([0, 5, 300]),
            days=st.sampled_from([0, 70]),
        )
        def holds(
            purchase: tuple[list[tuple[int, int]], list[tuple[int, int]]],
            limit: int,
            policy: str,
            spent: int,
            days: int,
        ) -> None:
            seen.update(runner.run(_refunded_in_parts(database_url, clock, purchase, limit, policy, spent, days)))

        holds()
    assert {"cut", "short", "debt", "lapsed"} <= seen, seen


async def _open(url: str, clock: SettableClock) -> Database:
    return await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=clock, max_size=2)


async def _prepare(url: str, clock: SettableClock) -> None:
    pauses.forget()
    db = await _open(url, clock)
    await load_programme(db)
    await db.close()


async def _refunded_in_parts(
    url: str,
    clock: SettableClock,
    purchase: tuple[list[tuple[int, int]], list[tuple[int, int]]],
    limit: int,
    policy: str,
    spent: int,
    days: int,
) -> set[str]:
    db = await _open(url, clock)
    (member,) = await register_members(db, 1, prefix=f"{new_id()}-")
    short_lived = {"policy": "days", "days": 60, "reason": {"zh": "短", "en": "short"}}
    caps = [{"code": "most", "period": "day", "limit": limit, "causes": ["consumption"]}]
    await publish(db, "earning", behaviours=[], caps=caps, pending_days=0, expiry=short_lived)
    await publish(db, "spending", claw_back=policy, **DEAR)
    lines, parts = purchase
    async with opened(db) as shop:
        goods = [line(f"l{n}", fen, pieces=pieces) for n, (fen, pieces) in enumerate(lines)]
        told = await shop.order(member, str(new_id()), clock.now(), goods)
        assert told["points"] <= limit
        half = len(parts) // 2
        refunds = [await _back(shop, told, clock, n, part) for n, part in enumerate(parts[:half])]
        if used := min(spent, (await shop.balance(member)).available):
            await spend(db, member, used)
        clock.advance(timedelta(days=days))
        refunds += [await _back(shop, told, clock, half + n, part) for n, part in enumerate(parts[half:])]
        order = await shop.read(told["order_id"])
        balance = await shop.balance(member)
        postings = await shop.journal(member)
    await db.close()
    for place, one in enumerate(order["lines"]):
        its = [part for refund in refunds for part in refund["lines"] if part["line_id"] == f"l{place}"]
        assert sum(part["points"] for part in its) == one["points"] == one["refunded_points"]
        assert sum(part["refund_fen"] for part in its) == one["paid_fen"]
    assert (order["state"], order["refunded_points"], order["refunded_fen"]) == (
        "refunded",
        told["points"],
        told["cash_fen"],
    )
    missing = sum(refund["points_short"] for refund in refunds)
    off = order["refunded_fen"] - sum(refund["cash_refund_fen"] for refund in refunds)
    worth = (missing * 33 * 2 + 10) // 20
    assert off <= (worth if policy == "cash" else 0)
    assert off == worth or policy != "cash" or any(not one["cash_refund_fen"] for one in refunds)
    clawed = [posting for posting in postings if posting.kind == "claw_back"]
    assert sum(-posting.requested for posting in clawed) == told["points"]
    assert balance.balance == 0 or balance.debt == 0
    reached: dict[str, Any] = {
        "cut": told["points_cut"],
        "short": missing,
        "debt": balance.debt,
        "lapsed": sum(posting.lapsed for posting in clawed),
    }
    return {name for name, amount in reached.items() if amount}


async def _back(shop: Shop, told: Answer, clock: SettableClock, number: int, part: tuple[int, int]) -> Answer:
    return await shop.refund(told["order_id"], f"r{number}", clock.now(), (f"l{part[0]}", part[1]))
