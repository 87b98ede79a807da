"""More order rules than sets of them can be looked at: the nodes bound the work, and the answer is still a good one."""

from __future__ import annotations

import pytest

from huixiang.conditions.facts import Facts
from huixiang.entry.attributes import REGISTRY
from huixiang.kernel.text import Text
from huixiang.pricing.model.basket import Basket, Line, Situation
from huixiang.pricing.model.effects import Off, OffStep, PriceRate, Scope
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.model.rules import OrderRule, Promotions, Rule, UnitRule
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from tests.pricing.judges.instances import CALENDAR, NOW

pytestmark = pytest.mark.requirement("PRC-07")

LINES, RULES, SPAN = 60, 20, 20


def named(code: str) -> dict[str, object]:
    return {"code": code, "name": Text(zh=code, en=code)}


def priced(nodes_max: int) -> Priced:
    rules: list[Rule] = []
    for place in range(RULES):
        scope = Scope(skus=tuple(f"s{place + at}" for at in range(SPAN)))
        rate = PriceRate(9000 + 20 * place)
        off = Off(steps=(OffStep(4000 + 100 * place, 100 + place),))
        rules.append(UnitRule(**named(f"u{place:02d}"), scope=scope, effect=rate))  # type: ignore[arg-type]
        rules.append(OrderRule(**named(f"o{place:02d}"), scope=scope, effect=off))  # type: ignore[arg-type]
    rule_set = compile_promotions(Promotions(rules=tuple(rules)), 1, REGISTRY)
    lines = tuple(
        Line(line_id=f"{number:02d}", sku=f"s{number}", measure="piece", quantity=2, list_price_fen=300 + number)
        for number in range(LINES)
    )
    facts = Facts(now=NOW, calendar=CALENDAR)
    return price(rule_set, Basket(lines=lines), Situation(facts=facts), nodes_max=nodes_max)


@pytest.mark.parametrize("nodes_max", [1_000, 5_000])
def test_sets_of_many_order_rules_are_looked_at_no_longer_than_the_nodes_last(nodes_max: int) -> None:
    answer = priced(nodes_max)
    assert answer.nodes <= nodes_max
    assert not answer.proven
    assert answer.bound_fen <= answer.payable_fen


def test_each_of_many_order_rules_is_tried() -> None:
    applied = {one.rule for one in priced(20_000).applied}
    assert applied >= {f"o{place:02d}" for place in range(RULES)}
