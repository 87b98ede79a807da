"""What an order earns.

Points of an order = floor(sum over its lines of paid fen x rate x multiplier), then allocated to the lines by largest
remainder, so that a refund of a line takes back exactly what the line earned. That floor is the one exception to
rounding half up (spec README, invariant 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.conditions.facts import Facts, Value
from huixiang.kernel.allocation import allocate
from huixiang.kernel.money import RATE_ONE
from huixiang.points.model import Earning, EarningLine, EarningRules


def earn(rules: EarningRules, lines: Sequence[EarningLine], facts: Facts) -> Earning:
    """The points of an order and of each line. Lines with nothing paid earn nothing. facts: of the order, when it was
    completed; those of the goods are the lines' own."""
    if rules.multipliers or rules.exclusions:
        rates = _rates(rules, lines, facts)
        weights = [line.paid_fen * rate for line, rate in zip(lines, rates, strict=True)]
        scale = RATE_ONE
    else:
        weights = [line.paid_fen for line in lines]
        scale = 1
    points = sum(weights) * rules.base_rate.points // (rules.base_rate.fen * scale)
    if not points:
        return Earning(0, [0] * len(lines))
    return Earning(points, allocate(points, weights, [line.line_id for line in lines]))


def cut(earning: Earning, granted: int, line_ids: Sequence[str]) -> Earning:
    """What is left of an order's earning where caps granted less: the lines share it as they shared the whole."""
    return Earning(granted, allocate(granted, earning.by_line, line_ids))


def multiplier_bp(rules: EarningRules, categories: Sequence[str], facts: Facts) -> int:
    """The multiplier of goods of these categories, whatever else they are."""
    return _rates(rules, [EarningLine("", 0, tuple(categories))], facts)[0]


def _rates(rules: EarningRules, lines: Sequence[EarningLine], facts: Facts) -> list[int]:
    """The multiplier of each line in basis points; 0 for what earns nothing."""
    excluding, multiplying = rules.excluding, rules.multiplying
    if excluding.in_order(facts):
        return [0] * len(lines)
    everywhere = multiplying.in_order(facts)
    rate = _stacked(rules, everywhere)
    if not multiplying.of_goods and not excluding.of_goods:
        return [rate] * len(lines)
    rates = []
    for line in lines:
        known = _with_goods(facts, line)
        if excluding.of_goods and excluding.in_line(known):
            rates.append(0)
        else:
            of_goods = multiplying.in_line(known)
            rates.append(_stacked(rules, everywhere + of_goods) if of_goods else rate)
    return rates


def _with_goods(facts: Facts, line: EarningLine) -> Facts:
    goods: dict[str, Value] = {"goods.categories": frozenset(line.categories)}
    if line.sku is not None:
        goods["goods.sku"] = line.sku
    if line.brand is not None:
        goods["goods.brand"] = line.brand
    return Facts(now=facts.now, calendar=facts.calendar, member=facts.member, context=facts.context, goods=goods)


def _stacked(rules: EarningRules, applying: Sequence[int]) -> int:
    """Multipliers stacked as the rules say, never above their ceiling."""
    if not applying:
        stacked = RATE_ONE
    elif rules.stacking == "highest":
        stacked = max(RATE_ONE, *applying)
    elif rules.stacking == "sum":
        stacked = RATE_ONE + sum(bp - RATE_ONE for bp in applying)
    else:
        stacked = _product(applying)
    return min(max(stacked, 0), rules.ceiling_bp)


def _product(rates: Sequence[int]) -> int:
    """The product of rates, rounded half up once at the end."""
    numerator, denominator = 1, 1
    for bp in rates:
        numerator *= bp
        denominator *= RATE_ONE
    return (2 * numerator * RATE_ONE + denominator) // (2 * denominator)
