"""What a quote reads: one statement once the rules are known, and never two versions of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

import msgspec

from huixiang.conditions.model import Bought, Compare, Has
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.pricing.model.effects import ListedPrice, Off, OffStep, PriceRate
from huixiang.pricing.model.quotes import QuoteRequest
from huixiang.pricing.model.rules import Cap, CouponRule, OrderRule, UnitRule
from huixiang.pricing.service import programme, quote
from tests.pricing.quoting import Shop, good, named, numbered, pieces

T = TypeVar("T")


class Counting:
    """Reads as the edge does, counts, and lets something happen before the statement of a number."""

    def __init__(self, db: Database, before: dict[int, Callable[[], Awaitable[object]]] | None = None) -> None:
        self.db = db
        self.now = db.clock.now()
        self.before = before or {}
        self.single = 0
        self.whole = 0

    @property
    def calendar(self) -> BusinessCalendar:
        return self.db.calendar

    async def query(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        self.whole += 1
        async with self.db.transaction(now=self.now, read_only=True) as tx:
            return await run(tx)

    async def query_once(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        self.single += 1
        if (happens := self.before.get(self.single)) is not None:
            await happens()
        async with self.db.single_read(now=self.now) as tx:
            return await run(tx)


def asked() -> QuoteRequest:
    body = {"channel": "app", "store": "S001", "points": 100, "lines": numbered([pieces("milk", 3), pieces("beef")])}
    return msgspec.convert(body, QuoteRequest)


def rate(rate_bp: int) -> UnitRule:
    return UnitRule(code="rate", name=named("rate"), effect=PriceRate(rate_bp))


async def test_a_quote_is_one_statement(shop: Shop, member: UUID) -> None:
    """With attributes of every kind, what was bought, caps, coupons and points."""
    await shop.stock(good("milk", 1250), good("beef", 5200))
    off = Off((OffStep(1000, 100),))
    await shop.publish([
        UnitRule(code="plus", name=named("plus"), effect=PriceRate(9000), when=Has("plans", ("plus",))),
        UnitRule(code="new", name=named("new"), effect=PriceRate(9500), when=Bought("orders", 30, at_most=0)),
        OrderRule(code="day", name=named("day"), effect=off, when=Compare("points", "ge", 10), caps=(Cap("uses", 9),)),
        CouponRule(code="c", name=named("c"), effect=off),
    ])  # fmt: skip
    await shop.grant(member, "c")
    await shop.give_points(member, 500)
    first, second, of_a_guest = (Counting(shop.db) for _ in range(3))
    answers = [await quote.quote(reads, asked(), member) for reads in (first, second)]
    assert answers[0] == answers[1]
    assert {one.rule for one in answers[0].priced.applied} == {"new", "day", "c"}
    assert (second.single, second.whole) == (1, 0)
    await quote.quote(of_a_guest, asked(), None)
    assert (of_a_guest.single, of_a_guest.whole) == (1, 0)


async def test_what_is_published_in_between_is_seen_whole(shop: Shop, member: UUID) -> None:
    """Rules are known from before, facts are read after another version came: the quote is of the other version."""
    await shop.stock(good("milk", 1250), good("beef", 5200))
    await shop.publish([rate(9000)])
    await quote.quote(Counting(shop.db), asked(), member)
    published = []

    async def publish() -> None:
        published.append(await shop.publish([rate(5000)]))

    reads = Counting(shop.db, {1: publish})
    answer = await quote.quote(reads, asked(), member)
    assert (answer.version, answer.priced.payable_fen) == (published[0], 4475)
    # The facts again, and what was charged before, which is kept for as long as the rules stand.
    assert (reads.single, reads.whole) == (3, 1)


async def test_a_connection_that_has_read_nothing_else_reads_facts(
    shop: Shop, member: UUID, database_url: str, clock: SettableClock, calendar: BusinessCalendar
) -> None:
    await shop.stock(good("milk", 1250, tags=["cold"]), good("beef", 5200))
    await shop.publish([rate(9000)])
    await quote.quote(Counting(shop.db), asked(), member)
    fresh = await Database.open(database_url, calendar=calendar, clock=clock, max_size=1)
    try:
        reads = Counting(fresh)
        assert (await quote.quote(reads, asked(), member)).priced.payable_fen == 8055
        assert (reads.single, reads.whole) == (1, 0)
    finally:
        await fresh.close()


PLANNING = 10


def literal(value: object) -> str:
    if isinstance(value, list | tuple):
        return "'{" + ",".join(map(str, value)) + "}'"
    return f"'{value}'"


async def test_facts_of_few_goods_are_read_by_the_plan_of_all(shop: Shop, member: UUID) -> None:
    """The database makes a plan for each reading where it expects less of it, which takes longer than the reading. So a
    quote of one line must look no cheaper than others do."""
    await shop.stock(good("milk", 1250))
    caps = (Cap("uses", 9, per="member", in_a="week"), Cap("uses", 900, per="all", in_a="day"))
    await shop.publish([
        UnitRule(code="listed", name=named("listed"), effect=ListedPrice("member")),
        UnitRule(code="plus", name=named("plus"), effect=PriceRate(9000), when=Has("plans", ("plus",))),
        OrderRule(code="capped", name=named("capped"), effect=Off((OffStep(1000, 100),)), caps=caps),
    ])  # fmt: skip
    rules = await programme.current(Counting(shop.db), "default", None)
    asked_for = rules.statement(shop.db.calendar, shop.db.clock.now())
    given = (member, ["milk"], "S001", shop.db.clock.now(), asked_for.price_lists, *asked_for.constants)
    costs = {}
    async with shop.db.session() as connection:
        await connection.execute(f"PREPARE facts AS {asked_for.text}")
        for mode in ("force_generic_plan", "force_custom_plan"):
            await connection.execute(f"SET plan_cache_mode = {mode}")
            execute = f"EXPLAIN EXECUTE facts ({', '.join(map(literal, given))})"
            costs[mode] = Decimal((await connection.fetchval(execute)).partition("..")[2].partition(" ")[0])
    # The database reckons 2.5 for each relation to plan anew, and there are more than three.
    assert costs["force_generic_plan"] - costs["force_custom_plan"] < PLANNING
