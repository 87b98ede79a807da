"""Conditions as data: a tree of frozen structs, and the JSON that it is written in.

Every node is one object with its `type`. Numbers are integers (money in fen), a date is text such as `2026-01-31`, and
what is compared must have the type of its attribute: `check` says so before anything is compiled.

What is not known is unknown: each leaf below is false then, and `not` of it is true.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.money import AMOUNT_MAX

DEPTH_MAX = 12
NODES_MAX = 500
VALUES_MAX = 1000
DAYS_MAX = 3650

AttributeCode = Annotated[
    str,
    Meta(pattern=r"^[a-z][a-z0-9_]{0,47}(\.[a-z0-9_-]{1,64})?$(?!\n)", description="The name of an attribute."),
]
Number = Annotated[int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
Term = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$(?!\n)")]
Terms = Annotated[tuple[Term, ...], Meta(max_length=VALUES_MAX)]
Scalar = bool | Number | Term
Count = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]
Days = Annotated[int, Meta(ge=0, le=DAYS_MAX)]
NearDays = Annotated[int, Meta(ge=0, le=180)]
Instant = Annotated[datetime, Meta(tz=True)]
WallClock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)", description="Local time, 18:30.")]
DayOfYear = Annotated[
    str, Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$(?!\n)", description="Month and day, 02-29.")
]
Op = Literal["eq", "ne", "lt", "le", "gt", "ge"]


class Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type"):
    """What all nodes have: they are values, written with `type`."""


class All(Node, frozen=True, tag="all"):
    """Every one of them holds. With none it holds: a rule for everybody."""

    of: tuple[Condition, ...]


class Any(Node, frozen=True, tag="any"):
    """At least one of them holds."""

    of: tuple[Condition, ...]


class Not(Node, frozen=True, tag="not"):
    """It does not hold; so also where it is unknown."""

    of: Condition


class Compare(Node, frozen=True, tag="compare"):
    """An attribute against a value. Text and truth values know `eq` and `ne` only; numbers and dates all."""

    attribute: AttributeCode
    op: Op
    value: Scalar


class Between(Node, frozen=True, tag="between"):
    """A number or a date within bounds, both included; one of them may be left out."""

    attribute: AttributeCode
    at_least: Number | Term | None = None
    at_most: Number | Term | None = None


class OneOf(Node, frozen=True, tag="one_of"):
    """The attribute's value is one of these: texts or numbers."""

    attribute: AttributeCode
    values: Annotated[tuple[Number | Term, ...], Meta(max_length=VALUES_MAX)]


class NoneOf(Node, frozen=True, tag="none_of"):
    """The attribute is known, and its value is none of these."""

    attribute: AttributeCode
    values: Annotated[tuple[Number | Term, ...], Meta(max_length=VALUES_MAX)]


class Has(Node, frozen=True, tag="has"):
    """An attribute that is a set of texts contains `any` or `all` of these."""

    attribute: AttributeCode
    values: Terms
    match: Literal["any", "all"] = "any"


class Known(Node, frozen=True, tag="known"):
    """The attribute has a value, whichever."""

    attribute: AttributeCode


class Elapsed(Node, frozen=True, tag="elapsed"):
    """So many days have passed since a date attribute, 0 on its own day; a date that is still to come has passed
    less than 0. `at_most: 29` of `joined_on` is a member's first thirty days."""

    attribute: AttributeCode
    at_least: Days | None = None
    at_most: Days | None = None


class Anniversary(Node, frozen=True, tag="anniversary"):
    """The day of a birthday or of another date comes back. `days`: at most so many days `before` it or `after` it;
    `month`: in its month. The year does not count. 29 February is 28 February in years that have none."""

    attribute: AttributeCode
    within: Literal["days", "month"] = "days"
    before: NearDays = 0
    after: NearDays = 0


class During(Node, frozen=True, tag="during"):
    """From an instant up to, not including, another; one of them may be left out."""

    start: Instant | None = None
    end: Instant | None = None


class Weekdays(Node, frozen=True, tag="weekdays"):
    """On these days of the week, 1 for Monday to 7 for Sunday, by the business calendar."""

    days: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], Meta(max_length=7)]


class Hours(Node, frozen=True, tag="hours"):
    """By the local wall clock: from `start` up to, not including, `end`. An end before the start is on the next day:
    22:00 to 06:00."""

    start: WallClock
    end: WallClock


class MonthDays(Node, frozen=True, tag="month_days"):
    """On these days of a month. A month that is too short does not have them."""

    days: Annotated[tuple[Annotated[int, Meta(ge=1, le=31)], ...], Meta(max_length=31)]


class Yearly(Node, frozen=True, tag="yearly"):
    """In these days of every year, both included. A last day before the first is in the next year: 12-20 to 01-05."""

    first: DayOfYear
    last: DayOfYear


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which goods: those that match every list given, each by one of its entries; all goods where none is given. A
    category stands for itself and for everything below it."""

    skus: Terms | None = None
    categories: Terms | None = None
    brands: Terms | None = None
    tags: Terms | None = None


class BasketSum(Node, frozen=True, tag="basket"):
    """A sum over the basket's lines of a scope, within bounds. list_fen: the amount at list prices; pieces: of what is
    sold by the piece; grams: of what is weighed; skus: how many different ones."""

    sum: Literal["list_fen", "pieces", "grams", "skus"]
    at_least: Count | None = None
    at_most: Count | None = None
    scope: Scope = Scope()


class Bought(Node, frozen=True, tag="bought"):
    """What the member bought in the last `days` business days, today included: of a category with all below it, of a
    sku, or, with neither, of anything. orders: in how many; quantity: pieces, and weighed goods one a line; spend_fen:
    what was paid in cash. What came back does not count, and an order that came back whole is none."""

    count: Literal["orders", "quantity", "spend_fen"]
    days: Annotated[int, Meta(ge=1, le=DAYS_MAX)]
    category: Term | None = None
    sku: Term | None = None
    at_least: Count | None = None
    at_most: Count | None = None


Condition = (
    All
    | Any
    | Not
    | Compare
    | Between
    | OneOf
    | NoneOf
    | Has
    | Known
    | Elapsed
    | Anniversary
    | During
    | Weekdays
    | Hours
    | MonthDays
    | Yearly
    | BasketSum
    | Bought
)

ALWAYS = All(())
OfAttribute = Compare | Between | OneOf | NoneOf | Has | Known | Elapsed | Anniversary
OfTime = During | Weekdays | Hours | MonthDays | Yearly


def walk(condition: Condition, path: str = "$", depth: int = 1) -> Iterator[tuple[str, int, Condition]]:
    """Each node with its path (`$.of[1].of`) and its depth, the root first."""
    stack: list[tuple[str, int, Condition]] = [(path, depth, condition)]
    while stack:
        place, level, node = stack.pop()
        yield place, level, node
        if type(node) is Not:  # isinstance of a struct's class costs ten times as much
            stack.append((f"{place}.of", level + 1, node.of))
        elif type(node) is All or type(node) is Any:
            stack += [(f"{place}.of[{number}]", level + 1, part) for number, part in enumerate(node.of)][::-1]


def attribute_of(node: Condition) -> str | None:
    """The attribute that a node asks for, None where it asks for none."""
    return getattr(node, "attribute", None)


def decode(text: bytes | str) -> Condition:
    """A condition of JSON. Raises InvalidInput with the JSON path of what is wrong, and what was expected there."""
    try:
        return _DECODER.decode(text)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `")
        raise InvalidInput(path=path.removesuffix("`") or "$", problem=problem) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidInput(path="$", problem=str(error)) from error


def encode(condition: Condition) -> bytes:
    return msgspec.json.encode(condition)


_DECODER: msgspec.json.Decoder[Condition] = msgspec.json.Decoder(Condition)


def as_date(text: object) -> date | None:
    """The date that a text such as `2026-01-31` is, None where it is none."""
    try:
        found = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found and found.isoformat() == text else None
