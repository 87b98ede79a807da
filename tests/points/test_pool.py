"""Family pools: who is in one, what goes in, what comes out, and whose it is in the end (PTS-09)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.model import ExceedsOrigin, HoldFinished, InsufficientPoints, PostingConflict
from huixiang.points.model.pool import (
    PoolBusy,
    PoolFull,
    PoolHeadOnly,
    PoolHeadStays,
    PoolMember,
    PoolOutsideLimit,
    PoolTaken,
    PoolTicket,
    PoolUnknown,
)
from huixiang.points.rules.pool import shares
from huixiang.points.service import pool, pool_ticket
from huixiang.points.service.transfer import read_transfer
from tests.points.movement import FAR, NEAR, assert_lawful, balance, in_transit, members_with, owned, relay, set_state

pytestmark = pytest.mark.requirement("PTS-09")


async def family(db: Database, people: list[UUID]) -> UUID:
    """A pool of all of them; the first is its head."""
    head, *others = people
    async with db.transaction() as tx:
        pool_id = (await pool.create_pool(tx, head)).pool_id
    for person in others:
        async with db.transaction() as tx:
            await pool.invite(tx, head, person)
        async with db.transaction() as tx:
            await pool.join(tx, person, pool_id)
    return pool_id


async def contribute(db: Database, person: UUID, points: int) -> UUID:
    transfer_id = new_id()
    async with db.transaction() as tx:
        await pool.contribute(tx, person, points, transfer_id=transfer_id)
    await relay(db)
    return transfer_id


async def hold(db: Database, pool_id: UUID, person: UUID, points: int, ticket_id: UUID | None = None) -> PoolTicket:
    async with db.transaction() as tx:
        return await pool_ticket.hold(tx, pool_id, person, ticket_id or new_id(), points)


async def capture(db: Database, pool_id: UUID, ticket_id: UUID, points: int) -> PoolTicket:
    async with db.transaction() as tx:
        return await pool_ticket.capture(tx, pool_id, ticket_id, points)


async def balances(db: Database, owners: list[UUID]) -> list[int]:
    return [(await balance(db, owner)).balance for owner in owners]


async def test_points_go_in_with_their_days_and_are_spent_by_ticket(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    head, child = people = await members_with(db, clock, 400, 100)
    pool_id = await family(db, people)
    await contribute(db, head, 300)
    await contribute(db, child, 60)
    inside = await balance(db, pool_id)
    assert [(lot.expires_on, lot.points) for lot in inside.expiring] == [(NEAR, 250), (FAR, 110)]
    ticket = await hold(db, pool_id, child, 120)
    assert (await balance(db, pool_id)).held == 120
    assert await hold(db, pool_id, child, 120, ticket.ticket_id) == ticket
    with pytest.raises(PostingConflict):
        await hold(db, pool_id, child, 121, ticket.ticket_id)
    spent = await capture(db, pool_id, ticket.ticket_id, 100)
    assert (spent.captured, spent.state) == (100, "captured")
    assert await capture(db, pool_id, ticket.ticket_id, 100) == spent
    after = await balance(db, pool_id)
    assert (after.balance, after.held) == (260, 0)
    async with db.transaction(read_only=True) as tx:
        seen = await pool.read_pool(tx, child)
    assert {one.person_id: (one.contributed, one.spent) for one in seen.members} == {head: (300, 0), child: (60, 100)}
    assert_lawful(superuser)


async def test_a_refund_gives_back_to_the_pool_once(db: Database, clock: SettableClock) -> None:
    [head] = people = await members_with(db, clock, 400)
    pool_id = await family(db, people)
    await contribute(db, head, 300)
    ticket = await hold(db, pool_id, head, 100)
    await capture(db, pool_id, ticket.ticket_id, 100)
    for _ in range(2):
        async with db.transaction() as tx:
            assert (await pool_ticket.give_back(tx, pool_id, ticket.ticket_id, 40, "r1")).returned == 40
    assert (await balance(db, pool_id)).balance == 240
    with pytest.raises(ExceedsOrigin):
        async with db.transaction() as tx:
            await pool_ticket.give_back(tx, pool_id, ticket.ticket_id, 61, "r2")


async def test_a_ticket_past_its_time_is_free_by_itself(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    [head] = people = await members_with(db, clock, 400)
    pool_id = await family(db, people)
    await contribute(db, head, 300)
    forgotten = await hold(db, pool_id, head, 300)
    with pytest.raises(InsufficientPoints):
        await hold(db, pool_id, head, 1)
    clock.advance(timedelta(minutes=15))
    assert (await balance(db, pool_id)).available == 300
    second = await hold(db, pool_id, head, 200)
    late = await capture(db, pool_id, forgotten.ticket_id, 300)
    assert late.captured == 100  # what was there; 200 are due in cash
    async with db.transaction() as tx:
        assert (await pool_ticket.release(tx, pool_id, second.ticket_id)).state == "released"
    with pytest.raises(HoldFinished):
        async with db.transaction() as tx:
            await pool_ticket.release(tx, pool_id, forgotten.ticket_id)
    assert (await balance(db, pool_id)).available == 200
    assert_lawful(superuser)


async def test_limits_of_each_person(db: Database, clock: SettableClock) -> None:
    head, child = people = await members_with(db, clock, 4000, 0)
    pool_id = await family(db, people)
    await contribute(db, head, 4000)
    async with db.transaction() as tx:
        await pool.limit_person(tx, head, child, 100, 150)
    first = await hold(db, pool_id, child, 80)
    with pytest.raises(PoolOutsideLimit) as refused:
        await hold(db, pool_id, child, 21)
    assert refused.value.fields == {"limit": "daily_points", "points": 21, "left": 20}
    await capture(db, pool_id, first.ticket_id, 50)  # what was not captured gives room back
    await hold(db, pool_id, child, 50)
    clock.advance(timedelta(days=1))  # the second one's time is over, and nothing came of it
    await hold(db, pool_id, child, 100)
    with pytest.raises(PoolOutsideLimit) as refused:
        await hold(db, pool_id, child, 1)
    await hold(db, pool_id, head, 3000)


async def refusal(awaitable: Any) -> type[DomainError]:
    with pytest.raises(DomainError) as refused:
        await awaitable
    return type(refused.value)


async def test_who_may_do_what(db: Database, clock: SettableClock) -> None:
    head, child, stranger, *many = await members_with(db, clock, *[0] * 8)
    pool_id = await family(db, [head, child])
    async with db.transaction() as tx:
        assert await refusal(pool.create_pool(tx, child)) is PoolTaken
        assert await refusal(pool.invite(tx, child, stranger)) is PoolHeadOnly
        assert await refusal(pool.invite(tx, stranger, child)) is PoolUnknown
        assert await refusal(pool.invite(tx, head, child)) is PoolTaken
        assert await refusal(pool.join(tx, stranger, pool_id)) is PoolUnknown
        assert await refusal(pool.leave(tx, head)) is PoolHeadStays
        assert await refusal(pool.dissolve(tx, child, pool_id)) is PoolHeadOnly
        assert await refusal(pool_ticket.hold(tx, pool_id, stranger, new_id(), 1)) is PoolUnknown
        for person in many[:4]:
            await pool.invite(tx, head, person)
        assert await refusal(pool.invite(tx, head, many[4])) is PoolFull


async def test_who_leaves_takes_their_share_along(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    head, child = people = await members_with(db, clock, 1000, 1000)
    pool_id = await family(db, people)
    await contribute(db, head, 300)
    await contribute(db, child, 500)
    ticket = await hold(db, pool_id, head, 200)
    await capture(db, pool_id, ticket.ticket_id, 200)
    async with db.transaction() as tx:
        await pool.leave(tx, child)
    assert in_transit(superuser) == 500
    await relay(db)
    assert await balances(db, [head, child, pool_id]) == [700, 1000, 100]
    async with db.transaction() as tx:
        assert await refusal(pool.read_pool(tx, child)) is PoolUnknown
        await pool.create_pool(tx, child)  # free to be in another one
    assert_lawful(superuser)


async def test_a_pool_that_is_dissolved_gives_all_back(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    head, child, gone = people = await members_with(db, clock, 1000, 1000, 1000)
    pool_id = await family(db, people)
    for person, points in ((head, 300), (child, 200), (gone, 100)):
        await contribute(db, person, points)
    ticket = await hold(db, pool_id, child, 60)
    with pytest.raises(PoolBusy):
        async with db.transaction() as tx:
            await pool.dissolve(tx, head, pool_id)
    await capture(db, pool_id, ticket.ticket_id, 60)
    set_state(superuser, gone, "closed")
    async with db.transaction() as tx:
        sent = await pool.dissolve(tx, head, pool_id)
    assert sorted(one.points for one in sent) == [100, 140, 300]
    await relay(db)
    assert await balances(db, [head, child, gone, pool_id]) == [1000, 940, 900, 100]
    async with db.transaction() as tx:
        await pool.dissolve(tx, head, pool_id)  # what came back is the head's
    await relay(db)
    assert await balances(db, [head, child, gone, pool_id]) == [1100, 940, 900, 0]
    assert owned(superuser) == 3000 - 60
    assert_lawful(superuser)


async def test_a_contribution_that_finds_no_pool_comes_back(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    head, child = people = await members_with(db, clock, 100, 100)
    pool_id = await family(db, people)
    transfer_id = new_id()
    async with db.transaction() as tx:
        await pool.contribute(tx, child, 70, transfer_id=transfer_id)
    async with db.transaction() as tx:
        await pool.dissolve(tx, head, pool_id)
    await relay(db)
    assert await balances(db, [head, child, pool_id]) == [100, 100, 0]
    async with db.transaction() as tx:
        assert (await read_transfer(tx, child, transfer_id)).state == "returned"
    assert_lawful(superuser)


def person(number: int, contributed: int, spent: int) -> PoolMember:
    return PoolMember(
        person_id=UUID(int=number), state="joined", daily_points=None, monthly_points=None, contributed=contributed,
        spent=spent,
    )  # fmt: skip


@given(st.integers(0, 10**9), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=6))
def test_shares_give_all_and_nothing_to_who_took_out_what_they_put_in(
    available: int, sums: list[tuple[int, int]]
) -> None:
    people = [person(number, *one) for number, one in enumerate(sums)]
    parts = shares(available, people, UUID(int=0))
    assert sum(parts.values()) == available
    if any(contributed > spent for contributed, spent in sums):
        assert not any(parts[one.person_id] for one in people if one.contributed <= one.spent)
