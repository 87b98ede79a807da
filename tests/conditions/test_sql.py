"""What SQL a condition becomes, and which become none."""

from __future__ import annotations

from typing import Any

import pytest

from huixiang.conditions import sql
from huixiang.conditions.depends import scope_of
from huixiang.conditions.facts import Values
from huixiang.conditions.registry import Attribute, Registry, Source, Views
from huixiang.entry.attributes import REGISTRY
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.text import Text
from tests.conditions.ground import NOW, SHANGHAI, condition

GOLD = {"type": "compare", "attribute": "tier", "op": "eq", "value": "gold"}
AT_TILL = {"type": "compare", "attribute": "channel", "op": "eq", "value": "till"}
WEDNESDAY = {"type": "weekdays", "days": [3]}
SUNDAY = {"type": "weekdays", "days": [7]}
BASKET = {"type": "basket", "sum": "pieces", "at_least": 1}


def compiled(written: dict[str, Any], context: Values | None = None, first: int = 1) -> sql.Query:
    return sql.compile(
        condition(**written), REGISTRY, now=NOW, calendar=SHANGHAI, context=context, first_parameter=first
    )


@pytest.mark.requirement("PRC-06")
@pytest.mark.parametrize(
    ("written", "where", "parameters"),
    [
        (GOLD, "coalesce(v0.tier = $1::text, FALSE)", ("gold",)),
        ({"type": "all", "of": [WEDNESDAY, GOLD]}, "(coalesce(v0.tier = $1::text, FALSE))", ("gold",)),
        ({"type": "all", "of": [SUNDAY, GOLD]}, "FALSE", ()),
        ({"type": "any", "of": [WEDNESDAY, GOLD]}, "TRUE", ()),
        ({"type": "any", "of": [SUNDAY, {"type": "not", "of": WEDNESDAY}]}, "FALSE", ()),
        ({"type": "not", "of": {"type": "all", "of": [SUNDAY, GOLD]}}, "TRUE", ()),
        ({"type": "all", "of": []}, "TRUE", ()),
        ({"type": "any", "of": []}, "FALSE", ()),
    ],
    ids=["leaf", "true-in-all", "false-in-all", "true-in-any", "false-in-any", "not", "every", "none"],
)
def test_what_the_moment_decides_is_decided_before(
    written: dict[str, Any], where: str, parameters: tuple[Any, ...]
) -> None:
    query = compiled(written)
    assert (query.where, query.parameters) == (where, parameters)
    assert query.text.startswith("SELECT m.member_id FROM members.members_facts AS m")


def test_a_view_is_joined_once_and_parameters_follow_those_of_the_caller() -> None:
    since = {"type": "known", "attribute": "tier_since"}
    points = {"type": "compare", "attribute": "points", "op": "ge", "value": 5}
    query = compiled({"type": "all", "of": [GOLD, since, points, points]}, first=4)
    assert query.joins.count("LEFT JOIN") == 2
    assert "v1.book = $6::text" in query.joins
    assert query.parameters == ("gold", "Asia/Shanghai", "points", 5, 5)


def test_a_given_context_is_decided_before() -> None:
    written = {"type": "all", "of": [GOLD, AT_TILL]}
    assert compiled(written, {"channel": "till"}).parameters == ("gold",)
    assert compiled(written, {"channel": "app"}).where == "FALSE"
    assert compiled(written, {}).where == "FALSE"  # a context in which the channel is unknown


@pytest.mark.parametrize(
    ("written", "asks_for"),
    [
        (AT_TILL, "context"),
        (BASKET, "basket"),
        ({"type": "has", "attribute": "goods.tags", "values": ["x"]}, "goods"),
    ],
    ids=["context", "basket", "goods"],
)
def test_what_members_do_not_have_is_refused_with_its_place(written: dict[str, Any], asks_for: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        compiled({"type": "any", "of": [GOLD, written]})
    assert refused.value.fields["path"] == "$.of[1]"
    assert f"asks for the {asks_for}" in str(refused.value.fields["problem"])
    problems = sql.refusals(condition(**written), REGISTRY, with_context=True)
    assert bool(problems) is (asks_for != "context")


def test_what_check_finds_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no attribute colour"):
        compiled({**GOLD, "attribute": "colour"})


def test_names_that_stand_in_sql_as_they_are_are_names() -> None:
    for wrong in ("tiers_facts", "tiers.standing", "tiers.tiers_facts; --", "a.b.c_facts"):
        with pytest.raises(ValueError, match="is not a view"):
            Source(wrong, "tier")
        with pytest.raises(ValueError, match="is not a view"):
            Views(wrong, wrong)
    with pytest.raises(ValueError, match="not the name of a column"):
        Source("tiers.tiers_facts", "tier) OR (TRUE")
    with pytest.raises(ValueError, match="key"):
        Source("members.members_facts", "attributes", "json")


def test_a_registry_says_where_members_attributes_stand() -> None:
    name = Text(zh="甲", en="a")
    with pytest.raises(ValueError, match="source"):
        Attribute(code="a", name=name, type="text", scope="member")
    with pytest.raises(ValueError, match="source"):
        Attribute(code="a", name=name, type="text", scope="context", source=Source("a.a_facts", "a"))
    one = Attribute(code="a", name=name, type="text", scope="context")
    with pytest.raises(ValueError, match="two attributes"):
        Registry([one, one])
    assert Registry([one]).extended([]).find("a") is one
    assert REGISTRY.find("experiment.") is None
    with pytest.raises(ValueError, match="names no views"):
        sql.compile(condition(type="all", of=[]), Registry([]), now=NOW, calendar=SHANGHAI)


@pytest.mark.parametrize(
    ("written", "scope"),
    [
        (GOLD, {"member"}),
        (AT_TILL, {"context"}),
        (BASKET, {"basket"}),
        (SUNDAY, {"time"}),
        ({"type": "has", "attribute": "goods.tags", "values": ["x"]}, {"goods"}),
        ({"type": "bought", "count": "orders", "days": 1, "at_least": 1}, {"member", "time"}),
        ({"type": "elapsed", "attribute": "joined_on", "at_least": 1}, {"member", "time"}),
        ({"type": "anniversary", "attribute": "birthday"}, {"member", "time"}),
        ({"type": "any", "of": [{"type": "not", "of": GOLD}, BASKET]}, {"member", "basket"}),
        ({"type": "all", "of": []}, set()),
    ],
    ids=lambda one: one["type"] if isinstance(one, dict) else "-".join(sorted(one)),
)
def test_what_a_condition_depends_on(written: dict[str, Any], scope: set[str]) -> None:
    assert scope_of(condition(**written), REGISTRY) == scope
