"""What is wrong with a condition is found before it is used, with the place and what was expected there."""

from __future__ import annotations

from typing import Any

import pytest

from huixiang.conditions.check import check
from huixiang.conditions.model import DEPTH_MAX, NODES_MAX, All, Condition, Known, Not, decode
from huixiang.conditions.predicate import compile as compile_predicate
from huixiang.kernel.errors import InvalidInput
from tests.conditions.ground import REGISTRY, condition

GOLD = {"type": "compare", "attribute": "tier", "op": "eq", "value": "gold"}


@pytest.mark.requirement("PRC-06")
@pytest.mark.parametrize(
    ("written", "path", "expected"),
    [
        ({**GOLD, "attribute": "colour"}, "$.attribute", "there is no attribute colour"),
        ({**GOLD, "attribute": "experiment."}, None, ""),
        ({**GOLD, "op": "lt"}, "$.op", "expected eq or ne, as tier is a text"),
        ({**GOLD, "value": 3}, "$.value", "expected a text, which tier is"),
        ({**GOLD, "value": "bronze"}, "$.value", "expected one of silver, gold, diamond"),
        ({**GOLD, "attribute": "visits", "value": True}, "$.value", "expected an integer, which visits is"),
        ({**GOLD, "attribute": "visits"}, "$.value", "expected an integer, which visits is"),
        ({**GOLD, "attribute": "subscribed", "value": 1}, "$.value", "expected true or false, which subscribed is"),
        ({**GOLD, "attribute": "joined_on", "value": "2026-02-30"}, "$.value", "expected a date such as"),
        ({**GOLD, "attribute": "joined_on", "value": "2026-W01-1"}, "$.value", "expected a date such as"),
        ({**GOLD, "attribute": "labels"}, "$.attribute", "but labels is a set of texts"),
        ({**GOLD, "attribute": "birthday", "value": "03-01"}, "$.attribute", "but birthday is a month and day"),
        ({"type": "between", "attribute": "tier", "at_least": 1}, "$.attribute", "expected an integer or a date"),
        ({"type": "between", "attribute": "visits"}, "$", "expected at_least, at_most or both"),
        ({"type": "between", "attribute": "visits", "at_least": 3, "at_most": 2}, "$.at_most", "expected 3 or more"),
        ({"type": "between", "attribute": "visits", "at_most": "3"}, "$.at_most", "expected an integer"),
        (
            {"type": "between", "attribute": "joined_on", "at_least": "2026-02-01", "at_most": "2026-01-31"},
            "$.at_most",
            "expected 2026-02-01 or more",
        ),
        ({"type": "one_of", "attribute": "tier", "values": []}, "$.values", "expected at least one value"),
        ({"type": "one_of", "attribute": "tier", "values": ["gold", 3]}, "$.values[1]", "expected a text"),
        ({"type": "none_of", "attribute": "subscribed", "values": ["x"]}, "$.attribute", "but subscribed is true or"),
        ({"type": "has", "attribute": "tier", "values": ["gold"]}, "$.attribute", "expected a set of texts"),
        ({"type": "has", "attribute": "labels", "values": []}, "$.values", "expected at least one value"),
        ({"type": "elapsed", "attribute": "birthday", "at_least": 1}, "$.attribute", "expected a date"),
        ({"type": "elapsed", "attribute": "joined_on"}, "$", "expected at_least, at_most or both"),
        (
            {"type": "anniversary", "attribute": "visits"},
            "$.attribute",
            "expected a date such as 2026-01-31 or a month",
        ),
        ({"type": "anniversary", "attribute": "birthday", "within": "month", "after": 1}, "$.within", "days before"),
        ({"type": "during"}, "$", "expected start, end or both"),
        (
            {"type": "during", "start": "2026-01-02T00:00:00Z", "end": "2026-01-02T08:00:00+08:00"},
            "$.end",
            "expected an instant after start",
        ),
        ({"type": "weekdays", "days": []}, "$.days", "expected at least one value"),
        ({"type": "month_days", "days": []}, "$.days", "expected at least one value"),
        ({"type": "hours", "start": "10:00", "end": "10:00"}, "$.end", "expected another time than start"),
        ({"type": "yearly", "first": "02-30", "last": "03-01"}, "$.first", "expected a day that some year has"),
        ({"type": "yearly", "first": "02-29", "last": "04-31"}, "$.last", "expected a day that some year has"),
        ({"type": "basket", "sum": "pieces"}, "$", "expected at_least, at_most or both"),
        ({"type": "basket", "sum": "pieces", "at_least": 1, "scope": {"tags": []}}, "$.scope.tags", "at least one"),
        (
            {"type": "bought", "count": "orders", "days": 3, "at_least": 1, "sku": "a", "category": "b"},
            "$.sku",
            "expected a category or a sku, not both",
        ),
        ({"type": "bought", "count": "orders", "days": 3, "at_least": 3, "at_most": 1}, "$.at_most", "3 or more"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(written: dict[str, Any], path: str | None, expected: str) -> None:
    if path is None:
        with pytest.raises(InvalidInput, match="regex"):
            condition(**written)
        return
    nested = condition(type="all", of=[GOLD, {"type": "not", "of": written}])
    (alone,) = check(condition(**written), REGISTRY)
    (below,) = check(nested, REGISTRY)
    assert alone.path == path
    assert below.path == path.replace("$", "$.of[1].of", 1)
    assert expected in alone.problem == below.problem
    with pytest.raises(InvalidInput) as refused:
        compile_predicate(nested, REGISTRY)
    assert refused.value.fields == {"path": below.path, "problem": below.problem}


def test_all_that_is_wrong_is_told_at_once() -> None:
    written = condition(type="any", of=[{**GOLD, "value": 1}, GOLD, {**GOLD, "attribute": "x"}])
    assert [problem.path for problem in check(written, REGISTRY)] == ["$.of[0].value", "$.of[2].attribute"]


def nested(depth: int) -> Condition:
    made: Condition = Known("tier")
    for _ in range(depth - 1):
        made = Not(made)
    return made


def test_depth_and_size_are_bounded() -> None:
    assert check(nested(DEPTH_MAX), REGISTRY) == []
    (problem,) = check(nested(DEPTH_MAX + 1), REGISTRY)
    assert problem.path == "$" + ".of" * DEPTH_MAX
    assert f"at most {DEPTH_MAX} levels" in problem.problem
    assert check(All((Known("tier"),) * (NODES_MAX - 1)), REGISTRY) == []
    (problem,) = check(All((Known("tier"),) * NODES_MAX), REGISTRY)
    assert problem.path == f"$.of[{NODES_MAX - 1}]"
    assert f"at most {NODES_MAX} nodes" in problem.problem


def test_a_tree_that_is_far_too_deep_is_refused_and_not_followed() -> None:
    (problem,) = check(nested(100_000), REGISTRY)
    assert "levels" in problem.problem
    with pytest.raises(InvalidInput):
        decode(b'{"type":"not","of":' * 100_000)


@pytest.mark.parametrize(
    ("written", "allowed", "asks_for"),
    [
        (GOLD, {"context"}, "member"),
        ({"type": "compare", "attribute": "channel", "op": "eq", "value": "x"}, {"member"}, "context"),
        ({"type": "has", "attribute": "goods.categories", "values": ["x"]}, {"member"}, "goods"),
        ({"type": "basket", "sum": "skus", "at_least": 1}, {"member", "time"}, "basket"),
        ({"type": "bought", "count": "orders", "days": 1, "at_least": 1}, {"basket", "time"}, "member"),
        ({"type": "weekdays", "days": [1]}, {"member"}, "time"),
        ({"type": "elapsed", "attribute": "joined_on", "at_least": 1}, {"member"}, "time"),
    ],
)
def test_what_is_not_known_where_it_stands_is_refused(
    written: dict[str, Any], allowed: set[Any], asks_for: str
) -> None:
    assert check(condition(**written), REGISTRY) == []
    (problem,) = check(condition(**written), REGISTRY, allowed)
    assert f"asks for the {asks_for}," in problem.problem
