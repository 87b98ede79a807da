"""What is wrong with a condition that its JSON schema cannot say: found before anything is compiled or saved."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any as Anything
from typing import cast

import msgspec

from huixiang.conditions import model
from huixiang.conditions.depends import Dependency, depends_on
from huixiang.conditions.facts import Value
from huixiang.conditions.model import (
    DEPTH_MAX,
    NODES_MAX,
    VALUES_MAX,
    Condition,
    OfAttribute,
    as_date,
    attribute_of,
    walk,
)
from huixiang.conditions.registry import Attribute, Registry, Type
from huixiang.kernel.errors import InvalidInput

EVERYTHING: frozenset[Dependency] = frozenset({"member", "context", "goods", "basket", "time"})
_TAKES: dict[type[OfAttribute], tuple[Type, ...]] = {
    model.Compare: ("integer", "date", "text", "boolean"),
    model.Between: ("integer", "date"),
    model.OneOf: ("integer", "date", "text"),
    model.NoneOf: ("integer", "date", "text"),
    model.Has: ("texts",),
    model.Known: ("integer", "date", "text", "boolean", "month_day", "texts"),
    model.Elapsed: ("date",),
    model.Anniversary: ("date", "month_day"),
}
_NAMED: dict[Type, str] = {
    "integer": "an integer",
    "text": "a text",
    "boolean": "true or false",
    "date": "a date such as 2026-01-31",
    "month_day": "a month and day such as 02-29",
    "texts": "a set of texts",
}
_WITH_PARTS = frozenset({model.All, model.Any, model.Not})
Wrong = tuple[str, str]  # what of the node, what was expected of it


class Problem(msgspec.Struct, frozen=True):
    """path: of the node or its field, `$.of[1].value`; problem: what was expected there."""

    path: str
    problem: str


def check(condition: Condition, registry: Registry, allowed: Collection[Dependency] = EVERYTHING) -> list[Problem]:
    """All that is wrong with it, in the order of its nodes. allowed: what it may depend on where it is used."""
    problems: list[Problem] = []
    for number, (path, depth, node) in enumerate(walk(condition), 1):
        if number > NODES_MAX:
            return [*problems, Problem(path, f"a condition has at most {NODES_MAX} nodes")]
        if depth > DEPTH_MAX:
            return [*problems, Problem(path, f"a condition has at most {DEPTH_MAX} levels")]
        problems += [Problem(f"{path}{where}", what) for where, what in _wrong(node, registry, allowed)]
    return problems


def require(condition: Condition, registry: Registry, allowed: Collection[Dependency] = EVERYTHING) -> None:
    """Raises InvalidInput with the first problem."""
    for problem in check(condition, registry, allowed):
        raise InvalidInput(path=problem.path, problem=problem.problem)


def typed(value: object, attribute: Attribute) -> Value:
    """A value as facts have it. Raises ValueError for one that is not of the attribute's type, saying what is."""
    if attribute.type == "date":
        if (day := as_date(value)) is not None:
            return day
    elif attribute.type == "boolean":
        if isinstance(value, bool):
            return value
    elif attribute.type == "integer":
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    elif isinstance(value, str):
        if attribute.choices and value not in attribute.choices:
            raise ValueError(f"expected one of {', '.join(attribute.choices)}")
        return value
    raise ValueError(f"expected {_NAMED[attribute.type]}, which {attribute.code} is")


def _wrong(node: Condition, registry: Registry, allowed: Collection[Dependency]) -> Iterator[Wrong]:
    for needed in depends_on(node, registry):
        if needed not in allowed:
            yield "", f"this asks for the {needed}, which is not known where the condition stands"
    if type(node) in _WITH_PARTS:
        return
    if (code := attribute_of(node)) is not None:
        yield from _wrong_of_attribute(cast("OfAttribute", node), registry.find(code))
        return
    match node:
        case model.BasketSum():
            yield from _wrong_bounds(node.at_least, node.at_most)
            yield from _wrong_scope(node.scope)
        case model.Bought():
            if node.category is not None and node.sku is not None:
                yield ".sku", "expected a category or a sku, not both"
            yield from _wrong_bounds(node.at_least, node.at_most)
        case _:
            yield from _wrong_of_time(node)


def _wrong_of_attribute(node: OfAttribute, attribute: Attribute | None) -> Iterator[Wrong]:
    if attribute is None:
        yield ".attribute", f"there is no attribute {node.attribute}"
        return
    if attribute.type not in _TAKES[type(node)]:
        expected = " or ".join(_NAMED[kind] for kind in _TAKES[type(node)])
        yield ".attribute", f"expected {expected}, but {attribute.code} is {_NAMED[attribute.type]}"
        return
    match node:
        case model.Compare():
            if attribute.type in _TAKES[model.Between] or node.op in {"eq", "ne"}:
                yield from _wrong_value(".value", node.value, attribute)
            else:
                yield ".op", f"expected eq or ne, as {attribute.code} is {_NAMED[attribute.type]}"
        case model.Between():
            yield from _wrong_range(node, attribute)
        case model.OneOf() | model.NoneOf() | model.Has():
            yield from _wrong_count(".values", node.values)
            for place, value in enumerate(node.values):
                yield from _wrong_value(f".values[{place}]", value, attribute)
        case model.Elapsed():
            yield from _wrong_bounds(node.at_least, node.at_most)
        case model.Anniversary() if node.within == "month" and (node.before or node.after):
            yield ".within", "days before and after are given within days, not within the month"


def _wrong_value(where: str, value: object, attribute: Attribute) -> Iterator[Wrong]:
    try:
        typed(value, attribute)
    except ValueError as error:
        yield where, str(error)


def _wrong_count(where: str, values: Collection[object]) -> Iterator[Wrong]:
    if not values:
        yield where, "expected at least one value"
    elif len(values) > VALUES_MAX:
        yield where, f"expected at most {VALUES_MAX} values"


def _wrong_range(node: model.Between, attribute: Attribute) -> Iterator[Wrong]:
    bounds: dict[str, Value] = {}
    for name in ("at_least", "at_most"):
        value = getattr(node, name)
        if value is not None:
            try:
                bounds[name] = typed(value, attribute)
            except ValueError as error:
                yield f".{name}", str(error)
                return
    yield from _wrong_bounds(bounds.get("at_least"), bounds.get("at_most"))


def _wrong_bounds(at_least: Anything, at_most: Anything) -> Iterator[Wrong]:
    """Of numbers, or of dates."""
    if at_least is None and at_most is None:
        yield "", "expected at_least, at_most or both"
    elif at_least is not None and at_most is not None and at_most < at_least:
        yield ".at_most", f"expected {at_least} or more, which is at_least"


def _wrong_scope(scope: model.Scope) -> Iterator[Wrong]:
    for name in scope.__struct_fields__:
        if (values := getattr(scope, name)) is not None:
            yield from _wrong_count(f".scope.{name}", values)


def _wrong_of_time(node: Condition) -> Iterator[Wrong]:
    match node:
        case model.During(start=None, end=None):
            yield "", "expected start, end or both"
        case model.During(start=start, end=end) if start is not None and end is not None and end <= start:
            yield ".end", "expected an instant after start"
        case model.Hours() if node.start == node.end:
            yield ".end", "expected another time than start; the whole day needs no condition"
        case model.Weekdays() | model.MonthDays():
            yield from _wrong_count(".days", node.days)
        case model.Yearly():
            for name in ("first", "last"):
                if as_date(f"2024-{getattr(node, name)}") is None:
                    yield f".{name}", "expected a day that some year has"
