"""Reserving, confirming, freeing, giving back: one after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError, InvalidInput
from huixiang.platform.db import Database
from huixiang.stock.model import (
    AlreadyHeld,
    Definition,
    Kind,
    ResourceFixed,
    ResourceUnknown,
    StockClosed,
    StockExhausted,
    StockNotOpen,
    TicketConflict,
    TicketFreed,
    TicketTooSmall,
    resource_id,
)
from tests.stock.ground import (
    breaches,
    confirm,
    counters,
    define,
    free,
    give_back,
    left,
    order,
    reserve,
    row,
    somebody,
    want,
)

pytestmark = [pytest.mark.requirement("BEN-05"), pytest.mark.requirement("CPN-04"), pytest.mark.postgres15]


async def test_a_ticket_takes_and_freeing_gives_back(db: Database) -> None:
    await define(db, row("a", 10))
    holder = order()
    [ticket] = await reserve(db, holder, want("a", 4))
    assert (ticket.resource_id, ticket.wanted, ticket.amount) == (resource_id(Kind.SLOT, "a"), 4, 4)
    assert (ticket.state, await left(db, "a")) == ("reserved", [6])
    for _ in range(2):
        [ticket] = await confirm(db, holder)
        assert (ticket.state, await left(db, "a")) == ("confirmed", [6])
    for _ in range(2):
        [ticket] = await free(db, holder)
        assert (ticket.state, ticket.amount, await left(db, "a")) == ("freed", 0, [10])
    assert await breaches(db) == []


async def test_the_same_again_answers_the_same_and_takes_nothing(db: Database) -> None:
    await define(db, row("a", 4, per_member=4))
    holder = order()
    first = await reserve(db, holder, want("a", 4))
    assert await reserve(db, holder, want("a", 4)) == first
    [confirmed] = await confirm(db, holder)
    assert await reserve(db, holder, want("a", 4)) == [confirmed]
    with pytest.raises(TicketConflict):
        await reserve(db, holder, want("a", 3))
    with pytest.raises(TicketConflict):
        await reserve(db, holder, want("a", 4), member=somebody(1))
    await free(db, holder)
    with pytest.raises(TicketFreed):
        await reserve(db, holder, want("a", 4))
    with pytest.raises(TicketFreed):
        await confirm(db, holder)
    assert await left(db, "a") == [4]


async def test_all_or_nothing_and_everything_that_lacks_is_named(db: Database) -> None:
    await define(db, row("a", 10), row("b", 1), row("c", 2))
    with pytest.raises(StockExhausted) as refused:
        await reserve(db, order(), want("a", 1), want("b", 2), want("c", 3))
    lacks = {lack.resource_id: (lack.wanted, lack.left) for lack in refused.value.lacks}
    assert lacks == {resource_id(Kind.SLOT, "b"): (2, 1), resource_id(Kind.SLOT, "c"): (3, 2)}
    assert {problem.path for problem in refused.value.problems} == {"slot b", "slot c"}
    assert await left(db, "a", "b", "c") == [10, 1, 2]
    assert len(await reserve(db, order(), want("a", 1), want("b", 1), want("c", 2))) == 3
    assert await breaches(db) == []


async def test_a_resource_that_is_named_twice_gives_the_sum(db: Database) -> None:
    await define(db, row("a", 10))
    [ticket] = await reserve(db, order(), want("a", 4), want("a", 3))
    assert (ticket.wanted, await left(db, "a")) == (7, [3])


@pytest.mark.parametrize("once", [1, 2])
async def test_a_member_has_no_more_than_one_may_have_at_a_time(db: Database, once: int) -> None:
    await define(db, row("a", 10, per_member=once))
    first = [order() for _ in range(once)]
    for holder in first:
        await reserve(db, holder, want("a"), member=somebody(1))
    with pytest.raises(AlreadyHeld) as refused:
        await reserve(db, order(), want("a"), member=somebody(1))
    assert refused.value.fields["left"] == 0
    await reserve(db, order(), want("a"), member=somebody(2))
    await free(db, first[0])
    await reserve(db, order(), want("a"), member=somebody(1))
    assert await breaches(db) == []


async def test_more_than_one_may_have_is_refused_the_first_time_too(db: Database) -> None:
    with pytest.raises(AlreadyHeld):
        await reserve(db, order(), want("a", 3, definition=definition(9, per_member=2)))
    await define(db, row("a", 9, per_member=2))
    with pytest.raises(AlreadyHeld) as refused:
        await reserve(db, order(), want("a", 3))
    assert refused.value.fields["left"] == 2


async def test_it_opens_and_closes(db: Database, clock: SettableClock) -> None:
    opens, closes = clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=2)
    await define(db, row("a", 10, opens_at=opens, closes_at=closes))
    with pytest.raises(StockNotOpen) as early:
        await reserve(db, order(), want("a"))
    assert early.value.fields["instant"] == opens
    clock.set(opens)
    holder = order()
    await reserve(db, holder, want("a"))
    clock.set(closes)
    with pytest.raises(StockClosed):
        await reserve(db, order(), want("a"))
    assert len(await confirm(db, holder)) == 1
    for late in (opens, closes):
        clock.set(late - timedelta(hours=1))
        window = definition(5, opens_at=late, closes_at=late + timedelta(1))
        with pytest.raises(StockNotOpen):
            await reserve(db, order(), want(f"new-{late:%H}", definition=window))


def definition(capacity: int, **more: object) -> Definition:
    return Definition(**{"unit": "pieces", "capacity": capacity, "version": 1} | more)  # type: ignore[arg-type]


async def test_what_is_wrong_with_the_request_comes_first(db: Database) -> None:
    await define(db, row("a", 0))
    with pytest.raises(ResourceUnknown) as refused:
        await reserve(db, order(), want("a"), want("nowhere"))
    assert len(refused.value.lacks) == 2
    with pytest.raises(InvalidInput):
        await reserve(db, order(), want("b", definition=definition(1, opens_at=DAY, closes_at=DAY)))


DAY = datetime(2026, 3, 18, tzinfo=UTC)


async def test_a_resource_is_made_at_its_first_use_and_brought_up_to_a_newer_version(db: Database) -> None:
    day = definition(3, shards=2)
    await reserve(db, order(), want("day", 2, definition=day))
    await reserve(db, order(), want("day", 1, definition=day))
    with pytest.raises(StockExhausted):
        await reserve(db, order(), want("day", 1, definition=day))
    await reserve(db, order(), want("day", 1, definition=Definition(unit="pieces", capacity=5, version=2)))
    with pytest.raises(StockExhausted):
        await reserve(db, order(), want("day", 2, definition=definition(99)))  # an older version says nothing
    assert await left(db, "day") == [1]
    with pytest.raises(ResourceFixed):
        await reserve(db, order(), want("day", 1, definition=Definition(unit="fen", capacity=5, version=3)))
    assert await breaches(db) == []


async def test_parts_are_given_back_once_a_key_and_never_more_than_there_is(db: Database) -> None:
    await define(db, row("a", 10, per_member=10), row("b", 10))
    holder = order()
    await reserve(db, holder, want("a", 5), want("b", 2))
    await confirm(db, holder)
    for _ in range(2):
        await give_back(db, holder, "refund 1", a=2)
        assert await left(db, "a", "b") == [7, 8]
    with pytest.raises(TicketConflict):
        await give_back(db, holder, "refund 1", a=1)
    with pytest.raises(TicketTooSmall) as refused:
        await give_back(db, holder, "refund 2", a=4, b=1)
    assert (refused.value.fields["wanted"], refused.value.fields["left"]) == (4, 3)
    assert await left(db, "a", "b") == [7, 8]
    tickets = await give_back(db, holder, "refund 2", a=3, b=1)
    assert {(one.amount, one.state) for one in tickets} == {(0, "freed"), (1, "confirmed")}
    assert len(await confirm(db, holder)) == 2  # it gave that back itself
    await free(db, holder)
    assert await left(db, "a", "b") == [10, 10]
    with pytest.raises(TicketTooSmall):
        await give_back(db, order(), "refund", a=1)
    assert await breaches(db) == []


async def test_several_sub_counters_give_to_the_last(db: Database) -> None:
    await define(db, row("fen", 103, unit="fen", shards=8))
    assert await counters(db, "fen") == [13] * 7 + [12]
    holder = order()
    await reserve(db, holder, want("fen", 100))
    assert sum(await counters(db, "fen")) == 3
    with pytest.raises(StockExhausted) as refused:
        await reserve(db, order(), want("fen", 4))
    assert refused.value.fields["left"] == 3
    await reserve(db, order(), want("fen", 3))
    await free(db, holder)
    assert await left(db, "fen") == [100]
    await reserve(db, order(), want("fen", 100))
    assert await breaches(db) == []


async def test_the_log_cannot_be_changed(db: Database, database_url: str) -> None:
    await define(db, row("a", 1))
    await reserve(db, order(), want("a"))
    with psycopg.connect(database_url) as application:
        for statement in ("UPDATE stock.ticket_change SET amount = 0", "DELETE FROM stock.ticket"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(statement)
            application.rollback()


def test_every_refusal_says_what_lacks_in_both_languages() -> None:
    refusal: DomainError = StockExhausted(kind="slot", key="a", wanted=3, left=2)
    assert "slot a" in refusal.message("zh")
    assert "2" in refusal.message("en")
