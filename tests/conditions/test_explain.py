"""Why a condition holds or not, in words and in as few as can say it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.conditions.explain import Explained, explain, reason
from huixiang.conditions.facts import Basket, BasketLine, Facts, Value
from huixiang.conditions.model import Condition
from huixiang.conditions.predicate import compile as compile_predicate
from tests.conditions import draws
from tests.conditions.ground import REGISTRY, condition, facts, member, purchase

KNOWN: dict[str, Value] = {
    "tier": "silver",
    "spend_90d": 81_200,
    "visits": 3,
    "subscribed": True,
    "joined_on": date(2026, 2, 16),
    "birthday": "03-20",
    "labels": frozenset({"vip", "staff"}),
}


def told(**written: Any) -> Explained:
    known = facts(
        member=KNOWN,
        context={"channel": "till"},
        basket=Basket([BasketLine(sku="milk", pieces=2, list_fen=9_180)]),
        purchases=[purchase(date(2026, 3, 1), category="fresh", orders=2)],
    )
    return explain(condition(**written), known, REGISTRY)


@pytest.mark.requirement("PRC-06", "PRC-08")
@pytest.mark.parametrize(
    ("written", "met", "en"),
    [
        ({"type": "compare", "attribute": "spend_90d", "op": "ge", "value": 100_000}, 0, "spend_90d 812.00 < 1000.00"),
        ({"type": "compare", "attribute": "spend_90d", "op": "lt", "value": 100_000}, 1, "spend_90d 812.00 < 1000.00"),
        ({"type": "compare", "attribute": "visits", "op": "gt", "value": 3}, 0, "visits 3 ≤ 3"),
        ({"type": "compare", "attribute": "visits", "op": "le", "value": 2}, 0, "visits 3 > 2"),
        ({"type": "compare", "attribute": "tier", "op": "eq", "value": "gold"}, 0, "tier silver ≠ gold"),
        ({"type": "compare", "attribute": "tier", "op": "ne", "value": "silver"}, 0, "tier silver = silver"),
        ({"type": "compare", "attribute": "subscribed", "op": "eq", "value": True}, 1, "subscribed true = true"),
        ({"type": "compare", "attribute": "experiment.a", "op": "eq", "value": "b"}, 0, "Experiment is unknown"),
        ({"type": "between", "attribute": "visits", "at_least": 4, "at_most": 9}, 0, "visits 3 < 4"),
        ({"type": "between", "attribute": "visits", "at_most": 2}, 0, "visits 3 > 2"),
        ({"type": "between", "attribute": "visits", "at_least": 1, "at_most": 9}, 1, "visits 3 ≥ 1 ≤ 9"),
        ({"type": "one_of", "attribute": "visits", "values": [5, 6, 7, 8, 9]}, 0, "visits 3 ∉ {5, 6, 7 +2}"),
        ({"type": "none_of", "attribute": "tier", "values": ["silver"]}, 0, "tier silver ∈ {silver}"),
        ({"type": "none_of", "attribute": "tier", "values": ["gold"]}, 1, "tier silver ∉ {gold}"),
        ({"type": "has", "attribute": "labels", "values": ["new"]}, 0, "labels {staff, vip} has none of {new}"),
        (
            {"type": "has", "attribute": "labels", "values": ["new", "vip"], "match": "all"},
            0,
            "labels {staff, vip} has not all of {new, vip}",
        ),
        ({"type": "known", "attribute": "birthday"}, 1, "birthday 03-20"),
        ({"type": "elapsed", "attribute": "joined_on", "at_most": 29}, 0, "joined_on 30 days ago > 29"),
        (
            {"type": "anniversary", "attribute": "birthday", "before": 1, "after": 3},
            0,
            "birthday 03-20, 2026-03-18 is not from 1 d before to 3 d after",
        ),
        (
            {"type": "anniversary", "attribute": "birthday", "within": "month"},
            1,
            "birthday 03-20, 2026-03-18 is of this month",
        ),
        ({"type": "weekdays", "days": [6, 7]}, 0, "Now Wed ∉ Sat, Sun"),
        ({"type": "hours", "start": "22:00", "end": "06:00"}, 0, "Now 10:30 ∉ 22:00 – 06:00"),
        ({"type": "month_days", "days": [8, 18]}, 1, "Now 2026-03-18 ∈ {8, 18}"),
        ({"type": "yearly", "first": "12-20", "last": "01-05"}, 0, "Now 03-18 ∉ 12-20 – 01-05"),
        (
            {"type": "during", "start": "2026-04-01T00:00:00+08:00"},
            0,
            "Now 2026-03-18 10:30+0800 ∉ 2026-04-01 00:00+0800 – …",
        ),
        ({"type": "basket", "sum": "list_fen", "at_least": 10_000}, 0, "Basket at list price 91.80 < 100.00"),
        (
            {"type": "bought", "count": "orders", "days": 30, "category": "fresh", "at_least": 3},
            0,
            "Orders in 30 days (fresh) 2 < 3",
        ),
        ({"type": "all", "of": []}, 1, "0 of 0 hold"),
    ],
    ids=lambda one: "-".join(map(str, one.values())) if isinstance(one, dict) else "",
)
def test_each_node_in_words(written: dict[str, Any], met: int, en: str) -> None:
    explained = told(**written)
    assert (explained.met, explained.text.en) == (bool(met), en)
    assert explained.path == "$"
    assert explained.kind == written["type"]
    assert explained.text.zh


GOLD = {"type": "compare", "attribute": "tier", "op": "eq", "value": "gold"}
RICH = {"type": "compare", "attribute": "spend_90d", "op": "ge", "value": 100_000}
OFTEN = {"type": "compare", "attribute": "visits", "op": "ge", "value": 2}


@pytest.mark.parametrize(
    ("written", "en"),
    [
        ({"type": "all", "of": [OFTEN, RICH]}, "spend_90d 812.00 < 1000.00"),
        ({"type": "all", "of": [{"type": "any", "of": [GOLD, RICH]}, RICH]}, "spend_90d 812.00 < 1000.00"),
        ({"type": "any", "of": [GOLD, RICH]}, "tier silver ≠ gold; spend_90d 812.00 < 1000.00"),
        ({"type": "not", "of": {"type": "any", "of": [GOLD, OFTEN]}}, "visits 3 ≥ 2"),
        (
            {"type": "not", "of": {"type": "all", "of": [OFTEN, {"type": "not", "of": GOLD}]}},
            "visits 3 ≥ 2; tier silver ≠ gold",
        ),
        ({"type": "any", "of": []}, "0 of 0 hold"),
    ],
    ids=lambda one: "-".join(map(str, one.values())) if isinstance(one, dict) else "",
)
def test_the_shortest_reason_for_a_failure(written: dict[str, Any], en: str) -> None:
    explained = told(**written)
    assert not explained.met
    assert reason(explained).en == en


def test_places_of_nodes_are_those_of_check() -> None:
    explained = told(type="all", of=[OFTEN, {"type": "not", "of": GOLD}])
    assert [part.path for part in explained.parts] == ["$.of[0]", "$.of[1]"]
    assert explained.parts[1].parts[0].path == "$.of[1].of"


LEAVES = st.sampled_from(
    [draws.leaves_of(REGISTRY, lambda _: True), draws.of_history(), draws.of_time(), draws.of_basket()]
).flatmap(lambda leaf: leaf)


@given(written=draws.conditions(LEAVES), unknown=st.sets(st.sampled_from(sorted(KNOWN))), now=draws.INSTANTS)
def test_what_is_explained_is_what_the_predicate_says(written: Condition, unknown: set[str], now: Any) -> None:
    known = Facts(
        now=now,
        calendar=member().calendar,
        member={code: value for code, value in KNOWN.items() if code not in unknown},
        basket=Basket([BasketLine(sku="milk", categories=("dairy", "fresh"), pieces=2, list_fen=3)]),
    )
    explained = explain(written, known, REGISTRY)
    assert explained.met == compile_predicate(written, REGISTRY)(known)
    assert reason(explained).en
    assert reason(explained).zh
