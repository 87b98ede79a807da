"""Conditions compiled to functions over facts in memory: once for each version of a rule, then asked often."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from operator import attrgetter, ge, gt, le, lt
from typing import Any as Anything
from typing import cast

from huixiang.conditions import model
from huixiang.conditions.basket import basket_sum
from huixiang.conditions.check import require, typed
from huixiang.conditions.facts import Facts, Purchase, Value, Values
from huixiang.conditions.model import Condition, OfAttribute, OfTime, attribute_of
from huixiang.conditions.moments import holds_at, month_and_day, month_day, near_anniversary, today
from huixiang.conditions.registry import Attribute, Registry

Predicate = Callable[[Facts], bool]
Test = Callable[[Anything], bool]
_ORDER: dict[str, Callable[[Anything, Anything], bool]] = {"lt": lt, "le": le, "gt": gt, "ge": ge}


def compile(condition: Condition, registry: Registry) -> Predicate:  # noqa: A001 - what is done to a condition
    """A function that says whether the condition holds. Raises InvalidInput where `check` finds a problem."""
    require(condition, registry)
    return build(condition, registry)


def build(condition: Condition, registry: Registry) -> Predicate:
    """What `compile` gives, of a condition that was checked."""
    if type(condition) is model.All:
        return _all([build(part, registry) for part in condition.of])
    if type(condition) is model.Any:
        return _any([build(part, registry) for part in condition.of])
    if type(condition) is model.Not:
        inner = build(condition.of, registry)
        return lambda facts: not inner(facts)
    if (code := attribute_of(condition)) is not None:
        attribute = registry.find(code)
        assert attribute is not None  # noqa: S101 - checked
        return _of_attribute(cast("OfAttribute", condition), attribute)
    if type(condition) is model.BasketSum:
        return _basket(condition)
    if type(condition) is model.Bought:
        return _bought(condition)
    return _of_time(cast("OfTime", condition))


def _all(parts: Sequence[Predicate]) -> Predicate:
    match parts:
        case []:
            return lambda _: True
        case [only]:
            return only
        case [first, second]:
            return lambda facts: first(facts) and second(facts)

    def every(facts: Facts) -> bool:
        for part in parts:  # noqa: SIM110 - a generator costs as much as the parts
            if not part(facts):
                return False
        return True

    return every


def _any(parts: Sequence[Predicate]) -> Predicate:
    match parts:
        case []:
            return lambda _: False
        case [only]:
            return only
        case [first, second]:
            return lambda facts: first(facts) or second(facts)

    def some(facts: Facts) -> bool:
        for part in parts:  # noqa: SIM110 - the same
            if part(facts):
                return True
        return False

    return some


def _of_time(node: OfTime) -> Predicate:
    return lambda facts: holds_at(node, facts.calendar, facts.now)


def _of_attribute(node: OfAttribute, attribute: Attribute) -> Predicate:
    code = attribute.code
    known: Callable[[Facts], Values] = attrgetter(attribute.scope)
    if type(node) is model.Compare and node.op == "eq":
        expected = typed(node.value, attribute)
        return lambda facts: known(facts).get(code) == expected
    if type(node) is model.OneOf:
        among = frozenset(typed(value, attribute) for value in node.values)
        return lambda facts: known(facts).get(code) in among
    if type(node) is model.Known:
        return lambda facts: known(facts).get(code) is not None
    if type(node) is model.Elapsed or type(node) is model.Anniversary:
        return _of_day(node, code, known)
    test = _test(node, attribute)

    def leaf(facts: Facts) -> bool:
        value = known(facts).get(code)
        return value is not None and test(value)

    return leaf


def _test(node: OfAttribute, attribute: Attribute) -> Test:
    match node:
        case model.Compare():
            expected = typed(node.value, attribute)
            if node.op == "ne":
                return lambda value: value != expected
            holds = _ORDER[node.op]
            return lambda value: holds(value, expected)
        case model.Between():
            return _within(_bound(node.at_least, attribute), _bound(node.at_most, attribute))
        case model.NoneOf():
            excluded = frozenset(typed(value, attribute) for value in node.values)
            return lambda value: value not in excluded
        case model.Has():
            wanted = frozenset(node.values)
            if node.match == "all":
                return lambda value: wanted <= value
            return lambda value: not wanted.isdisjoint(value)
    raise AssertionError(node)


def _bound(value: int | str | None, attribute: Attribute) -> Value | None:
    return None if value is None else typed(value, attribute)


def _within(at_least: Anything, at_most: Anything) -> Test:
    if at_least is None:
        return lambda value: value <= at_most
    if at_most is None:
        return lambda value: value >= at_least
    return lambda value: at_least <= value <= at_most


def _of_day(node: model.Elapsed | model.Anniversary, code: str, known: Callable[[Facts], Values]) -> Predicate:
    def elapsed(facts: Facts, node: model.Elapsed) -> bool:
        day = known(facts).get(code)
        if not isinstance(day, date):
            return False
        passed = (today(facts.calendar, facts.now) - day).days
        return (node.at_least is None or node.at_least <= passed) and (node.at_most is None or passed <= node.at_most)

    def anniversary(facts: Facts, node: model.Anniversary) -> bool:
        day = known(facts).get(code)
        if isinstance(day, str):
            day_of_year = month_day(day)
        elif isinstance(day, date):
            day_of_year = month_and_day(day)
        else:
            return False
        return near_anniversary(node, day_of_year, today(facts.calendar, facts.now))

    if isinstance(node, model.Elapsed):
        return lambda facts: elapsed(facts, node)
    return lambda facts: anniversary(facts, node)


def _basket(node: model.BasketSum) -> Predicate:
    total = basket_sum(node.sum, node.scope)
    fits = _within(node.at_least, node.at_most)
    return lambda facts: facts.basket is not None and fits(total(facts.basket.lines))


def _bought(node: model.Bought) -> Predicate:
    fits = _within(node.at_least, node.at_most)

    def leaf(facts: Facts) -> bool:
        if facts.purchases is None:
            return False
        return fits(bought(node, facts.purchases, today(facts.calendar, facts.now)))

    return leaf


def bought(node: model.Bought, purchases: Sequence[Purchase], day: date) -> int:
    """What was bought of what the node counts, in the days that it looks at."""
    first = day - timedelta(days=node.days - 1)
    category, sku = node.category, node.sku
    return sum(
        getattr(one, node.count)
        for one in purchases
        if one.category == category and one.sku == sku and first <= one.day <= day
    )
