"""What an order earns.

Points of an order = floor(sum over its lines of paid fen x rate x multiplier), then allocated to the lines by largest
remainder, so that a refund of a line takes back exactly what the line earned. That floor is the one exception to
rounding half up (spec README, invariant 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.kernel.allocation import allocate
from huixiang.kernel.money import RATE_ONE
from huixiang.points.model import Earning, EarningFacts, EarningLine, EarningRules, MultiplierCondition


def earn(rules: EarningRules, lines: Sequence[EarningLine], facts: EarningFacts) -> Earning:
    """The points of an order and of each line. Lines with nothing paid earn nothing."""
    if rules.multipliers or rules.exclusions:
        weights = [line.paid_fen * _line_bp(rules, line, facts) for line in lines]
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


def multiplier_bp(rules: EarningRules, categories: Sequence[str], facts: EarningFacts) -> int:
    """The multiplier of goods of these categories, whatever else they are."""
    return _line_bp(rules, EarningLine("", 0, tuple(categories)), facts)


def _line_bp(rules: EarningRules, line: EarningLine, facts: EarningFacts) -> int:
    """The multiplier of one line in basis points, stacked as the rules say, never above their ceiling; 0 for what earns
    nothing."""
    if any(_applies(exclusion.when, line, facts) for exclusion in rules.exclusions):
        return 0
    applying = [m.bp for m in rules.multipliers if _applies(m.when, line, facts)]
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


def _applies(when: MultiplierCondition, line: EarningLine, facts: EarningFacts) -> bool:
    day = facts.business_day
    return (
        (when.category is None or when.category in line.categories)
        and (when.sku is None or when.sku == line.sku)
        and (when.brand is None or when.brand == line.brand)
        and (when.tier is None or when.tier == facts.tier)
        and (when.weekday is None or when.weekday == day.isoweekday())
        and (when.birthday_month is None or when.birthday_month == (facts.birth_month == day.month))
        and (when.first_day is None or when.first_day <= day)
        and (when.last_day is None or day <= when.last_day)
        and (when.channel is None or when.channel == facts.channel)
        and (when.store is None or when.store == facts.store)
        and (when.tender is None or when.tender in facts.tenders)
    )
