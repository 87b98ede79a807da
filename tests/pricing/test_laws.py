"""The laws of pricing, on baskets and promotions drawn at random: they need no second program to be seen."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec
import pytest

from huixiang.conditions.model import Compare
from huixiang.kernel.text import Text
from huixiang.pricing.model.basket import HeldCoupon, Line
from huixiang.pricing.model.effects import PriceRate
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.model.rules import CouponRule, Promotions, UnitRule
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from tests.architecture.source_tree import ROOT
from tests.pricing.judges.drawing import Drawing
from tests.pricing.judges.instances import REGISTRY, Instance, Size, instance

SEEDS = range(100_000, 100_120)
MEDIUM = Size(lines=5, rules=6)
NODES = 4_000
TIERS = ("silver", "gold", "diamond")


def priced(drawn: Instance) -> Priced:
    rule_set = compile_promotions(drawn.promotions, 1, REGISTRY)
    return price(rule_set, drawn.basket, drawn.situation, nodes_max=NODES)


def changed(struct: Any, **fields: Any) -> Any:
    return msgspec.structs.replace(struct, **fields)


def drawn_ones(size: Size = MEDIUM) -> Iterator[tuple[int, Instance, Random]]:
    for seed in SEEDS:
        yield seed, instance(seed, size), Random(seed)


def by_line(answer: Priced) -> Priced:
    """The whole answer but for how many combinations were looked at, which equal ones among the rules may change."""
    return msgspec.structs.replace(answer, nodes=0, lines=tuple(sorted(answer.lines, key=lambda line: line.line_id)))


@pytest.mark.requirement("PRC-14")
def test_the_order_of_lines_and_rules_does_not_matter() -> None:
    applied = 0
    for seed, drawn, random in drawn_ones():
        lines, rules = list(drawn.basket.lines), list(drawn.promotions.rules)
        coupons = list(drawn.situation.coupons)
        random.shuffle(lines)
        random.shuffle(rules)
        random.shuffle(coupons)
        other = Instance(
            changed(drawn.promotions, rules=tuple(rules), exclusions=drawn.promotions.exclusions[::-1]),
            changed(drawn.basket, lines=tuple(lines)),
            changed(drawn.situation, coupons=tuple(coupons)),
        )
        first = priced(drawn)
        assert by_line(first) == by_line(priced(other)), f"seed {seed}"
        applied += len(first.applied)
    assert applied > len(SEEDS)


def split(line: Line, random: Random) -> list[Line]:
    """Pieces and grams in two; an amount is an amount of its own, so it stays."""
    if line.measure == "amount" or line.quantity < 2:
        return [line]
    some = random.randint(1, line.quantity - 1)
    return [changed(line, quantity=some), changed(line, line_id=f"{line.line_id}-b", quantity=line.quantity - some)]


@pytest.mark.requirement("PRC-14")
def test_splitting_a_line_changes_no_total() -> None:
    splits = 0
    for seed, drawn, random in drawn_ones():
        lines = tuple(part for line in drawn.basket.lines for part in split(line, random))
        splits += len(lines) - len(drawn.basket.lines)
        whole, parts = (
            priced(drawn),
            priced(Instance(drawn.promotions, changed(drawn.basket, lines=lines), drawn.situation)),
        )
        assert totals(whole) == totals(parts), f"seed {seed}"
        own = {line.line_id: line.list_price_fen * line.quantity for line in lines if line.measure != "gram"}
        assert own == {one.line_id: one.list_fen for one in parts.lines if one.line_id in own}, f"seed {seed}"
        for line in drawn.basket.lines:
            paid = [one.payable_fen for one in parts.lines if one.line_id.removesuffix("-b") == line.line_id]
            same_goods = [one for one in whole.lines if one.sku == line.sku]
            if len(same_goods) == 1:
                assert sum(paid) == same_goods[0].payable_fen, f"seed {seed}"
    assert splits > len(SEEDS)


def totals(answer: Priced) -> tuple[int, ...]:
    return answer.list_fen, answer.goods_fen, answer.delivery_fen, answer.packaging_fen, answer.payable_fen


@pytest.mark.requirement("PRC-07")
def test_adding_a_coupon_never_raises_the_payable() -> None:
    lowered = 0
    for seed, drawn, random in drawn_ones():
        coupons = [rule for rule in drawn.promotions.rules if isinstance(rule, CouponRule)]
        if not coupons:
            continue
        added = HeldCoupon("added", random.choice(coupons).code)
        situation = changed(drawn.situation, coupons=(*drawn.situation.coupons, added))
        before, after = priced(drawn), priced(Instance(drawn.promotions, drawn.basket, situation))
        if before.proven and after.proven:
            assert after.payable_fen <= before.payable_fen, f"seed {seed}"
        lowered += after.payable_fen < before.payable_fen
    assert lowered > 5


@pytest.mark.requirement("PRC-07")
def test_adding_a_rule_never_raises_the_payable() -> None:
    lowered = 0
    for seed, drawn, random in drawn_ones():
        if stricter_with_more(drawn.promotions):
            continue
        added = Drawing(random, drawn.basket.lines).rule(99)
        promotions = changed(drawn.promotions, rules=(*drawn.promotions.rules, added))
        if stricter_with_more(promotions):
            continue
        before, after = priced(drawn), priced(Instance(promotions, drawn.basket, drawn.situation))
        if before.proven and after.proven:
            assert after.payable_fen <= before.payable_fen, f"seed {seed}"
        lowered += after.payable_fen < before.payable_fen
    assert lowered > 20


def stricter_with_more(promotions: Promotions) -> bool:
    """A class of order rules becomes one of coupons, which has a maximum, when a coupon rule with that class comes."""
    coupons = {rule.stacking for rule in promotions.rules if isinstance(rule, CouponRule)}
    others = {rule.stacking for rule in promotions.rules if not isinstance(rule, CouponRule)}
    return bool(coupons & others - {None})


@pytest.mark.requirement("PRC-15")
def test_a_higher_tier_never_pays_more() -> None:
    """Each tier has a rate of its own and all those of the tiers below it."""
    less = 0
    for seed, drawn, random in drawn_ones():
        rates = [
            UnitRule(
                code=f"tier-{tier}",
                name=Text(tier, tier),
                effect=PriceRate(random.choice((9900, 9800, 9500, 9000, 8800))),
                when=Compare("visits", "ge", 10 + rank),
            )
            for rank, tier in enumerate(TIERS)
        ]
        promotions = changed(drawn.promotions, rules=(*drawn.promotions.rules, *rates))
        paid = []
        for rank in range(-1, len(TIERS)):
            context = {**drawn.situation.facts.context, "visits": 10 + rank}
            facts = changed(drawn.situation.facts, context=context)
            paid.append(priced(Instance(promotions, drawn.basket, changed(drawn.situation, facts=facts))))
        payables = [answer.payable_fen for answer in paid if answer.proven] or [0]
        assert payables == sorted(payables, reverse=True), f"seed {seed}"
        less += min(payables) < max(payables)
    assert less > 20


@pytest.mark.requirement("PRC-07")
def test_what_is_left_out_is_not_used() -> None:
    """A coupon or a rule that was applied is left out: another answer comes, which is not cheaper."""
    without = 0
    for seed, drawn, random in drawn_ones():
        answer = priced(drawn)
        if not answer.applied:
            continue
        out = random.choice(answer.applied)
        name = out.coupon_id or out.rule
        situation = changed(drawn.situation, left_out=frozenset({*drawn.situation.left_out, name}))
        again = priced(Instance(drawn.promotions, drawn.basket, situation))
        assert all(name not in {one.rule, one.coupon_id} for one in again.applied), f"seed {seed}"
        if answer.proven and again.proven:
            assert again.payable_fen >= answer.payable_fen, f"seed {seed}"
        without += 1
    assert without > 50


@pytest.mark.requirement("PRC-08")
def test_no_line_is_below_zero_and_parts_sum_to_the_whole() -> None:
    """Larger baskets than can be tried, with discounts as large as the order."""
    free = 0
    for seed, drawn, _ in drawn_ones(Size(lines=12, rules=10)):
        answer = priced(drawn)
        assert answer.payable_fen == answer.goods_fen + answer.delivery_fen + answer.packaging_fen, f"seed {seed}"
        assert answer.goods_fen == sum(line.payable_fen for line in answer.lines), f"seed {seed}"
        for line in answer.lines:
            taken = sum(one.amount_fen for one in line.adjustments)
            assert line.list_fen - taken == line.payable_fen >= 0, f"seed {seed} {line.line_id}"
            free += line.payable_fen == 0 < line.list_fen
    assert free > 20


def fingerprint() -> str:
    """Of many whole answers, explanation included."""
    digest = hashlib.sha256()
    for _, drawn, _ in drawn_ones():
        digest.update(repr(priced(drawn)).encode())
    return digest.hexdigest()


@pytest.mark.requirement("PRC-14")
def test_another_process_with_another_hash_seed_gives_the_same_answers() -> None:
    program = "from tests.pricing.test_laws import fingerprint; print(fingerprint())"
    found = {
        subprocess.run(  # noqa: S603 - this very Python
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {f"{fingerprint()}\n"}
