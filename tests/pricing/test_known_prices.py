"""What a rule set keeps of quotes before never changes an answer, and it does not keep more than it may."""

from __future__ import annotations

from itertools import product
from random import Random

import msgspec
import pytest

from huixiang.conditions.facts import Facts
from huixiang.conditions.model import Compare
from huixiang.pricing.model.basket import Basket, Line, Room, Situation
from huixiang.pricing.model.effects import GroupRate, Price, PriceOff, PriceRate, Scope
from huixiang.pricing.model.rules import Cap, GroupRule, Promotions, Slot, UnitRule
from huixiang.pricing.rules import known_prices
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from tests.pricing.cases import CALENDAR, NOW, named, rate, steps
from tests.pricing.judges.instances import REGISTRY

pytestmark = pytest.mark.requirement("PRC-07")

MILK = Scope(skus=("milk",))
PROMOTIONS = Promotions(
    rules=(
        UnitRule(code="off", name=named("off"), scope=MILK, effect=PriceOff(150)),
        UnitRule(code="fixed", name=named("fixed"), scope=MILK, effect=Price(700)),
        UnitRule(code="some", name=named("some"), scope=MILK, effect=PriceRate(5000), caps=(Cap("pieces", 2),)),
        UnitRule(code="app", name=named("app"), effect=PriceRate(7000), when=Compare("channel", "eq", "app")),
        rate("all", 9500),
        GroupRule(code="third", name=named("third"), slots=(Slot(MILK, 3),), effect=GroupRate(rate_bp=0, cheapest=1)),
        steps((3_000, 300), (5_000, 900)),
    )
)


def asked(chance: Random) -> tuple[Basket, Situation]:
    """The same goods in many quantities, prices and measures, by all kinds of buyers."""
    lines = tuple(
        Line(
            line_id=str(at),
            sku=chance.choice(("milk", "bread")),
            quantity=chance.randint(1, 4),
            list_price_fen=chance.choice((600, 800, 1_000)),
            measure=chance.choice(("piece", "piece", "piece", "gram")),
        )
        for at in range(chance.randint(1, 3))
    )
    situation = Situation(
        facts=Facts(now=NOW, calendar=CALENDAR, context={"channel": chance.choice(("app", "shop"))}),
        room={"some": Room(pieces=chance.choice((0, 1, 2)))},
        killed=frozenset(chance.sample(["off", "all"], chance.choice((0, 0, 1)))),
        left_out=frozenset(chance.sample(["third", "fixed"], chance.choice((0, 0, 1)))),
    )
    return Basket(lines=lines), situation


def test_a_rule_set_that_priced_much_answers_as_a_new_one() -> None:
    chance = Random(5)
    used = compile_promotions(PROMOTIONS, 1, REGISTRY)
    without = msgspec.structs.replace(PROMOTIONS, rules=tuple(one for one in PROMOTIONS.rules if one.code != "some"))
    plain = compile_promotions(without, 1, REGISTRY)
    for _ in range(150):
        basket, situation = asked(chance)
        for kept, promotions in ((used, PROMOTIONS), (plain, without)):
            new = compile_promotions(promotions, 1, REGISTRY)
            assert price(kept, basket, situation) == price(new, basket, situation)
    assert len(plain.known_prices.under((plain.by_code["all"],)).found) > 10


def test_no_more_prices_are_kept_than_may_be() -> None:
    rule_set = compile_promotions(Promotions(rules=(rate("all", 9500),)), 1, REGISTRY)
    known = rule_set.known_prices
    under = known.under(())
    [goods] = rule_set.touching([Line(line_id="1", sku="milk", quantity=1, list_price_fen=100)])
    for price_fen, pieces in product(range(known_prices.KEPT // 100 + 1), range(100)):
        under.keep((goods, price_fen, pieces), known_prices.LinePrices(0, ()))
    assert 0 < len(under.found) <= known_prices.KEPT
