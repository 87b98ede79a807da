"""What a token keeps of the answer, on baskets and promotions drawn at random: nothing that an order needs is lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from huixiang.pricing.model.basket import Basket, Situation
from huixiang.pricing.model.kept import Choices, Kept, KeptTotals
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.rules import kept
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from tests.pricing.judges.instances import REGISTRY, Size, instance
from tests.support.fixtures import NOW

SIZES = (Size(lines=3, rules=4), Size(lines=8, rules=9))


def choices(priced: Priced) -> Choices:
    return Choices(
        version=1,
        member_id=UUID(int=7),
        issued_at=NOW,
        expires_at=NOW + timedelta(minutes=15),
        points=0,
        totals=KeptTotals(
            priced.payable_fen, priced.goods_fen, priced.delivery_fen, priced.packaging_fen, 0, 0, priced.proven
        ),
        programme="default",
        rate=(1, 1),
    )


def through_a_token(basket: Basket, situation: Situation, priced: Priced) -> Kept:
    return kept.unpacked(kept.packed(kept.keep(basket, situation, priced, choices(priced))))


@pytest.mark.requirement("CHK-01")
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_an_answer_comes_back_as_it_was(size: Size) -> None:
    layers: set[str] = set()
    coupons = merged = 0
    for seed in range(400_000, 400_150):
        drawn = instance(seed, size)
        rule_set = compile_promotions(drawn.promotions, 1, REGISTRY)
        answered = price(rule_set, drawn.basket, drawn.situation, nodes_max=2_000)
        again = kept.answer_of(through_a_token(drawn.basket, drawn.situation, answered), rule_set)
        bare = replace(
            answered,
            lines=tuple(replace(line, portions=()) for line in answered.lines),
            not_applied=(),
            bound_fen=answered.payable_fen,
            nodes=0,
        )
        assert again == bare, f"seed {seed}"
        layers |= {one.layer for one in answered.applied}
        coupons += sum(one.coupon_id is not None for one in answered.applied)
        merged += len({line.sku for line in answered.lines}) < len(answered.lines)
    assert layers == {"unit", "group", "order", "coupon", "delivery"}
    assert coupons
    assert merged
