"""Each kind of condition by example, at its bounds, and where what it asks for is unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huixiang.conditions.facts import BasketLine, Facts, Value
from huixiang.kernel.calendar import BusinessCalendar
from tests.conditions.ground import basket, condition, facts, holds, member

APPLES = BasketLine(
    sku="apple", categories=("fruit", "fresh"), brand="orchard", tags=("organic",), grams=800, list_fen=1264
)
MILK = BasketLine(sku="milk", categories=("dairy", "fresh"), brand="meadow", tags=("cold",), pieces=2, list_fen=2500)
SOAP = BasketLine(sku="soap", categories=("home",), pieces=1, list_fen=900)


@pytest.mark.requirement("PRC-06")
@pytest.mark.parametrize(
    ("attribute", "op", "value", "known", "expected"),
    [
        ("tier", "eq", "gold", "gold", True),
        ("tier", "eq", "gold", "silver", False),
        ("tier", "ne", "gold", "silver", True),
        ("tier", "ne", "gold", "gold", False),
        ("spend_90d", "lt", 1000, 999, True),
        ("spend_90d", "lt", 1000, 1000, False),
        ("spend_90d", "le", 1000, 1000, True),
        ("spend_90d", "le", 1000, 1001, False),
        ("spend_90d", "gt", 1000, 1001, True),
        ("spend_90d", "gt", 1000, 1000, False),
        ("spend_90d", "ge", 1000, 1000, True),
        ("spend_90d", "ge", 1000, 812, False),
        ("visits", "eq", 0, 0, True),
        ("subscribed", "eq", False, False, True),
        ("subscribed", "ne", False, True, True),
    ],
)
def test_compare(attribute: str, op: str, value: object, known: Value, *, expected: bool) -> None:
    asked = condition(type="compare", attribute=attribute, op=op, value=value)
    assert holds(asked, member(**{attribute: known})) is expected


def test_dates_are_compared_as_days() -> None:
    since = condition(type="compare", attribute="joined_on", op="ge", value="2026-01-31")
    assert holds(since, member(joined_on=date(2026, 1, 31)))
    assert not holds(since, member(joined_on=date(2026, 1, 30)))


LEAVES_OF_MEMBERS: list[dict[str, Any]] = [
    *({"type": "compare", "attribute": "visits", "op": op, "value": 3} for op in ("eq", "ne", "lt", "le", "gt", "ge")),
    {"type": "between", "attribute": "visits", "at_least": -5},
    {"type": "between", "attribute": "visits", "at_most": 5},
    {"type": "one_of", "attribute": "tier", "values": ["gold"]},
    {"type": "none_of", "attribute": "tier", "values": ["gold"]},
    {"type": "has", "attribute": "labels", "values": ["vip"]},
    {"type": "has", "attribute": "labels", "values": ["vip"], "match": "all"},
    {"type": "known", "attribute": "tier"},
    {"type": "elapsed", "attribute": "joined_on", "at_least": 0},
    {"type": "anniversary", "attribute": "birthday", "before": 180, "after": 180},
    {"type": "anniversary", "attribute": "birthday", "within": "month"},
    {"type": "basket", "sum": "list_fen", "at_most": 10_000},
    {"type": "bought", "count": "orders", "days": 30, "at_most": 5},
    {"type": "compare", "attribute": "channel", "op": "ne", "value": "till"},
    {"type": "has", "attribute": "goods.categories", "values": ["fresh"]},
]


@pytest.mark.parametrize("written", LEAVES_OF_MEMBERS, ids=lambda one: "-".join(map(str, one.values())))
def test_what_is_unknown_makes_a_leaf_false_and_not_of_it_true(written: dict[str, Any]) -> None:
    assert not holds(condition(**written), facts())
    assert holds(condition(type="not", of=written), facts())


@pytest.mark.parametrize(
    ("bounds", "within", "outside"),
    [
        ({"at_least": 10}, [10, 99], [9]),
        ({"at_most": 10}, [10, -3], [11]),
        ({"at_least": 10, "at_most": 10}, [10], [9, 11]),
    ],
)
def test_between_includes_its_bounds(bounds: dict[str, int], within: list[int], outside: list[int]) -> None:
    asked = condition(type="between", attribute="visits", **bounds)
    assert all(holds(asked, member(visits=number)) for number in within)
    assert not any(holds(asked, member(visits=number)) for number in outside)


def test_sets_of_values() -> None:
    among = condition(type="one_of", attribute="tier", values=["gold", "diamond"])
    outside = condition(type="none_of", attribute="tier", values=["gold", "diamond"])
    for tier, inside in (("gold", True), ("diamond", True), ("silver", False)):
        assert holds(among, member(tier=tier)) is inside
        assert holds(outside, member(tier=tier)) is not inside
    assert holds(condition(type="one_of", attribute="visits", values=[3, 5]), member(visits=5))


def test_attributes_that_are_sets() -> None:
    some = condition(type="has", attribute="labels", values=["vip", "staff"])
    every = condition(type="has", attribute="labels", values=["vip", "staff"], match="all")
    for labels, has_some, has_all in (
        ({"vip"}, True, False),
        ({"vip", "staff", "x"}, True, True),
        ({"x"}, False, False),
    ):
        known = member(labels=frozenset(labels))
        assert (holds(some, known), holds(every, known)) == (has_some, has_all)
    assert holds(every, member(labels=frozenset({"vip", "staff"})))
    nothing = member(labels=frozenset())
    assert not holds(some, nothing)
    assert holds(condition(type="known", attribute="labels"), nothing)


def test_all_any_and_not() -> None:
    gold = {"type": "compare", "attribute": "tier", "op": "eq", "value": "gold"}
    often = {"type": "compare", "attribute": "visits", "op": "ge", "value": 3}
    often_here = {"type": "compare", "attribute": "channel", "op": "eq", "value": "till"}
    for tier, visits, channel in [(t, v, c) for t in ("gold", "silver") for v in (2, 3) for c in ("till", "app")]:
        known = facts(member={"tier": tier, "visits": visits}, context={"channel": channel})
        truths = [tier == "gold", visits >= 3, channel == "till"]
        for count in range(4):
            of = [gold, often, often_here][:count]
            assert holds(condition(type="all", of=of), known) is all(truths[:count])
            assert holds(condition(type="any", of=of), known) is any(truths[:count])
        assert holds(condition(type="not", of={"type": "not", "of": gold}), known) is truths[0]


def test_context_and_assignments_to_experiments() -> None:
    variant = condition(type="compare", attribute="experiment.colour", op="eq", value="red")
    assert holds(variant, facts(context={"experiment.colour": "red"}))
    assert not holds(variant, facts(context={"experiment.colour": "blue"}))
    assert not holds(variant, facts(member={"experiment.colour": "red"}))


BASKET = (APPLES, MILK, SOAP)


@pytest.mark.requirement("PRC-06", "PRC-03")
@pytest.mark.parametrize(
    ("counted", "scope", "expected"),
    [
        ("list_fen", {}, 4664),
        ("list_fen", {"categories": ["fresh"]}, 3764),
        ("list_fen", {"categories": ["dairy"]}, 2500),
        ("list_fen", {"categories": ["fresh"], "brands": ["meadow"]}, 2500),
        ("list_fen", {"brands": ["meadow", "orchard"], "tags": ["organic"]}, 1264),
        ("list_fen", {"skus": ["soap", "milk"]}, 3400),
        ("list_fen", {"tags": ["nowhere"]}, 0),
        ("pieces", {}, 3),
        ("grams", {}, 800),
        ("skus", {}, 3),
        ("skus", {"categories": ["fresh"]}, 2),
    ],
)
def test_basket_sums_by_scope(counted: str, scope: dict[str, list[str]], expected: int) -> None:
    exactly = condition(type="basket", sum=counted, scope=scope, at_least=expected, at_most=expected)
    assert holds(exactly, basket(*BASKET))
    more = condition(type="basket", sum=counted, scope=scope, at_least=expected + 1)
    assert not holds(more, basket(*BASKET))


def test_an_empty_basket_is_a_sum_of_nothing_and_no_basket_is_unknown() -> None:
    little = condition(type="basket", sum="list_fen", at_most=100)
    assert holds(little, basket())
    assert not holds(little, facts())


@pytest.mark.requirement("PRC-14")
def test_how_a_line_is_split_does_not_matter() -> None:
    halves = tuple(
        BasketLine(sku="milk", categories=("dairy", "fresh"), brand="meadow", tags=("cold",), pieces=1, list_fen=1250)
        for _ in range(2)
    )
    for counted, expected in (("list_fen", 2500), ("pieces", 2), ("skus", 1), ("grams", 0)):
        exactly = condition(type="basket", sum=counted, at_least=expected, at_most=expected)
        assert holds(exactly, basket(MILK))
        assert holds(exactly, basket(*halves))


def test_goods_of_one_line() -> None:
    fresh = condition(type="has", attribute="goods.categories", values=["fresh"])
    assert holds(fresh, facts(goods={"goods.categories": frozenset(APPLES.categories)}))
    assert not holds(fresh, facts(goods={"goods.categories": frozenset(SOAP.categories)}))


def test_facts_say_nothing_of_themselves() -> None:
    assert Facts(now=facts().now, calendar=BusinessCalendar("UTC")).purchases is None
