"""Reading the facts of some members: the values of attributes, and what they bought."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from huixiang.conditions.depends import History
from huixiang.conditions.facts import Value
from huixiang.conditions.registry import Registry
from huixiang.conditions.sql.statement import Statement
from huixiang.kernel.calendar import BusinessCalendar

_WHOSE = {True: "$1::uuid", False: "ANY ($1::uuid[])"}


class HistoryQuery(msgspec.Struct, frozen=True):
    """A whole statement with its parameters; `$1` is the list of member ids, and is not among them. Theirs begin with
    the first parameter that was asked for, so that it can be a part of another."""

    text: str
    parameters: tuple[Any, ...]


def select_values(
    codes: Sequence[str],
    registry: Registry,
    calendar: BusinessCalendar,
    first_parameter: int = 2,
    *,
    of_one: bool = False,
) -> HistoryQuery:
    """Of members' attributes: columns member_id and one for each code, in their order. of_one: `$1` is one member's id,
    so that views which add up look at no other's rows."""
    statement = Statement(registry, calendar, first_parameter)
    columns = ["m.member_id"]
    for place, code in enumerate(codes):
        attribute = registry.find(code)
        if attribute is None:
            raise ValueError(f"there is no attribute {code}")
        columns.append(f"{statement.value_of(attribute)} AS a{place}")
    text = (
        f"SELECT {', '.join(columns)} FROM {statement.views.members} AS m\n{statement.joins}\n"
        f"WHERE m.member_id = {_WHOSE[of_one]}"
    )
    return HistoryQuery(text, tuple(statement.parameters))


def values_of(codes: Sequence[str], record: Sequence[Any]) -> Mapping[str, Value]:
    """A row of `select_values`, without its id, as facts have it: what is unknown is left out."""
    return {
        code: frozenset(value) if isinstance(value, list) else value
        for code, value in zip(codes, record, strict=True)
        if value is not None
    }


def select_purchases(
    histories: Collection[History],
    registry: Registry,
    calendar: BusinessCalendar,
    today: date,
    first_parameter: int = 2,
    *,
    of_one: bool = False,
) -> HistoryQuery:
    """What members bought of what is asked for: columns as the fields of `Purchase`, after member_id. of_one: `$1` is
    one member's id."""
    statement = Statement(registry, calendar, first_parameter)
    last = statement.parameter(today, "date")
    asked = []
    for history in sorted(histories, key=lambda one: (one.category or "", one.sku or "", one.days)):
        which = statement.purchases_of(history.category, history.sku)
        first = statement.parameter(today - timedelta(days=history.days - 1), "date")
        asked.append(f"({which} AND business_day >= {first})")
    quantity = "quantity" if any(history.quantity for history in histories) else "0"
    text = (
        f"SELECT member_id, business_day, category, sku, orders, {quantity} AS quantity, spend_fen"
        f" FROM {statement.views.purchases}\n"
        f"WHERE member_id = {_WHOSE[of_one]} AND business_day <= {last} AND ({' OR '.join(asked) or 'FALSE'})"
    )
    return HistoryQuery(text, tuple(statement.parameters))
