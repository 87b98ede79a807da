"""Another brand's points in and out, within what was agreed with the partner (PTS-09)."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database
from huixiang.points.events import PointsExchanged
from huixiang.points.model import InsufficientPoints
from huixiang.points.model.partner import (
    Direction,
    Exchange,
    ExchangeClosed,
    ExchangeConflict,
    ExchangeNotWhole,
    ExchangeOrder,
    ExchangeOutsideLimit,
    ExchangeUnknown,
)
from huixiang.points.service import partner
from huixiang.rulebook import service as rulebook
from tests.points.movement import assert_lawful, balance, members_with, relay, tie

pytestmark = pytest.mark.requirement("PTS-09")
AIR = "air"
INCOMING = {
    "rate": {"points": 1, "partner_points": 3},
    "budget_points": 500,
    "daily_points": 300,
    "member_daily_points": 200,
}
OUTGOING = INCOMING | {"rate": {"points": 100, "partner_points": 80}, "budget_points": 10_000, "daily_points": 1000}
TERMS: dict[str, Any] = {
    "name": {"zh": "航空", "en": "Air miles"},
    "incoming": INCOMING,
    "outgoing": OUTGOING | {"member_daily_points": 1000},
    "valid_days": 365,
}


async def agree(db: Database, **changes: Any) -> None:
    async with db.transaction() as tx:
        await rulebook.publish(tx, "partner", AIR, TERMS | changes, tx.now, "test", "test")


async def exchange(db: Database, member: UUID, direction: Direction, reference: str, partner_points: int) -> Exchange:
    """As a request makes it, in two transactions."""
    order = ExchangeOrder(partner=AIR, direction=direction, reference=reference, partner_points=partner_points)
    async with db.transaction() as tx:
        ticket = await partner.reserve(tx, member, order)
    async with db.transaction() as tx:
        return await partner.exchange(tx, ticket)


async def refusal(awaitable: Any) -> DomainError:
    with pytest.raises(DomainError) as refused:
        await awaitable
    return refused.value


def total(superuser: psycopg.Connection[Any], direction: str) -> tuple[int, int]:
    row = superuser.execute(
        "SELECT used, day_used FROM points.partner_total WHERE direction = %s", (direction,)
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def tickets(superuser: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    return superuser.execute("SELECT reference, state FROM points.partner_ticket ORDER BY reference").fetchall()


async def test_points_come_in_and_go_out_at_the_rate_and_once(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    [member] = await members_with(db, clock, 1000)
    await agree(db)
    for _ in range(2):
        made = await exchange(db, member, "in", "i1", 300)
        assert (made.points, made.partner_points) == (100, 300)
    for _ in range(2):
        made = await exchange(db, member, "out", "o1", 240)
        assert (made.points, made.partner_points) == (300, 240)
    assert (await balance(db, member)).balance == 800
    rows = superuser.execute(
        "SELECT kind, cause, counter_account, points, rule, rule_version FROM points.posting"
        " WHERE counter_account LIKE 'partner:%' ORDER BY seq"
    ).fetchall()
    assert rows == [
        ("earn", "partner_in", "partner:air", 100, "partner/air", 1),
        ("spend", "partner_out", "partner:air", -300, "partner/air", 1),
    ]
    lot = superuser.execute("SELECT expires_on FROM points.lot WHERE original = 100").fetchone()
    assert lot == (date(2026, 4, 17) + timedelta(days=365),)
    await relay(db)
    assert tickets(superuser) == [("i1", "confirmed"), ("o1", "confirmed")]
    assert await tie(db, "partners: exchanged") == (200, 200)
    assert_lawful(superuser)


async def test_a_reference_is_for_one_exchange(db: Database, clock: SettableClock) -> None:
    member, other = await members_with(db, clock, 1000, 1000)
    await agree(db)
    await exchange(db, member, "in", "i1", 300)
    for who, points in ((other, 300), (member, 303)):
        assert isinstance(await refusal(exchange(db, who, "in", "i1", points)), ExchangeConflict)
    await exchange(db, other, "out", "i1", 80)  # directions are counted apart


async def test_limits_of_the_partner_and_of_each_member(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    member, other = await members_with(db, clock, 0, 0)
    await agree(db)

    async def limit(who: UUID, reference: str, partner_points: int) -> Any:
        refused = await refusal(exchange(db, who, "in", reference, partner_points))
        assert isinstance(refused, ExchangeOutsideLimit)
        return refused.fields["limit"]

    await exchange(db, member, "in", "a", 600)
    assert await limit(member, "b", 3) == "member_daily_points"
    assert await limit(other, "c", 303) == "daily_points"
    await exchange(db, other, "in", "d", 297)
    clock.advance(timedelta(days=1))
    await exchange(db, other, "in", "e", 597)
    assert await limit(member, "f", 6) == "budget_points"
    assert total(superuser, "in") == (499, 199)  # what was reserved for b, and never used, counts until it is freed
    async with db.transaction() as tx:
        await partner.free_stale(tx, 10)
    assert total(superuser, "in") == (498, 199)


async def test_what_is_refused(db: Database, clock: SettableClock) -> None:
    [member] = await members_with(db, clock, 99)
    await agree(db, incoming=None)
    assert isinstance(await refusal(exchange(db, member, "in", "a", 3)), ExchangeClosed)
    assert isinstance(await refusal(exchange(db, member, "out", "b", 79)), ExchangeNotWhole)
    assert isinstance(await refusal(exchange(db, member, "out", "c", 80)), InsufficientPoints)


async def test_many_at_once_share_the_limit_exactly(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    members = await members_with(db, clock, *[0] * 16)
    await agree(db)
    outcomes = await asyncio.gather(
        *(exchange(db, member, "in", f"r{number}", 90) for number, member in enumerate(members)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Exchange) for outcome in outcomes) == 10
    assert sum(isinstance(outcome, ExchangeOutsideLimit) for outcome in outcomes) == 6
    assert total(superuser, "in") == (300, 300)


async def test_a_ticket_that_nobody_confirmed_is_looked_up_and_freed(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    [member] = await members_with(db, clock, 0)
    await agree(db)
    await exchange(db, member, "in", "made", 300)
    async with db.transaction() as tx:  # as when the process dies between the two
        order = ExchangeOrder(partner=AIR, direction="in", reference="lost", partner_points=150)
        await partner.reserve(tx, member, order)
    assert total(superuser, "in") == (150, 150)
    clock.advance(partner.TICKET_LIFE)
    async with db.transaction() as tx:
        assert await partner.free_stale(tx, 10) == 0
    clock.advance(timedelta(seconds=1))
    async with db.transaction() as tx:
        assert await partner.free_stale(tx, 10) == 2
    assert total(superuser, "in") == (100, 100)
    assert tickets(superuser) == [("made", "confirmed")]
    assert (await exchange(db, member, "in", "lost", 150)).points == 50


async def test_an_exchange_that_the_partner_refused_is_taken_back_once(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    [member] = await members_with(db, clock, 1000)
    await agree(db)
    before = await balance(db, member)
    await exchange(db, member, "out", "o1", 80)
    for _ in range(2):
        async with db.transaction() as tx:
            taken_back = await partner.cancel(tx, member, AIR, "o1")
            assert (taken_back.direction, taken_back.points, taken_back.partner_points) == ("cancelled", 100, 80)
    assert await balance(db, member) == before
    async with db.transaction() as tx:
        assert isinstance(await refusal(partner.cancel(tx, member, AIR, "o2")), ExchangeUnknown)
    assert_lawful(superuser)


async def test_a_cancelled_exchange_gives_its_room_back_once(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    [member] = await members_with(db, clock, 3000)
    await agree(db)
    await exchange(db, member, "out", "kept", 400)
    await exchange(db, member, "out", "o1", 400)
    assert total(superuser, "out") == (1000, 1000)
    assert isinstance(await refusal(exchange(db, member, "out", "o2", 80)), ExchangeOutsideLimit)
    for _ in range(2):
        async with db.transaction() as tx:
            await partner.cancel(tx, member, AIR, "o1")
        await relay(db)
        clock.advance(partner.TICKET_LIFE)
        async with db.transaction() as tx:
            await partner.free_stale(tx, 10)
    assert total(superuser, "out") == (500, 500)
    assert tickets(superuser) == [("kept", "confirmed"), ("o1", "cancelled")]
    made = PointsExchanged(
        member_id=member, occurred_at=clock.now(), partner=AIR, direction="cancelled", reference="o1", points=500,
        partner_points=400, business_day=date(2026, 4, 17),
    )  # fmt: skip
    async with db.transaction() as tx:
        await partner.confirm(tx, [made, made])  # told again, by whomever
    assert total(superuser, "out") == (500, 500)
    await exchange(db, member, "out", "o2", 400)  # the member's own limit of the day has room again too
    assert (await exchange(db, member, "out", "o1", 400)).reference == "o1"  # what was taken back is not made again
    assert (await balance(db, member)).balance == 2000
    assert total(superuser, "out") == (1000, 1000)


async def test_room_of_a_day_that_is_over_is_given_back_to_the_budget_alone(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    [member] = await members_with(db, clock, 3000)
    await agree(db)
    await exchange(db, member, "out", "o1", 400)
    clock.advance(timedelta(days=1))
    await exchange(db, member, "out", "o2", 80)
    async with db.transaction() as tx:
        await partner.cancel(tx, member, AIR, "o1")
    await relay(db)
    assert total(superuser, "out") == (100, 100)
