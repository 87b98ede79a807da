"""What a quote reads of what caps have given: in its own period, by this member or by all, and no other."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from huixiang.kernel.ids import new_id
from huixiang.pricing.model.effects import Off, OffStep, PriceOff
from huixiang.pricing.model.rules import Cap, OrderRule, UnitRule
from huixiang.pricing.rules.caps import resource_key
from huixiang.pricing.store import LIFE
from huixiang.stock import service as stock
from huixiang.stock.model import Definition, Holder, Kind, StockExhausted, Unit, Wanted
from tests.pricing.quoting import Shop, good, named, pieces

pytestmark = pytest.mark.requirement("PRC-05")


async def given(shop: Shop, member: UUID, starts_on: date, in_a: str, fen: int, rule: str = "off") -> None:
    """So much off in two orders of a member's."""
    async with shop.db.transaction() as tx:
        await tx.execute(
            "INSERT INTO pricing.member_use VALUES ($1, $2, $3, $4, $5, 2, 0, $6)",
            member, rule, starts_on, in_a, fen, tx.now,
        )  # fmt: skip


async def taken(
    shop: Shop,
    starts_on: date,
    in_a: str,
    amount: int,
    rule: str = "off",
    *,
    of: Unit = "fen",
    capacity: int = 10_000,
    version: int = 1,
) -> Holder:
    """Some order took so much of what all share, under a version of the promotions that gave so much."""
    definition = Definition(unit=of, capacity=capacity, version=version, shards=8 if of == "fen" else 1)
    key = resource_key(rule, of, in_a, starts_on)
    holder = Holder("order", new_id())
    wanted = [Wanted(kind=Kind.PROMOTION_CAP, key=key, amount=amount, definition=definition)]
    async with shop.db.transaction() as tx:
        await stock.reserve(tx, holder, new_id(), wanted, timedelta(minutes=5))
    return holder


async def saved(shop: Shop, member: UUID | None) -> int:
    """What is taken off a basket of 10.00, of which the rule would take 4.00."""
    found = await shop.quote([pieces("milk")], member)
    return 1000 - int(found["priced"]["payable_fen"])


async def publish(shop: Shop, *caps: Cap) -> int:
    await shop.stock(good("milk", 1000))
    return await shop.publish([OrderRule(code="off", name=named("off"), effect=Off((OffStep(500, 400),)), caps=caps)])


@pytest.mark.parametrize("in_a", ["life", "month", "week", "day"])
async def test_what_was_given_counts_in_its_own_period(shop: Shop, member: UUID, in_a: str) -> None:
    calendar, now = shop.db.calendar, shop.db.clock.now()
    today = calendar.day(now)
    starts = {
        "life": LIFE,
        "month": calendar.day(calendar.month(today).start),
        "week": calendar.day(calendar.week(today).start),
        "day": today,
    }
    caps = (Cap("fen", 500, per, in_a) for per in ("all", "member"))  # type: ignore[arg-type]  # one of them
    await publish(shop, *caps)
    for other in starts.keys() - {in_a}:
        await taken(shop, starts[other], other, 450)
        await given(shop, member, starts[other], other, 450)
    for off_by, rule in ((1, "off"), (0, "another")):
        await taken(shop, starts[in_a] - timedelta(days=off_by), in_a, 450, rule)
        await given(shop, member, starts[in_a] - timedelta(days=off_by), in_a, 450, rule)
    assert await saved(shop, member) == 400
    await given(shop, member, starts[in_a], in_a, 250)
    assert await saved(shop, member) == 250
    await taken(shop, starts[in_a], in_a, 350)
    assert [await saved(shop, who) for who in (member, None)] == [150, 150]


async def test_members_have_their_own_and_all_share_one(shop: Shop, members: list[UUID]) -> None:
    one, other = members
    today = shop.db.calendar.day(shop.db.clock.now())
    await publish(shop, Cap("fen", 500, "member", "day"), Cap("fen", 1_000, "all", "day"))
    await given(shop, one, today, "day", 350)
    assert [await saved(shop, who) for who in (one, other)] == [150, 400]
    await taken(shop, today, "day", 900)
    assert [await saved(shop, who) for who in (one, other, None)] == [100, 100, 100]


async def test_uses_run_out(shop: Shop, members: list[UUID]) -> None:
    one, other = members
    await publish(shop, Cap("uses", 2, "member"))
    await given(shop, one, LIFE, "life", 1)
    assert [await saved(shop, who) for who in (one, other)] == [0, 400]


async def test_the_first_hundred_of_a_day_are_as_many(shop: Shop, member: UUID) -> None:
    """Uses and fen of one rule and one period are two resources."""
    today = shop.db.calendar.day(shop.db.clock.now())
    await publish(shop, Cap("uses", 100, "all", "day"), Cap("fen", 50_000, "all", "day"))
    await taken(shop, today, "day", 99, of="uses")
    await taken(shop, today, "day", 49_700, capacity=50_000)
    assert await saved(shop, member) == 300
    last = await taken(shop, today, "day", 1, of="uses", capacity=100, version=2)
    assert [await saved(shop, who) for who in (member, None)] == [0, 0]
    async with shop.db.transaction() as tx:
        await stock.free(tx, last, "cancelled")
    assert await saved(shop, member) == 300


async def test_pieces_of_a_flash_price_run_out(shop: Shop, member: UUID) -> None:
    await shop.stock(good("milk", 1000))
    flash = UnitRule(code="flash", name=named("flash"), effect=PriceOff(300), caps=(Cap("pieces", 10),), label="flash")
    await shop.publish([flash])
    await taken(shop, LIFE, "life", 8, "flash", of="pieces")
    found = await shop.quote([pieces("milk", 5)], member)
    assert found["priced"]["payable_fen"] == 5 * 1000 - 2 * 300
    [applied] = found["priced"]["applied"]
    assert applied["pieces"] == 2


async def test_versions_count_what_was_taken_and_each_has_its_own_maximum(shop: Shop, member: UUID) -> None:
    """An order on a quote of the older version comes after one of the newer: what is read is what was taken."""
    older = await publish(shop, Cap("fen", 900))
    await taken(shop, LIFE, "life", 700, capacity=900, version=older)
    assert await saved(shop, member) == 200
    newer = await publish(shop, Cap("fen", 1_200))
    assert await saved(shop, member) == 400
    await taken(shop, LIFE, "life", 250, capacity=1_200, version=newer)
    assert await saved(shop, member) == 250
    await taken(shop, LIFE, "life", 50, capacity=900, version=older)
    assert await saved(shop, member) == 200
    lowest = await publish(shop, Cap("fen", 950))
    await taken(shop, LIFE, "life", 50, capacity=1_200, version=newer)
    assert await saved(shop, member) == 0
    assert lowest > newer


async def test_a_version_that_gives_less_than_was_taken_gives_nothing_until_more_comes_back(
    shop: Shop, member: UUID
) -> None:
    version = await publish(shop, Cap("fen", 1_000, "all", "day"))
    today = shop.db.calendar.day(shop.db.clock.now())
    holders = [await taken(shop, today, "day", 300, capacity=1_000, version=version) for _ in range(3)]
    version = await publish(shop, Cap("fen", 700, "all", "day"))
    async with shop.db.transaction() as tx:
        await stock.free(tx, holders[0], "cancelled")
    last = await taken(shop, today, "day", 50, capacity=700, version=version)
    assert await saved(shop, member) == 50
    async with shop.db.transaction() as tx:
        [ticket] = await stock.tickets_of(tx, last)
        assert (await stock.read_resource(tx, ticket.resource_id)).left == 50


async def test_what_is_left_of_a_cap_in_parts_is_given_to_the_fen(shop: Shop, member: UUID) -> None:
    """Of eight sub-counters of 125 fen: 400 are of four of them, and the last 200 of what is left in several."""
    version = await publish(shop, Cap("fen", 1_000))
    for _ in range(2):
        await taken(shop, LIFE, "life", 400, capacity=1_000, version=version)
    assert await saved(shop, member) == 200
    with pytest.raises(StockExhausted):
        await taken(shop, LIFE, "life", 201, capacity=1_000, version=version)
    await taken(shop, LIFE, "life", 200, capacity=1_000, version=version)
    assert await saved(shop, member) == 0
