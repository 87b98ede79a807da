"""The outbox: numbered per owner without gaps, in the order of the commits, whoever writes at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.outbox import event_type, store_events
from tests.platform.notices import Noted

pytestmark = pytest.mark.postgres15

CONNECTIONS = 16
OWNERS = sorted(new_id() for _ in range(4))


@pytest_asyncio.fixture
async def many(database_url: str, db: Database) -> AsyncIterator[Database]:
    """The database with a connection for each of those who write at once."""
    opened = await Database.open(
        database_url, calendar=db.calendar, clock=db.clock, min_size=CONNECTIONS, max_size=CONNECTIONS
    )
    yield opened
    await opened.close()


async def numbers(db: Database) -> dict[UUID, list[tuple[int, list[int]]]]:
    """Per owner, the rows in order: (seq, the numbers of its events)."""
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT member_id, seq, events FROM platform.outbox ORDER BY member_id, seq")
    found: dict[UUID, list[tuple[int, list[int]]]] = {owner: [] for owner in OWNERS}
    for row in rows:
        found[row["member_id"]].append((row["seq"], [event["number"] for event in msgspec.json.decode(row["events"])]))
    return found


async def heads(db: Database) -> dict[UUID, int]:
    async with db.transaction() as tx:
        return dict(await tx.fetch("SELECT member_id, seq FROM platform.outbox_head"))


@pytest.fixture
def turns(superuser: psycopg.Connection[Any]) -> Iterator[None]:
    """A count of turns per owner, apart from the outbox."""
    superuser.execute("DROP TABLE IF EXISTS public.turn")
    superuser.execute("CREATE TABLE public.turn (member_id uuid PRIMARY KEY, turn integer NOT NULL)")
    superuser.execute("GRANT SELECT, INSERT, UPDATE ON public.turn TO huixiang_app")
    yield
    superuser.execute("DROP TABLE public.turn")


async def take_turn(db: Database, owners: Sequence[UUID]) -> None:
    """Announce to each owner the turn this is. A turn's row is locked to the commit: the order of the turns is the
    order of the commits."""
    async with db.transaction() as tx:
        rows = await tx.fetch(
            """
            INSERT INTO public.turn AS t (member_id, turn)
            SELECT member_id, 1 FROM unnest($1::uuid[]) AS owner (member_id) ORDER BY member_id
            ON CONFLICT (member_id) DO UPDATE SET turn = t.turn + 1
            RETURNING t.member_id, t.turn
            """,
            list(owners),
        )
        turn = {row["member_id"]: row["turn"] for row in rows}
        for owner in owners:
            tx.emit(Noted(member_id=owner, occurred_at=tx.now, number=turn[owner]))


@pytest.mark.requirement("INT-02")
@pytest.mark.usefixtures("turns")
async def test_rows_are_numbered_without_gaps_in_the_order_of_the_commits(many: Database) -> None:
    random = Random(7)
    every = [random.sample(OWNERS, random.randint(1, len(OWNERS))) for _ in range(30 * CONNECTIONS)]

    async def work(mine: Sequence[Sequence[UUID]]) -> None:
        for owners in mine:
            await take_turn(many, owners)

    await asyncio.gather(*(work(every[n::CONNECTIONS]) for n in range(CONNECTIONS)))
    found = await numbers(many)
    for owner in OWNERS:
        expected = sum(owner in owners for owners in every)
        assert [seq for seq, _ in found[owner]] == list(range(1, expected + 1))
        assert [turn for _, some in found[owner] for turn in some] == list(range(1, expected + 1))
    assert await heads(many) == {owner: len(rows) for owner, rows in found.items()}


@pytest.mark.requirement("INT-02")
async def test_batches_over_the_same_owners_in_any_order_do_not_wait_for_each_other(many: Database) -> None:
    random = Random(8)

    async def work(worker: int) -> None:
        for turn in range(15):
            owners = OWNERS if worker % 2 else OWNERS[::-1]
            async with many.transaction() as tx:
                for owner in random.sample(owners, len(owners)) if turn % 3 else owners:
                    tx.emit(Noted(member_id=owner, occurred_at=tx.now, number=worker))

    # A deadlock would be asyncpg.DeadlockDetectedError in one of the workers.
    await asyncio.gather(*(work(n) for n in range(CONNECTIONS)))
    assert await heads(many) == dict.fromkeys(OWNERS, 15 * CONNECTIONS)


@pytest.mark.requirement("INT-02")
async def test_who_sees_a_number_sees_every_number_before_it(many: Database, db: Database) -> None:
    writing = asyncio.create_task(_write(many))
    looks = 0
    while not writing.done():
        for rows in (await numbers(db)).values():
            assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
        looks += 1
        await asyncio.sleep(0)
    await writing
    assert looks > 5
    assert await heads(db) == dict.fromkeys(OWNERS, 20 * CONNECTIONS)


async def _write(db: Database) -> None:
    async def work(worker: int) -> None:
        for turn in range(20):
            if (worker + turn) % 4 == 0:
                with suppress(LookupError):
                    await _change_of_mind(db)
            async with db.transaction() as tx:
                for owner in OWNERS:
                    tx.emit(Noted(member_id=owner, occurred_at=tx.now, number=worker))

    await asyncio.gather(*(work(n) for n in range(CONNECTIONS)))


async def _change_of_mind(db: Database) -> None:
    """Take a number, and give it back."""
    async with db.transaction() as tx:
        for owner in OWNERS:
            tx.emit(Noted(member_id=owner, occurred_at=tx.now, number=0))
        await tx.flush_events()
        raise LookupError


async def test_an_owner_has_one_row_per_transaction_with_its_events_in_order(db: Database) -> None:
    one, other = OWNERS[:2]
    async with db.transaction() as tx:
        events = [
            Noted(member_id=owner, occurred_at=tx.now, number=number)
            for number, owner in enumerate((one, other, one, other, one))
        ]
        await store_events(tx, events)
    found = await numbers(db)
    assert (found[one], found[other]) == ([(1, [0, 2, 4])], [(1, [1, 3])])


async def test_events_that_are_no_text_undo_their_transaction(db: Database) -> None:
    class Worded(Noted, frozen=True, kw_only=True, tag="test.worded.v1"):
        word: str

    with pytest.raises(UnicodeEncodeError):
        async with db.transaction() as tx:
            tx.emit(Worded(member_id=OWNERS[0], occurred_at=tx.now, number=1, word="a\ud800b"))
    assert await heads(db) == {}


def test_a_type_has_the_name_of_its_tag() -> None:
    assert event_type(Noted) == "test.noted.v1"
