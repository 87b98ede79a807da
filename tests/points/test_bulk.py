"""The bulk door leaves the rows that the general door leaves, to the byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database, Transaction
from huixiang.points import service
from huixiang.points.model import (
    GROWTH,
    POINTS,
    Cap,
    ClawBack,
    Credit,
    EarnBatch,
    EarnedInBulk,
    EarnEvent,
    Outcome,
    PeriodCap,
    PostingConflict,
    Source,
)
from huixiang.points.rules.column_caps import bounds
from tests.support import pristine
from tests.support.fixtures import NOW, TestDatabase

pytestmark = [pytest.mark.requirement("PTS-19")]

MEMBERS = [UUID(int=(0x0190_0000_0000_7000_8000 << 48) | n) for n in range(4)]
ORDER = UUID(int=77)
TABLES = {
    "points.account": "member_id, book",
    "points.posting": "member_id, book, seq",
    "points.lot": "member_id, book, expires_on, lot_no",
    "platform.outbox_head": "member_id",
    "platform.outbox": "member_id, seq",
}
CAPS = (
    (),
    (PeriodCap(5, "day", 120),),
    (PeriodCap(-9, "week", 150), PeriodCap(3, "month", 400, ("consumption",)), PeriodCap(5, "day", 100)),
)


class Undo(Exception):
    pass


@asynccontextmanager
async def undone(db: Database) -> AsyncIterator[Transaction]:
    with suppress(Undo):
        async with db.transaction() as tx:
            yield tx
            raise Undo


async def rows(tx: Transaction) -> dict[str, list[tuple[Any, ...]]]:
    await tx.flush_events()
    return {
        table: [tuple(row) for row in await tx.fetch(f"SELECT * FROM {table} ORDER BY {order}")]  # noqa: S608 - constants
        for table, order in TABLES.items()
    }


def credit(batch: EarnBatch, event: EarnEvent, tx: Transaction) -> Credit:
    day = tx.calendar.day(event.occurred_at)
    return Credit(
        member_id=event.member_id, book=batch.book, points=event.points, expires_on=event.expires_on,
        matures_at=event.matures_at,
        caps=tuple(Cap(cap.counter, *bounds(cap, day, tx.calendar), cap.limit, cap.causes) for cap in batch.caps),
        source=Source(
            key=event.key, cause=batch.cause, counter_account=batch.counter_account, occurred_at=event.occurred_at,
            order_ref=event.order_ref, rule=batch.rule, rule_version=batch.rule_version, budget=batch.budget,
            place=batch.place,
        ),
    )  # fmt: skip


Answer = list[int | str]


async def drop_staging(tx: Transaction) -> None:
    """As the end of each step's own transaction would."""
    for table in ("bulk_wanted", "bulk_changed", "bulk_keys", "bulk_lots", "bulk_marks", "outbox_owner"):
        await tx.execute(f"DROP TABLE IF EXISTS {table}")


def told(outcome: Outcome | DomainError) -> int | str:
    if isinstance(outcome, DomainError):
        return outcome.code
    return outcome.posting.points if outcome.posting else 0


async def through_general_door(tx: Transaction, batch: EarnBatch, events: Sequence[EarnEvent]) -> Answer:
    order = sorted(range(len(events)), key=lambda n: (events[n].member_id, events[n].occurred_at, n))
    outcomes = await service.try_post(tx, [credit(batch, events[n], tx) for n in order])
    answer: Answer = [-1] * len(events)
    for n, outcome in zip(order, outcomes, strict=True):
        answer[n] = told(outcome)
    return answer


async def through_bulk_door(
    tx: Transaction, batch: EarnBatch, events: Sequence[EarnEvent], *, by_place: bool = True
) -> Answer:
    earned = await service.earn_bulk(tx, batch, events, by_place=by_place)
    answer: Answer = list(earned.granted)
    outcomes = await service.try_post(tx, [command for _, command in earned.left])
    for (n, _), outcome in zip(earned.left, outcomes, strict=True):
        assert answer[n] == -1
        answer[n] = told(outcome)
    return answer


@pytest_asyncio.fixture(scope="module")
async def quick_db(worker_database: TestDatabase, superuser: psycopg.Connection[Any]) -> AsyncIterator[Database]:
    """Clean, and left clean: what a test does here it undoes."""
    pristine.restore(superuser)
    db = await Database.open(
        worker_database.url("huixiang_app"), calendar=BusinessCalendar("Asia/Shanghai"), clock=SettableClock(NOW)
    )
    yield db
    await db.close()


instants = st.builds(
    lambda hours, fraction: NOW - timedelta(hours=hours, microseconds=fraction),
    st.integers(0, 24 * 40), st.sampled_from([0, 1, 250_000]),
)  # fmt: skip
events = st.builds(
    EarnEvent,
    member_id=st.sampled_from(MEMBERS),
    key=st.sampled_from(["a", "bb", "ключ", "order:1:earn", *(f"k{n}" for n in range(20))]),
    points=st.sampled_from([-3, 0, 1, 9, 10, 77, 100, 1000, 123_456]),
    occurred_at=instants,
    order_ref=st.sampled_from([None, ORDER]),
    expires_on=st.sampled_from([date(2026, 3, 31), date(2027, 3, 31), date(9999, 1, 1)]),
    matures_at=st.sampled_from([None, NOW + timedelta(days=7), NOW + timedelta(days=8)]),
)
batches = st.builds(
    EarnBatch,
    book=st.sampled_from([POINTS, POINTS, GROWTH]),
    cause=st.sampled_from(["consumption", 'sign "in"']),
    counter_account=st.just("issued:consumption"),
    budget=st.sampled_from([None, "spring"]),
    rule=st.sampled_from([None, "earning.default"]),
    rule_version=st.sampled_from([None, 3]),
    place=st.sampled_from([None, None, 'S"1']),
    caps=st.sampled_from(CAPS),
)
takings = st.builds(
    lambda member_id, points, n: ClawBack(
        member_id=member_id, book=POINTS, points=points, origin_key=None,
        source=Source(key=f"taken{n}", cause="breach", counter_account="adjusted", occurred_at=NOW),
    ),
    st.sampled_from(MEMBERS), st.integers(1, 300), st.integers(0, 9),
)  # fmt: skip
steps = st.one_of(
    st.tuples(batches, st.lists(events, max_size=8)),
    st.tuples(batches, st.lists(events, max_size=25, unique_by=lambda event: (event.member_id, event.key))),
    st.lists(takings, max_size=2),
)


async def live(tx: Transaction, history: Sequence[Any], door: Any) -> list[Answer]:
    answers: list[Answer] = []
    for step in history:
        match step:
            case (EarnBatch() as batch, happened):
                answers.append(await door(tx, batch, happened))
            case commands:
                answers.append([told(outcome) for outcome in await service.try_post(tx, commands)])
        await tx.flush_events()
        await drop_staging(tx)
    return answers


@pytest.mark.requirement("PTS-04")
@pytest.mark.parametrize("by_place", [True, False])
@given(history=st.lists(steps, min_size=1, max_size=4))
async def test_the_bulk_door_is_the_general_door(
    history: list[Any],
    by_place: bool,  # noqa: FBT001 - a test's parameter
    quick_db: Database,
) -> None:
    async with undone(quick_db) as tx:
        expected = (await live(tx, history, through_general_door), await rows(tx))
    async with undone(quick_db) as tx:
        found = (await live(tx, history, partial(through_bulk_door, by_place=by_place)), await rows(tx))
    assert found[0] == expected[0]
    for table in TABLES:
        assert found[1][table] == expected[1][table], table


EARNED = EarnBatch(book=POINTS, cause="consumption", counter_account="issued:consumption", caps=CAPS[1])


def event(member: UUID, key: str, points: int = 10, **more: Any) -> EarnEvent:
    return EarnEvent(member_id=member, key=key, points=points, occurred_at=NOW - timedelta(days=1), **more)


async def test_what_is_common_is_decided_here_and_what_is_not_is_left(db: Database) -> None:
    debtor, busy = UUID(int=8), UUID(int=9)
    async with db.transaction() as tx:
        source = Source(key="c", cause="breach", counter_account="adjusted", occurred_at=NOW)
        await service.post(tx, [ClawBack(member_id=debtor, book=POINTS, points=5, origin_key=None, source=source)])
    common = [event(member, f"{n}") for n in range(3) for member in MEMBERS]
    uncommon = [event(debtor, "a"), *(event(busy, f"{n}") for n in range(65)), event(MEMBERS[3], "zero", 0)]
    async with db.transaction() as tx:
        earned = await service.earn_bulk(tx, EARNED, [*common, *uncommon])
    first = [place for place, given in enumerate(common) if given.member_id != MEMBERS[3]]
    assert [place for place, points in enumerate(earned.granted) if points == 10] == first
    assert sorted(place for place, _ in earned.left) == sorted(set(range(12 + 67)) - set(first))


async def test_a_key_in_the_journal_is_not_applied_again(db: Database) -> None:
    batch = [event(member, "a", 10) for member in MEMBERS]
    async with db.transaction() as tx:
        assert await through_bulk_door(tx, EARNED, batch) == [10, 10, 10, 10]
    again = [*batch[:2], event(MEMBERS[2], "a", 11), event(MEMBERS[3], "b", 7)]
    async with db.transaction() as tx:
        earned = await service.earn_bulk(tx, EARNED, again)
    assert earned.granted == [-1, -1, -1, 7]
    async with db.transaction() as tx:
        outcomes = await service.try_post(tx, [command for _, command in earned.left])
    assert [told(outcome) for outcome in outcomes] == [10, 10, PostingConflict.code]
    async with db.snapshot() as tx:
        assert [(await service.balance(tx, member, POINTS)).balance for member in MEMBERS] == [10, 10, 10, 17]
        assert (await service.verify(tx)).differences == 0


async def test_batches_at_once_on_the_same_members_lose_nothing(db: Database) -> None:
    async def earn(turn: int) -> None:
        async with db.transaction() as tx:
            earned = await service.earn_bulk(tx, EARNED, [event(member, f"{turn}", 1) for member in MEMBERS])
        async with db.transaction() as tx:
            await service.post(tx, [command for _, command in earned.left])

    await earn(-1)
    await asyncio.gather(*(earn(turn) for turn in range(12)))
    async with db.snapshot() as tx:
        assert [(await service.balance(tx, member, POINTS)).balance for member in MEMBERS] == [13] * 4
        assert (await service.verify(tx)).differences == 0


async def test_a_batch_has_a_limit_and_an_empty_one_does_nothing(db: Database) -> None:
    async with undone(db) as tx:
        assert await service.earn_bulk(tx, EARNED, []) == EarnedInBulk([], [])
        with pytest.raises(ValueError, match="at most 200000"):
            await service.earn_bulk(tx, EARNED, [event(MEMBERS[0], "a")] * 200_001)


async def test_a_large_batch_on_tables_just_made_and_its_repetition_take_no_square_of_time(db: Database) -> None:
    batch = [event(UUID(int=n), "a") for n in range(1, 20_001)]
    async with db.transaction() as tx:
        assert (await service.earn_bulk(tx, EARNED, batch)).granted == [10] * len(batch)
    async with db.transaction() as tx:
        again = await service.earn_bulk(tx, EARNED, [event(batch[0].member_id, "a"), *(batch[1:])])
        assert len(again.left) == len(batch)
    async with db.transaction() as tx:
        mixed = [*batch[:1], *(event(one.member_id, "b") for one in batch[1:])]
        assert len((await service.earn_bulk(tx, EARNED, mixed)).left) == 1
