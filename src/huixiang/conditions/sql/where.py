"""A condition as a question over all members. What only the moment and the context decide is decided before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any as Anything

import msgspec

from huixiang.conditions import model
from huixiang.conditions.check import Problem, require, typed
from huixiang.conditions.depends import depends_on
from huixiang.conditions.facts import Facts, Values
from huixiang.conditions.model import Condition, OfAttribute, walk
from huixiang.conditions.moments import anniversaries_near, today
from huixiang.conditions.registry import Attribute, Registry
from huixiang.conditions.sql.fold import fold
from huixiang.conditions.sql.statement import SQL_TYPES, Statement
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.errors import InvalidInput

_SIGNS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


class Query(msgspec.Struct, frozen=True):
    """members: the view that stands as `m`. joins and where name parameters from the first that was asked for."""

    members: str
    joins: str
    where: str
    parameters: tuple[Anything, ...]

    @property
    def text(self) -> str:
        """The ids of all members for whom the condition holds."""
        return f"SELECT m.member_id FROM {self.members} AS m\n{self.joins}\nWHERE {self.where}"


def refusals(condition: Condition, registry: Registry, *, with_context: bool = False) -> list[Problem]:
    """Why it is no question over all members, beside what `check` finds: it asks for a basket, for one line's goods, or
    for a context that was not given."""
    unknown = {"basket", "goods"} if with_context else {"basket", "goods", "context"}
    return [
        Problem(path, f"this asks for the {needed}, which members have none of; it cannot be asked of all members")
        for path, _, node in walk(condition)
        for needed in depends_on(node, registry)
        if needed in unknown
    ]


def compile(  # noqa: A001 - what is done to a condition
    condition: Condition,
    registry: Registry,
    *,
    now: datetime,
    calendar: BusinessCalendar,
    context: Values | None = None,
    first_parameter: int = 1,
) -> Query:
    """The condition at an instant, in a context where one is given. Raises InvalidInput for what is wrong with it or
    cannot be asked of all members."""
    require(condition, registry)
    for problem in refusals(condition, registry, with_context=context is not None):
        raise InvalidInput(path=problem.path, problem=problem.problem)
    statement = Statement(registry, calendar, first_parameter)
    left = fold(condition, registry, Facts(now=now, calendar=calendar, context=context or {}))
    where = str(left).upper() if isinstance(left, bool) else _Writer(statement, today(calendar, now)).write(left)
    return Query(statement.views.members, statement.joins, where, tuple(statement.parameters))


class _Writer:
    """Writes a condition's nodes; every leaf is true or false, never null."""

    def __init__(self, statement: Statement, today: date) -> None:
        self._statement = statement
        self._today = today

    def write(self, node: Condition) -> str:
        match node:
            case model.All():
                return f"({' AND '.join(map(self.write, node.of))})"
            case model.Any():
                return f"({' OR '.join(map(self.write, node.of))})"
            case model.Not():
                return f"NOT {self.write(node.of)}"
            case model.Bought():
                return self._bought(node)
        assert isinstance(node, OfAttribute)  # noqa: S101 - nothing else is of the member
        attribute = self._statement.registry.find(node.attribute)
        assert attribute is not None  # noqa: S101 - checked
        value = self._statement.value_of(attribute)
        return f"coalesce({self._of_attribute(node, attribute, value)}, FALSE)"

    def _of_attribute(self, node: OfAttribute, attribute: Attribute, value: str) -> str:
        kind = SQL_TYPES[attribute.type]
        given = self._statement.parameter
        match node:
            case model.Compare():
                return f"{value} {_SIGNS[node.op]} {given(typed(node.value, attribute), kind)}"
            case model.Between():
                least, most = (None if one is None else typed(one, attribute) for one in (node.at_least, node.at_most))
                return self._within(value, least, most, kind)
            case model.OneOf():
                return f"{value} = ANY ({given([typed(one, attribute) for one in node.values], kind + '[]')})"
            case model.NoneOf():
                return f"{value} <> ALL ({given([typed(one, attribute) for one in node.values], kind + '[]')})"
            case model.Has():
                return f"{value} {'@>' if node.match == 'all' else '&&'} {given(list(node.values), kind)}"
            case model.Known():
                return f"{value} IS NOT NULL"
            case model.Elapsed():
                oldest, latest = (
                    None if days is None else self._today - timedelta(days=days)
                    for days in (node.at_most, node.at_least)
                )
                return self._within(value, oldest, latest, "date")
            case model.Anniversary():
                day_of_year = f"to_char({value}, 'MM-DD')" if attribute.type == "date" else value
                near = [f"{one // 100:02d}-{one % 100:02d}" for one in anniversaries_near(node, self._today)]
                return f"{day_of_year} = ANY ({given(near, 'text[]')})"

    def _within(self, value: str, at_least: Anything, at_most: Anything, kind: str) -> str:
        if at_most is None:
            return f"{value} >= {self._statement.parameter(at_least, kind)}"
        if at_least is None:
            return f"{value} <= {self._statement.parameter(at_most, kind)}"
        lower, upper = (self._statement.parameter(one, kind) for one in (at_least, at_most))
        return f"{value} BETWEEN {lower} AND {upper}"

    def _bought(self, node: model.Bought) -> str:
        """Summed for all members at once, and joined: some have bought nothing."""
        given = self._statement.parameter
        which = self._statement.purchases_of(node.category, node.sku)
        first, last = (given(day, "date") for day in (self._today - timedelta(days=node.days - 1), self._today))
        table = (
            f"(SELECT member_id, sum({node.count}) AS total FROM {self._statement.views.purchases}"
            f" WHERE {which} AND business_day BETWEEN {first} AND {last} GROUP BY member_id)"
        )
        total = f"coalesce({self._statement.join(table)}.total, 0)"
        return f"({self._within(total, node.at_least, node.at_most, 'bigint')})"
