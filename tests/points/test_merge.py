"""All points of one member become another's, in steps that are acknowledged (MEM-02, PTS-09)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.model import (
    BEGINNING,
    GROWTH,
    POINTS,
    ClawBack,
    Credit,
    Hold,
    PostingConflict,
    Release,
    Source,
    Spend,
)
from huixiang.points.model.transfer import (
    MergeRefused,
    MergeSpent,
    TransferToSelf,
)
from huixiang.points.service.pool import create_pool
from tests.points.merging import because, merge, pending, post, states, taken, two_with_lots, unmerge
from tests.points.movement import FAR, NEAR, assert_lawful, balance, earn, in_transit, members_with, owned, relay

pytestmark = pytest.mark.requirement("PTS-09", "MEM-02")


async def test_lots_go_with_their_days_and_their_maturity(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    gone, stays = await two_with_lots(db, clock)
    merge_id = new_id()
    [sent] = await merge(db, gone, stays, merge_id)
    assert (sent.points, sent.purpose, sent.state, sent.other_id) == (230, "merge", "on_the_way", stays)
    left = await balance(db, gone)
    assert (left.balance, left.pending, left.debt) == (0, 0, 0)
    assert (in_transit(superuser), owned(superuser)) == (230, 50)
    assert_lawful(superuser)
    assert await states(db, gone, merge_id) == {"on_the_way"}
    await relay(db)
    assert await states(db, gone, merge_id) == {"received"}
    has = await balance(db, stays)
    assert (has.balance, has.available, has.pending) == (280, 250, 30)
    assert [(one.expires_on, one.points) for one in has.expiring] == [(NEAR, 125), (FAR, 155)]
    assert (in_transit(superuser), owned(superuser)) == (0, 280)
    assert_lawful(superuser)
    clock.advance(timedelta(days=5))
    assert (await balance(db, stays)).available == 280
    await post(db, Spend(member_id=stays, book=POINTS, points=280, source=because(clock, "all")))
    assert_lawful(superuser)


async def test_what_matured_on_the_way_is_spendable_on_arrival_and_what_ended_expires(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    gone, stays = await members_with(db, clock, 0, 0)
    await earn(db, gone, 40, date(2026, 4, 20))
    await post(db, pending(clock, gone, 30, days=5))
    await merge(db, gone, stays)
    clock.advance(timedelta(days=10))
    await relay(db)
    has = await balance(db, stays)
    assert (has.balance, has.available, has.pending) == (30, 30, 0)
    assert_lawful(superuser)


@pytest.mark.parametrize(
    ("owned_before", "waiting", "left"),
    [
        (0, 0, (0, 0, 70)),  # owed on
        (100, 0, (30, 0, 0)),  # paid of what is there
        (40, 50, (20, 20, 0)),  # and of what is pending
        (40, 10, (0, 0, 20)),
    ],
)
async def test_a_debt_goes_along(
    db: Database,
    clock: SettableClock,
    superuser: psycopg.Connection[Any],
    owned_before: int,
    waiting: int,
    left: tuple[int, int, int],
) -> None:
    gone, stays = await members_with(db, clock, 0, owned_before)
    if waiting:
        await post(db, pending(clock, stays, waiting, days=5))
    await post(db, taken(clock, gone, 70))
    total = owned(superuser)
    [sent] = await merge(db, gone, stays)
    assert sent.points == -70
    assert (await balance(db, gone)).debt == 0
    assert owned(superuser) + in_transit(superuser) == total
    assert_lawful(superuser)
    await relay(db)
    has = await balance(db, stays)
    assert (has.balance, has.pending, has.debt) == left
    assert (owned(superuser), in_transit(superuser)) == (total, 0)
    assert_lawful(superuser)


async def test_points_pay_the_debt_of_the_one_who_stays(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    gone, stays = await members_with(db, clock, 100, 0)
    await post(db, taken(clock, stays, 70))
    await merge(db, gone, stays)
    await relay(db)
    has = await balance(db, stays)
    assert (has.balance, has.debt, [(one.expires_on, one.points) for one in has.expiring]) == (30, 0, [(FAR, 30)])
    assert_lawful(superuser)


def grown(clock: SettableClock, member: UUID, fen: int, days_ago: int) -> Credit:
    at = clock.now() - timedelta(days=days_ago)
    source = Source(key=f"grown:{fen}:{days_ago}", cause="consumption", counter_account="issued", occurred_at=at)
    return Credit(member_id=member, book=GROWTH, points=fen, source=source)


async def growth(db: Database, member: UUID) -> tuple[int, int, dict[date, int]]:
    """Balance, debt, and what each day has, without the days that have nothing."""
    async with db.transaction(read_only=True) as tx:
        stands = await service.balance(tx, member, GROWTH)
        by_day = (await service.sums_by_day(tx, [member], GROWTH, BEGINNING)).get(member, {})
    return stands.balance, stands.debt, {day: fen for day, fen in by_day.items() if fen}


async def test_every_book_goes(db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]) -> None:
    gone, stays = await members_with(db, clock, 10, 10)
    async with db.transaction() as tx:
        gift = await service.open_book(tx, "gift", has_lots=True)
    await post(
        db,
        Credit(member_id=gone, book=gift, points=5, source=because(clock, "gift")),
        grown(clock, gone, 900, 400), grown(clock, gone, 500, 20), grown(clock, stays, 70, 20),
    )  # fmt: skip
    _, _, before = await growth(db, gone)
    merge_id = new_id()
    assert [one.points for one in await merge(db, gone, stays, merge_id)] == [10, 1400, 5]
    assert await growth(db, gone) == (0, 0, {})
    assert_lawful(superuser)
    await relay(db)
    async with db.transaction(read_only=True) as tx:
        assert [(await service.balance(tx, stays, book)).balance for book in (POINTS, gift)] == [20, 5]
    first, last = sorted(before)
    assert await growth(db, stays) == (1470, 0, {first: 900, last: 570}), "each day counts from where it did"
    assert await states(db, gone, merge_id) == {"received"}
    assert_lawful(superuser)


async def test_growth_that_is_taken_back_at_the_old_id_is_owed_there_and_follows(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    """As a refund of an old order does, at the order's date."""
    gone, stays = await members_with(db, clock, 0, 0)
    earned = grown(clock, gone, 500, 20)
    await post(db, earned)
    await merge(db, gone, stays)
    await relay(db)
    refund = Source(key="refund", cause="refund", counter_account="gone", occurred_at=earned.source.occurred_at)
    await post(db, ClawBack(member_id=gone, book=GROWTH, points=200, origin_key=earned.source.key, source=refund))
    (day,) = (await growth(db, stays))[2]
    assert await growth(db, gone) == (0, 200, {day: -200})
    assert [one.points for one in await merge(db, gone, stays)] == [-200]
    await relay(db)
    assert await growth(db, gone) == (0, 0, {})
    assert await growth(db, stays) == (300, 0, {day: 300})
    assert_lawful(superuser)


async def test_growth_comes_back_to_its_days_while_it_is_there(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    gone, stays = await members_with(db, clock, 0, 0)
    await post(db, grown(clock, gone, 900, 400), grown(clock, gone, 500, 20), grown(clock, stays, 70, 20))
    await post(db, ClawBack(
        member_id=gone, book=GROWTH, points=100, origin_key=None, source=because(clock, "deducted")
    ))  # fmt: skip
    before = [await growth(db, gone), await growth(db, stays)]
    assert sorted(before[0][2].values()) == [-100, 500, 900]
    merge_id = new_id()
    await merge(db, gone, stays, merge_id)
    await relay(db)
    assert (await growth(db, stays))[0] == 1370
    await unmerge(db, stays, gone, merge_id)
    assert_lawful(superuser)
    await relay(db)
    assert [await growth(db, gone), await growth(db, stays)] == before
    assert_lawful(superuser)


async def test_growth_that_is_gone_does_not_come_back(db: Database, clock: SettableClock) -> None:
    gone, stays = await members_with(db, clock, 0, 0)
    await post(db, grown(clock, gone, 500, 20))
    merge_id = new_id()
    await merge(db, gone, stays, merge_id)
    await relay(db)
    await post(db, ClawBack(
        member_id=stays, book=GROWTH, points=1, origin_key=None, source=because(clock, "deducted")
    ))  # fmt: skip
    with pytest.raises(MergeSpent):
        await unmerge(db, stays, gone, merge_id)


async def test_the_same_merge_again_is_the_same_and_another_takes_what_came_since(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    gone, stays, other = await members_with(db, clock, 100, 0, 0)
    merge_id = new_id()
    sent = await merge(db, gone, stays, merge_id)
    assert await merge(db, gone, stays, merge_id) == sent
    with pytest.raises(PostingConflict):
        await merge(db, gone, other, merge_id)
    await relay(db)
    await earn(db, gone, 7)
    [again] = await merge(db, gone, stays, merge_id)
    assert (again.state, again.points) == ("received", 100)
    await relay(db)
    assert (await balance(db, stays)).balance == 100
    assert [one.points for one in await merge(db, gone, stays)] == [7]
    await relay(db)
    assert ((await balance(db, stays)).balance, (await balance(db, gone)).balance) == (107, 0)
    assert await merge(db, gone, stays) == []
    assert_lawful(superuser)


async def test_a_merge_waits_until_everything_is_ended(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    gone, stays = await members_with(db, clock, 100, 0)
    with pytest.raises(TransferToSelf):
        await merge(db, gone, gone)
    hold_id = new_id()
    await post(
        db,
        Hold(member_id=gone, book=POINTS, hold_id=hold_id, points=5, source=because(clock, "h"), expires_at=None),
        Hold(
            member_id=gone, book=POINTS, hold_id=new_id(), points=5, source=because(clock, "t"),
            expires_at=clock.now() + timedelta(minutes=15),
        ),
    )  # fmt: skip
    async with db.transaction() as tx:
        await create_pool(tx, gone)
    with pytest.raises(MergeRefused) as refused:
        await merge(db, gone, stays)
    assert refused.value.fields == {"open": "holds, pool"}
    assert (await balance(db, gone)).balance == 100
    superuser.execute("DELETE FROM platform.directory WHERE kind = 'pool_of'")
    await post(db, Release(member_id=gone, book=POINTS, hold_id=hold_id, source=because(clock, "r")))
    clock.advance(timedelta(hours=1))  # the other hold is past its time
    assert [one.points for one in await merge(db, gone, stays)] == [100]
    assert_lawful(superuser)
