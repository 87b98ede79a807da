"""Budgets that rules share, nested: quotes keep within them, orders take from them, the first exhausted stops."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep, PriceOff
from huixiang.pricing.model.rules import Budget, Cap, CouponRule, OrderRule, Promotions, Rule, UnitRule
from huixiang.stock import service as stock
from huixiang.stock.model import Kind
from tests.checkout.counter import Answer, Counter, opened
from tests.pricing.quoting import good, named, open_shop, pieces, refused
from tests.stock.ground import breaches
from tests.support.programme import register_members

pytestmark = [pytest.mark.requirement("PRC-05"), pytest.mark.requirement("PRC-13")]


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("beef", 5_000), good("milk", 1_000))
        yield made


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    [found] = await register_members(counter.db, 1)
    return found


def off(code: str, fen: int, budget: str | None, *caps: Cap, at: int = 0) -> OrderRule:
    effect = Off((OffStep(at or fen + 1, fen),))
    return OrderRule(code=code, name=named(code), effect=effect, budget=budget, caps=caps)


def budget(code: str, at_most: int, within: str | None = None, in_a: str = "life") -> Budget:
    return Budget(code=code, name=named(code), at_most=at_most, within=within, in_a=in_a)  # type: ignore[arg-type]


async def publish(counter: Counter, rules: Iterable[Rule], *budgets: Budget) -> None:
    await counter.publish(Promotions(rules=tuple(rules), budgets=budgets))


def saved(quote: Answer) -> dict[str, int]:
    """Of each rule; coupons of one rule together."""
    sums: dict[str, int] = {}
    for one in quote["priced"]["applied"]:
        sums[one["rule"]] = sums.get(one["rule"], 0) + one["saved_fen"]
    return sums


def why_not(quote: Answer, rule: str) -> str:
    [one] = [one for one in quote["priced"]["not_applied"] if one["rule"] == rule]
    reason: str = one["reason"]
    return reason


async def left(counter: Counter, *keys: str) -> list[int]:
    async with counter.db.transaction() as tx:
        found = await stock.left(tx, [(Kind.BUDGET, key) for key in keys])
    return [found[Kind.BUDGET, key] for key in keys]


LIFE = "life/1970-01-01"


async def test_the_first_exhausted_of_nested_budgets_stops_a_rule(counter: Counter, member: UUID) -> None:
    await publish(
        counter,
        [off("fresh_off", 300, "fresh"), off("dairy_off", 200, "dairy"), off("free_off", 50, None)],
        budget("spring", 1_100),
        budget("fresh", 700, "spring"),
        budget("dairy", 5_000, "spring"),
    )
    basket = [pieces("beef")]
    first = await counter.quote(basket, member)
    assert saved(first) == {"dairy_off": 200, "free_off": 50, "fresh_off": 300}
    await counter.place(first)
    keys = (f"main/spring/{LIFE}", f"main/fresh/{LIFE}", f"main/dairy/{LIFE}")
    assert await left(counter, *keys) == [600, 400, 4_800]
    await counter.place(await counter.quote(basket, member))
    assert await left(counter, *keys) == [100, 100, 4_600]
    # A hundred is left of the whole: the rule that is taken first has it, the other has nothing.
    last = await counter.quote(basket, member)
    assert saved(last) == {"dairy_off": 100, "free_off": 50}
    assert why_not(last, "fresh_off") == "used_up"
    placed = await counter.place(last)
    assert await left(counter, *keys) == [0, 100, 4_500]
    none_left = await counter.quote(basket, member)
    assert saved(none_left) == {"free_off": 50}
    assert {why_not(none_left, rule) for rule in ("fresh_off", "dairy_off")} == {"used_up"}
    await counter.act(placed, "cancel", reason="changed their mind")
    await counter.relay()
    assert await left(counter, *keys) == [100, 100, 4_600]
    assert saved(await counter.quote(basket, member)) == saved(last)
    assert await breaches(counter.db) == []


async def test_what_two_rules_take_together_is_within_what_is_left(counter: Counter, member: UUID) -> None:
    """Each alone would be within it. The token prices to the same again, and is placed."""
    await publish(counter, [off("a", 300, "b"), off("z", 400, "b")], budget("b", 500))
    quote = await counter.quote([pieces("beef")], member)
    assert saved(quote) == {"a": 300, "z": 200}
    assert quote["priced"]["payable_fen"] == 4_500
    # Whether another combination is as good was not looked at: all that is certain is what both would give.
    assert (quote["priced"]["proven"], quote["priced"]["bound_fen"]) == (False, 4_300)
    await counter.place(quote)
    assert await left(counter, f"main/b/{LIFE}") == [0]


async def test_a_price_is_not_cut_but_left_out_where_it_does_not_fit(counter: Counter, member: UUID) -> None:
    """The reduction is taken later, and has the rest."""
    price = UnitRule(code="price", name=named("price"), effect=PriceOff(400), budget="b")
    await publish(counter, [price, off("z", 300, "b")], budget("b", 500))
    assert saved(await counter.quote([pieces("milk")], member)) == {"price": 400, "z": 100}
    both = await counter.quote([pieces("milk", 2)], member)
    assert saved(both) == {"z": 300}
    await counter.place(both)
    assert await left(counter, f"main/b/{LIFE}") == [200]


@pytest.mark.parametrize("per", ["all", "member"])
async def test_a_cap_of_fen_holds_for_prices_and_for_copies_of_a_coupon(
    counter: Counter, member: UUID, per: str
) -> None:
    """What the quote gives can be placed: the engine alone would give more than there is."""
    cap = Cap("fen", 500, per)  # type: ignore[arg-type]  # one of them
    price = UnitRule(code="price", name=named("price"), effect=PriceOff(300), caps=(cap,))
    coupon = CouponRule(code="c", name=named("c"), effect=Off((OffStep(1_000, 400),)), caps=(cap,), stacking=None)
    await publish(counter, [price, coupon])
    for _ in range(2):
        await counter.grant(member, "c")
    quote = await counter.quote([pieces("milk", 2), pieces("beef")], member)
    taken = saved(quote)
    assert "price" not in taken
    assert taken["c"] == 500
    placed = await counter.place(quote)
    assert placed["due_fen"] == 7_000 - taken["c"]


async def test_a_budget_of_a_day_is_whole_again_the_next(counter: Counter, member: UUID, clock: SettableClock) -> None:
    await publish(
        counter, [off("a", 300, "day")], budget("day", 400, "month", "day"), budget("month", 600, None, "month")
    )
    basket = [pieces("beef")]
    await counter.place(await counter.quote(basket, member))
    assert saved(await counter.quote(basket, member)) == {"a": 100}
    clock.advance(timedelta(days=1))
    assert saved(await counter.quote(basket, member)) == {"a": 300}
    await counter.place(await counter.quote(basket, member))
    clock.advance(timedelta(days=1))
    assert saved(await counter.quote(basket, member)) == {}
    clock.advance(timedelta(days=31))
    assert saved(await counter.quote(basket, member)) == {"a": 300}


@pytest.mark.requirement("CHK-02")
async def test_who_is_too_late_is_quoted_what_is_left(counter: Counter) -> None:
    one, other = await register_members(counter.db, 2)
    await publish(counter, [off("a", 300, "b")], budget("b", 400))
    first, second = [await counter.quote([pieces("beef")], who) for who in (one, other)]
    await counter.place(first)
    refusal = refused(await counter.try_place(second), 409, "quote_not_honoured")
    assert [problem["path"] for problem in refusal["errors"]] == [f"$.stock[main/b/{LIFE}]"]
    assert saved(refusal["quote"]) == {"a": 100}
    await counter.place(refusal["quote"])
    assert await left(counter, f"main/b/{LIFE}") == [0]


async def test_a_newer_version_makes_a_budget_larger_at_the_next_order(counter: Counter, member: UUID) -> None:
    basket = [pieces("beef")]
    await publish(counter, [off("a", 300, "b")], budget("b", 300))
    await counter.place(await counter.quote(basket, member))
    assert saved(await counter.quote(basket, member)) == {}
    await publish(counter, [off("a", 300, "b")], budget("b", 1_000))
    await counter.place(await counter.quote(basket, member))
    assert await left(counter, f"main/b/{LIFE}") == [400]


async def test_a_token_keeps_what_is_left_for_the_rules_that_touch_its_basket(counter: Counter, member: UUID) -> None:
    """A thousand rules under one budget do not make it longer; and it prices to the same again."""
    others = [off(f"o{number}", 10, "b", at=1_000_000) for number in range(1_000)]
    await counter.stock(good("tea", 2_000, version=2))
    await publish(counter, [off("a", 300, "b"), *others], budget("b", 500))
    await counter.place(await counter.quote([pieces("beef")], member))
    quote = await counter.quote([pieces("beef"), pieces("tea")], member)
    assert saved(quote) == {"a": 200}
    assert (await counter.place(quote))["due_fen"] == 6_800
