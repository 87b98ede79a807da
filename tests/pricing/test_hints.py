"""Hints: what each says is what following it gives."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from huixiang.conditions.model import Compare
from huixiang.pricing.model.basket import Basket, Line, Situation
from huixiang.pricing.model.effects import GroupRate, Off, OffStep, PriceRate, Scope
from huixiang.pricing.model.hints import Elsewhere, Hint
from huixiang.pricing.model.rules import GroupRule, OrderRule, Promotions, Slot, UnitRule
from huixiang.pricing.rules.compile import RuleSet, compile_promotions
from huixiang.pricing.rules.engine import price
from huixiang.pricing.rules.hints import hints
from tests.pricing.cases import BUNDLED, STEPS, bundle_rules, named, situation
from tests.pricing.judges.instances import REGISTRY, Instance, instance

pytestmark = pytest.mark.requirement("PRC-09")


def compiled(promotions: Promotions) -> RuleSet:
    return compile_promotions(promotions, 1, REGISTRY)


def on(channel: str) -> Situation:
    """The registry of the judges knows a channel; it stands for what tiers and plans change."""
    plain = situation()
    return msgspec.structs.replace(plain, facts=msgspec.structs.replace(plain.facts, context={"channel": channel}))


def followed(hint: Hint, drawn: Instance, rule_set: RuleSet) -> list[int]:
    """What the basket costs with the goods that a hint asks for, less their list price; with each kind of goods that
    could be meant."""
    rule = rule_set.by_code[hint.rule or ""]
    lines = drawn.basket.lines
    assert hint.missing_fen is not None
    if hint.missing_pieces is not None:
        ways = [line for line in lines if line.sku == hint.sku and line.measure == "piece"]
        added = [msgspec.structs.replace(line, line_id="zz", quantity=hint.missing_pieces) for line in ways]
    else:
        scope = rule.rule.scope
        added = [
            Line(
                line_id="zz",
                sku=scope.skus[0] if scope.skus else "any",
                measure="amount" if scope.weighed else "piece",
                quantity=1,
                list_price_fen=hint.missing_fen,
                categories=scope.categories[:1] if scope.categories else (),
                brand=scope.brands[0] if scope.brands else None,
                tags=scope.tags[:1] if scope.tags else (),
            )
        ]
    return [
        price(rule_set, msgspec.structs.replace(drawn.basket, lines=(*lines, one)), drawn.situation).payable_fen
        - hint.missing_fen
        for one in added
    ]


def test_each_hint_saves_what_it_says_when_it_is_followed() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(90):
        drawn = instance(seed)
        rule_set = compiled(drawn.promotions)
        other = msgspec.structs.replace(drawn.situation, payment_method="card")
        elsewhere = [
            Elsewhere("tier", "gold", named("Gold"), instance(seed + 1).situation),
            Elsewhere("plan", "plus", named("Plus"), other, 2),
        ]
        now = price(rule_set, drawn.basket, drawn.situation).payable_fen
        found = hints(rule_set, drawn.basket, drawn.situation, elsewhere)
        assert len(found) <= 3
        gains = [hint.saving_fen - hint.cost_fen for hint in found]
        assert all(gain > 0 for gain in gains), f"seed {seed}"
        assert gains == sorted(gains, reverse=True), f"seed {seed}"
        for hint in found:
            if hint.kind == "goods":
                assert now - hint.saving_fen in followed(hint, drawn, rule_set), f"seed {seed}: {hint}"
            else:
                then = elsewhere[0] if hint.kind == "tier" else elsewhere[1]
                with_it = price(rule_set, drawn.basket, then.situation).payable_fen
                assert now - with_it == hint.saving_fen, f"seed {seed}: {hint}"
            kinds["pieces" if hint.missing_pieces else hint.kind] += 1
    assert {"goods", "pieces", "tier", "plan"} == set(kinds)


def test_a_fen_less_of_goods_saves_less() -> None:
    told = 0
    for seed in range(90):
        drawn = instance(seed)
        rule_set = compiled(drawn.promotions)
        now = price(rule_set, drawn.basket, drawn.situation).payable_fen
        for hint in hints(rule_set, drawn.basket, drawn.situation):
            if hint.missing_pieces is None and hint.missing_fen is not None and hint.missing_fen > 1:
                less = msgspec.structs.replace(hint, missing_fen=hint.missing_fen - 1)
                assert all(now - then < hint.saving_fen for then in followed(less, drawn, rule_set)), f"seed {seed}"
                told += 1
    assert told >= 10


def test_a_bundle_a_fraction_below_a_step_says_what_is_missing() -> None:
    """Case 4: the bundle costs 199.00, and a step takes 50.00 from 200.00 on."""
    [hint] = hints(compiled(bundle_rules()), Basket(lines=BUNDLED), situation())
    assert (hint.kind, hint.rule, hint.missing_fen, hint.saving_fen) == ("goods", "step", 100, 5_000)
    assert hint.text.en == "step: 1.00 more for 50.00 off"
    assert hint.text.zh == "“step”：再买 1.00 元，可减 50.00 元"


def test_one_more_piece_that_is_free() -> None:
    free = GroupRule(
        code="4-for-3", name=named("4 for 3"), slots=(Slot(Scope(), 4),), effect=GroupRate(rate_bp=0, cheapest=1)
    )
    lines = (Line(line_id="1", sku="milk", quantity=3, list_price_fen=1250),)
    [hint] = hints(compiled(Promotions(rules=(free,))), Basket(lines=lines), situation())
    assert (hint.missing_pieces, hint.sku, hint.saving_fen) == (1, "milk", 1250)
    assert hint.text.en == "4 for 3: 1 more piece for 12.50 off"


def channel_rate(code: str, rate_bp: int) -> UnitRule:
    return UnitRule(code=code, name=named(code), effect=PriceRate(rate_bp), when=Compare("channel", "eq", code))


def test_a_tier_a_plan_and_joining_are_told_with_what_they_save_and_cost() -> None:
    rules = (channel_rate("gold", 9_360), channel_rate("plus", 8_900), channel_rate("member", 9_800))
    rule_set = compiled(Promotions(rules=rules))
    lines = (Line(line_id="1", sku="oil", quantity=1, list_price_fen=10_000),)
    elsewhere = [
        Elsewhere("join", "member", named("member"), on("member")),
        Elsewhere("plan", "plus", named("Plus"), on("plus"), 1_090),
        Elsewhere("tier", "gold", named("Gold"), on("gold")),
    ]
    tier, join, plan = hints(rule_set, Basket(lines=lines), on("guest"), elsewhere)
    assert (tier.kind, tier.tier, tier.saving_fen) == ("tier", "gold", 640)
    assert tier.text.en == "Gold would save 6.40 here"
    assert (join.kind, join.saving_fen, join.text.en) == ("join", 200, "join and save 2.00")
    assert (plan.plan, plan.saving_fen, plan.cost_fen) == ("plus", 1_100, 1_090)
    assert plan.text.en == "with Plus this order saves 11.00, it costs 10.90"
    assert plan.text.zh == "开通Plus，本单可省 11.00 元，费用 10.90 元"


def test_what_gains_nothing_is_not_told() -> None:
    """A plan that costs what it saves, and goods that cost less by themselves than with what they would reach."""
    rule_set = compiled(Promotions(rules=(channel_rate("plus", 8_900),)))
    basket = Basket(lines=(Line(line_id="1", sku="oil", quantity=1, list_price_fen=10_000),))
    dear = Elsewhere("plan", "plus", named("Plus"), on("plus"), 1_100)
    assert hints(rule_set, basket, on("guest"), [dear]) == ()
    half = UnitRule(code="half", name=named("half"), effect=PriceRate(5_000))
    step = OrderRule(code="little", name=named("little"), effect=Off((OffStep(10_000, 10),)))
    lines = (Line(line_id="1", sku="oil", quantity=1, list_price_fen=19_000),)
    assert hints(compiled(Promotions(rules=(half, step))), Basket(lines=lines), situation()) == ()


def test_of_several_tiers_the_best_is_told() -> None:
    rule_set = compiled(Promotions(rules=(channel_rate("gold", 9_000), channel_rate("diamond", 8_500), STEPS)))
    basket = Basket(lines=(Line(line_id="1", sku="oil", quantity=1, list_price_fen=4_000),))
    elsewhere = [Elsewhere("tier", code, named(code), on(code)) for code in ("gold", "diamond")]
    assert [hint.tier for hint in hints(rule_set, basket, on("guest"), elsewhere)] == ["diamond"]
