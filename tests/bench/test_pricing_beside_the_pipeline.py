"""The engine beside the yardstick: equal where both mean the same, else never dearer."""

from __future__ import annotations

import pytest

from bench.pricing_mapping import asked_of, promotions_of
from bench.pricing_pipeline import compile_pipeline, run_pipeline
from bench.pricing_workload import Promotion, Workload, draw
from huixiang.entry.attributes import REGISTRY
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price

BY_LINE = ("cat_pct", "sku_fixed", "group", "memberday", "coupon")


@pytest.fixture(scope="module")
def workload() -> Workload:
    return draw(7)


def both(workload: Workload, lines: str, promotions: list[Promotion]) -> list[tuple[Priced, tuple[int, list[int]]]]:
    rules, pipeline = compile_promotions(promotions_of(promotions), 1, REGISTRY), compile_pipeline(promotions)
    answers = []
    for basket in workload["baskets"][lines][:30]:
        asked = asked_of(basket, promotions)
        answers.append((price(rules, asked.basket, asked.situation), run_pipeline(pipeline, basket)))
    return answers


@pytest.mark.requirement("PRC-07")
@pytest.mark.parametrize("lines", ["1", "10", "30"])
@pytest.mark.parametrize("rules", ["10", "100", "1000"])
def test_it_is_never_dearer(workload: Workload, lines: str, rules: str) -> None:
    for priced, (payable, _) in both(workload, lines, workload["promosets"][rules]):
        assert priced.proven
        assert priced.payable_fen <= payable


@pytest.mark.parametrize("rules", ["10", "100", "1000"])
def test_without_groups_and_thresholds_they_agree_to_the_fen_on_every_line(workload: Workload, rules: str) -> None:
    some = [one for one in workload["promosets"][rules] if one["kind"] in BY_LINE]
    for priced, (payable, shares) in both(workload, "10", some):
        assert priced.payable_fen == payable
        assert [line.payable_fen for line in priced.lines] == shares
