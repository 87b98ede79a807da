"""Rules that do not touch a basket are not looked at, however many there are."""

from __future__ import annotations

import pytest

from bench.pricing_mapping import asked_of
from bench.pricing_scaling import rule_sets
from bench.pricing_workload import Workload, draw
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.engine import price
from huixiang.pricing.rules.quote import Quote

pytestmark = pytest.mark.requirement("PRC-07")


@pytest.fixture(scope="module")
def workload() -> Workload:
    return draw()


@pytest.fixture(scope="module")
def sets(workload: Workload) -> tuple[RuleSet, RuleSet]:
    return rule_sets(workload["promosets"]["100"])


@pytest.mark.parametrize("lines", ["1", "10", "30", "100"])
def test_ten_times_the_rules_are_no_more_rules_to_visit(
    workload: Workload, sets: tuple[RuleSet, RuleSet], lines: str
) -> None:
    few, many = sets
    assert len(many.rules) == 10 * len(few.rules)
    met = 0
    for second, basket in enumerate(workload["baskets"][lines][:25]):
        asked = asked_of(basket, workload["promosets"]["100"], second)
        one, other = (Quote(rules, asked.basket, asked.situation) for rules in sets)
        assert one.visited == other.visited
        assert one.visited < len(few.rules)
        met += one.visited
        with_few, with_many = (price(rules, asked.basket, asked.situation) for rules in sets)
        assert (with_few.lines, with_few.applied) == (with_many.lines, with_many.applied)
    assert met > 25
