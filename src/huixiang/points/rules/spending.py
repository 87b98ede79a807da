"""What points take off an order, and what they are worth when an order comes back."""

from __future__ import annotations

from huixiang.kernel.money import RATE_ONE, half_up
from huixiang.points.model.spending import RateRaise, SpendingCondition, SpendingFacts, SpendingRate, SpendingRules


def rate_for(rules: SpendingRules, facts: SpendingFacts) -> tuple[SpendingRate, RateRaise | None]:
    """The best rate that holds, and the raise that makes it; never below the base rate."""
    holding = [one for one in rules.raises if one.fen > rules.rate.fen and _holds(one.when, facts)]
    if not holding:
        return rules.rate, None
    best = max(holding, key=lambda one: one.fen)
    return SpendingRate(rules.rate.points, best.fen), best


def _holds(when: SpendingCondition, facts: SpendingFacts) -> bool:
    day = facts.business_day
    return (
        (when.tier is None or when.tier == facts.tier)
        and (when.first_day is None or when.first_day <= day)
        and (when.last_day is None or day <= when.last_day)
        and (when.weekday is None or when.weekday == day.isoweekday())
        and (when.channel is None or when.channel == facts.channel)
        and (when.store is None or when.store == facts.store)
    )


def limit_fen(rules: SpendingRules, goods_fen: int) -> int:
    """The most that points may take off: the share of the goods, rounded down, since it is a limit."""
    return goods_fen * rules.share_bp // RATE_ONE


def usable(rules: SpendingRules, rate: SpendingRate, available: int, goods_fen: int) -> tuple[int, list[str]]:
    """The most points of those available that an order of so many goods can use, and what kept it from being more."""
    reasons = []
    points = available
    most = _worth_at_most(rate, limit_fen(rules, goods_fen))
    if most < points:
        points = most
        reasons.append("share")
    else:
        reasons.append("available")
    if points % rules.step:
        points -= points % rules.step
        reasons.append("step")
    if points < rules.minimum:
        points = 0
        reasons.append("minimum")
    return points, reasons


def _worth_at_most(rate: SpendingRate, fen: int) -> int:
    """The most points whose worth, rounded half up, is not above so many fen."""
    return (2 * rate.points * fen + rate.points - 1) // (2 * rate.fen)


def worth_fen(rate: SpendingRate, points: int) -> int:
    """What points are worth, rounded half up once."""
    return half_up(points * rate.fen, rate.points)


def cash_refund(rules: SpendingRules, refund_fen: int, short: int, before: int = 0) -> int:
    """What is paid back of a refund when `short` points that it takes back could not be found: their worth at the base
    rate comes off, never below zero (claw-back policy `cash`). `before`: what earlier refunds of the order fell short
    of, so that the parts come to the worth of them all, rounded once."""
    return max(0, refund_fen - worth_fen(rules.rate, before + short) + worth_fen(rules.rate, before))
