"""Conditions and members at random, out of few values, so that they meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from huixiang.conditions import model
from huixiang.conditions.model import Condition
from huixiang.conditions.registry import Attribute, Registry, Type

FIRST_DAY = date(2025, 12, 1)
DAYS = 120  # of lives and orders; 2025-12-01 to 2026-03-30
TEXTS = ("silver", "gold", "diamond", "active", "blocked", "till", "app", "red", "blue", "Ä", "")
MONTH_DAYS = ("01-01", "02-28", "02-29", "03-01", "03-18", "12-31")
CATEGORIES = ("fresh", "fruit", "dairy", "home", "nowhere")
SKUS = ("apple", "milk", "soap", "unknown", "nowhere")
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC")

NUMBERS = st.one_of(st.integers(-3, 12), st.sampled_from((100, 1000, 5000, 10**12)))
DATES = st.integers(-3, DAYS + 3).map(lambda days: FIRST_DAY + timedelta(days=days))
INSTANTS = st.integers(0, DAYS * 48).map(
    lambda half_hours: datetime(2025, 12, 1, tzinfo=UTC) + timedelta(minutes=30 * half_hours)
)
_VALUES: dict[Type, st.SearchStrategy[Any]] = {
    "integer": NUMBERS,
    "text": st.sampled_from(TEXTS),
    "boolean": st.booleans(),
    "date": DATES.map(date.isoformat),
}


def bounds(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """One or both, in order."""
    both = st.tuples(numbers, numbers).map(sorted).map(lambda two: {"at_least": two[0], "at_most": two[1]})
    return st.one_of(numbers.map(lambda one: {"at_least": one}), numbers.map(lambda one: {"at_most": one}), both)


def of_attribute(attribute: Attribute) -> st.SearchStrategy[Condition]:
    """Every question that an attribute of its type may be asked."""
    code, known = attribute.code, st.just(model.Known(attribute.code))
    if attribute.type == "texts":
        values = st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=3).map(tuple)
        return st.one_of(known, st.builds(model.Has, st.just(code), values, st.sampled_from(("any", "all"))))
    if attribute.type == "month_day":
        return st.one_of(known, _anniversaries(code))
    value = _VALUES[attribute.type]
    if attribute.choices:
        value = st.sampled_from(attribute.choices)
    asked: list[st.SearchStrategy[Condition]] = [
        known,
        st.builds(model.Compare, st.just(code), st.sampled_from(("eq", "ne")), value),
    ]
    if attribute.type in {"integer", "date"}:
        asked.append(st.builds(model.Compare, st.just(code), st.sampled_from(("lt", "le", "gt", "ge")), value))
        asked.append(bounds(value).map(lambda those: model.Between(code, **those)))
    if attribute.type != "boolean":
        values = st.lists(value, min_size=1, max_size=4).map(tuple)
        asked += [st.builds(kind, st.just(code), values) for kind in (model.OneOf, model.NoneOf)]
    if attribute.type == "date":
        asked += [_anniversaries(code), bounds(st.integers(0, DAYS)).map(lambda those: model.Elapsed(code, **those))]
    return st.one_of(asked)


def _anniversaries(code: str) -> st.SearchStrategy[Condition]:
    near = st.sampled_from((0, 1, 3, 30, 180))
    return st.one_of(
        st.just(model.Anniversary(code, "month")),
        st.builds(lambda before, after: model.Anniversary(code, before=before, after=after), near, near),
    )


def of_time() -> st.SearchStrategy[Condition]:
    minutes = st.integers(0, 47).map(lambda half: f"{half // 2:02d}:{half % 2 * 30:02d}")
    hours = st.tuples(minutes, minutes).filter(lambda two: two[0] != two[1]).map(lambda two: model.Hours(*two))
    days = st.sampled_from(MONTH_DAYS)
    some_days = st.lists(st.integers(1, 31), min_size=1, max_size=12)
    periods = st.tuples(INSTANTS, INSTANTS).map(sorted).filter(lambda two: two[0] < two[1])
    return st.one_of(
        hours,
        st.lists(st.integers(1, 7), min_size=1, max_size=4).map(lambda those: model.Weekdays(tuple(those))),
        some_days.map(lambda those: model.MonthDays(tuple(those))),
        st.builds(model.Yearly, days, days),
        periods.map(lambda two: model.During(*two)),
        st.builds(model.During, INSTANTS),
        st.builds(model.During, st.none(), INSTANTS),
    )


def of_history() -> st.SearchStrategy[Condition]:
    goods: st.SearchStrategy[dict[str, str]] = st.one_of(
        st.just({}),
        st.sampled_from(CATEGORIES).map(lambda one: {"category": one}),
        st.sampled_from(SKUS).map(lambda one: {"sku": one}),
    )
    amounts = st.sampled_from((0, 1, 2, 3, 5, 500, 1000, 3000))
    return st.builds(
        lambda count, days, of, between: model.Bought(count, days, **of, **between),
        st.sampled_from(("orders", "quantity", "spend_fen")),
        st.sampled_from((1, 2, 7, 30, 60, 400)),
        goods,
        bounds(amounts),
    )


def of_basket() -> st.SearchStrategy[Condition]:
    terms = st.one_of(st.none(), st.lists(st.sampled_from(CATEGORIES + SKUS), min_size=1, max_size=3).map(tuple))
    return st.builds(
        lambda counted, between, scope: model.BasketSum(counted, **between, scope=scope),
        st.sampled_from(("list_fen", "pieces", "grams", "skus")),
        bounds(st.integers(0, 12)),
        st.builds(model.Scope, terms, terms, terms, terms),
    )


@st.composite
def conditions(draw: st.DrawFn, leaves: st.SearchStrategy[Condition]) -> Condition:
    """A tree over one to six of them."""
    parts = [
        model.Not(leaf) if negated else leaf
        for leaf, negated in draw(st.lists(st.tuples(leaves, st.booleans()), min_size=1, max_size=6))
    ]
    if draw(st.integers(0, 9)) == 9:
        parts.append(model.All(()) if draw(st.booleans()) else model.Any(()))
    every = draw(st.booleans())
    while len(parts) > 1:
        taken = draw(st.integers(2, len(parts)))
        inside = tuple(parts[:taken])
        whole: Condition = model.All(inside) if every else model.Any(inside)
        parts = [*parts[taken:], model.Not(whole) if draw(st.booleans()) else whole]
        every = not every
    return parts[0]


def leaves_of(registry: Registry, wanted: Callable[[Attribute], bool]) -> st.SearchStrategy[Condition]:
    """Questions about the registry's attributes, each as often as another."""
    return st.sampled_from([one for one in registry.attributes.values() if wanted(one)]).flatmap(of_attribute)
