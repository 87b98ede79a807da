"""The workload of the pricing benchmarks is the one that other engines were measured on, and its yardstick adds up."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import pytest

from bench.pricing_mapping import CALENDAR, asked_of, promotions_of
from bench.pricing_pipeline import compile_pipeline, run_pipeline
from bench.pricing_workload import MIX, BasketLine, DrawnBasket, Promotion, Workload, draw
from huixiang.pricing.model.rules import Promotions

MEASURED_SEED = 20261121
MEASURED = "255c277be0aade2bcb567dc3f2a532e8cd6f57d528e123ef78a7d2168d19da79"


@pytest.fixture(scope="module")
def workload() -> Workload:
    return draw(MEASURED_SEED)


def test_a_seed_gives_the_data_that_other_engines_were_measured_on(workload: Workload) -> None:
    assert sha256(msgspec.json.encode(workload, order="deterministic")).hexdigest() == MEASURED


def test_another_seed_gives_other_data_of_the_same_kind(workload: Workload) -> None:
    other = draw(1)
    assert other["skus"] != workload["skus"]
    assert {size: len(promotions) for size, promotions in other["promosets"].items()} == {
        "10": 10,
        "100": 100,
        "1000": 1000,
    }
    assert [len(basket["lines"]) for basket in other["baskets"]["30"]] == [30] * 200


@pytest.mark.parametrize("size", MIX)
def test_every_promotion_is_a_rule_that_json_can_carry(workload: Workload, size: int) -> None:
    promotions = promotions_of(workload["promosets"][str(size)])
    assert msgspec.json.decode(msgspec.json.encode(promotions), type=Promotions) == promotions
    assert [rule.code for rule in promotions.rules] == [one["id"] for one in workload["promosets"][str(size)]]


def test_a_basket_is_asked_on_its_own_weekday_with_the_coupon_that_is_shown(workload: Workload) -> None:
    promotions = workload["promosets"]["100"]
    for drawn in workload["baskets"]["10"]:
        asked = asked_of(drawn, promotions)
        assert CALENDAR.day(asked.situation.facts.now).weekday() == drawn["weekday"]
        assert len(asked.situation.codes) == (drawn["coupon_ix"] is not None)
        assert sum(line.quantity * line.list_price_fen for line in asked.basket.lines) == sum(
            line["qty"] * line["price"] for line in drawn["lines"]
        )


PROMOTIONS: list[Promotion] = [
    {"id": "1", "kind": "cat_pct", "cat": "C01", "pct": 7.5},
    {"id": "2", "kind": "sku_fixed", "sku": "b", "off": 100},
    {"id": "3", "kind": "b3g1", "sku": "c", "buy": 3, "get": 1},
    {"id": "4", "kind": "bundle", "a": "a", "b": "b", "price": 1},
    {"id": "5", "kind": "tiers", "tiers": [[2_000, 300], [9_000, 900]]},
    {"id": "6", "kind": "group", "group": "gold", "pct": 5},
    {"id": "7", "kind": "memberday", "weekday": 2, "pct": 12},
    {"id": "8", "kind": "coupon", "code": "TEN", "pct": 10},
    {"id": "9", "kind": "freeship", "over": 1_900},
]


def test_the_yardstick_takes_the_best_price_of_each_line_then_steps_then_the_coupon() -> None:
    lines = [
        BasketLine(sku="a", cat="C01", price=199, qty=1),  # 184.075 at 92.5 %, 189.05 at 95 %
        BasketLine(sku="b", cat="C02", price=509, qty=2),  # 818 with the amount off
        BasketLine(sku="c", cat="C02", price=400, qty=5),  # 1,600 as 4 for 3 and one more
    ]
    basket = DrawnBasket(id="", lines=lines, group="gold", weekday=5, shipping=499, coupon_ix=0)
    # 184 + 818 + 1600 = 2602; 300 off is 2302; 90 % is 2071.8, 2072; delivery is free.
    payable, shares = run_pipeline(compile_pipeline(PROMOTIONS), basket)
    assert payable == 2_072
    assert shares == [147, 651, 1_274]
    on_member_day = DrawnBasket(**{**basket, "weekday": 2, "coupon_ix": None})
    # 175 + 818 + 1600 = 2593; 300 off; delivery is free.
    assert run_pipeline(compile_pipeline(PROMOTIONS), on_member_day)[0] == 2_293
