"""What an instance has that its cheapest answer really used: counted, so that no kind is only said to be tried."""

from __future__ import annotations

from collections.abc import Iterator

from huixiang.pricing.model import effects
from huixiang.pricing.model.rules import CouponRule, GroupRule, OrderRule, Rule, UnitRule
from tests.pricing.judges.availability import holds, in_scope, layer_of, merge, room_of
from tests.pricing.judges.brute_force import Cheapest
from tests.pricing.judges.instances import Instance

# What `features` can name, but for what always is there.
KINDS = [
    "unit price",
    "unit off",
    "unit rate",
    "unit listed",
    "unit markdown",
    "markdown margin",
    "unit on_top",
    "quota",
    "quota over lines",
    "quota over a line",
    "unit of piece",
    "unit of gram",
    "unit of amount",
    "group price",
    "group off",
    "group rate",
    "group cheapest",
    "group times",
    "group base list",
    "group base unit",
    "group slot price",
    "group slot off",
    "group slot rate",
    "group slots price",
    "group slots off",
    "group slots rate",
    "order off",
    "order rate",
    "order gift",
    "order add_on",
    "order repeat",
    "order times",
    "order steps",
    "order max_off_fen",
    "order base list",
    "order base unit",
    "order base group",
    "order counts pieces",
    "order of gram",
    "order of amount",
    "coupon off",
    "coupon rate",
    "coupon exchange",
    "coupon fee",
    "coupon fee_off",
    "coupon repeat",
    "coupon steps",
    "coupon max_off_fen",
    "coupon base list",
    "coupon base unit",
    "coupon base group",
    "coupon base order",
    "coupon counts pieces",
    "coupon of gram",
    "coupon of amount",
    "public code",
    "two copies of a coupon",
    "delivery fee",
    "delivery fee_off",
    "fee lowered not free",
    "cap fen named",
    "cap fen whole",
    "cap uses named",
    "cap uses whole",
    "cap pieces named",
    "cap pieces whole",
    "exclusion on line",
    "exclusion on line with itself",
    "exclusion on order",
    "exclusion on order with itself",
    "maximum by class",
    "maximum by layer",
    "payment method",
    "period",
    "personal",
    "merged lines",
    "when Compare",
    "when BasketSum",
    "when Not",
    "when All",
    "when Any",
    "scope but",
    "scope not weighed",
    "scope skus",
    "scope categories",
    "scope brands",
    "scope tags",
]
FIELDS = ("on_top", "repeat", "times", "max_off_fen", "cheapest", "weighed")


def features(drawn: Instance, found: Cheapest) -> set[str]:
    """Names such as `order off`, `group base unit`, `cap fen`; each at most once."""
    rules = {rule.code: rule for rule in drawn.promotions.rules}
    named = {name for code in set(found.applied) for name in of_rule(rules[code], drawn)}
    lines = merge(drawn.basket)
    if any(len(line.parts) > 1 for line in lines) and found.applied:
        named.add("merged lines")
    if found.quota_used:
        named.add("quota")
    if len(found.applied) != len(set(found.applied)):
        named.add("two copies of a coupon")
    if found.delivery_fen and "delivery" in {layer_of(rules[code]) for code in found.applied}:
        named.add("fee lowered not free")
    named |= set(of_stacking(drawn, found))
    return named


def of_rule(rule: Rule, drawn: Instance) -> Iterator[str]:
    layer = layer_of(rule)
    yield f"{layer} {type(rule.effect).__struct_config__.tag}"
    yield from (f"{layer} {name}" for name in FIELDS if getattr(rule.effect, name, getattr(rule, name, None)))
    if isinstance(rule, GroupRule):
        yield f"group base {rule.base}"
        yield f"group {'slots' if len(rule.slots) > 1 else 'slot'} {rule.effect.__struct_config__.tag}"
    if isinstance(rule, OrderRule | CouponRule):
        yield f"{layer} base {rule.base}"
        if rule.count == "pieces":
            yield f"{layer} counts pieces"
        if len(getattr(rule.effect, "steps", ())) > 1:
            yield f"{layer} steps"
    if isinstance(rule, CouponRule) and rule.public_code in drawn.situation.codes:
        yield "public code"
    if isinstance(rule, UnitRule) and isinstance(rule.effect, effects.Markdown) and rule.effect.least_margin_bp:
        yield "markdown margin"
    yield from (f"{layer} of {line.measure}" for line in drawn.basket.lines if in_scope(rule.scope, line))
    yield from of_occasion(rule, drawn)


def of_occasion(rule: Rule, drawn: Instance) -> Iterator[str]:
    room = room_of(rule, drawn.situation)
    yield from (f"cap {cap.of} {'named' if rule.code in drawn.situation.room else 'whole'}" for cap in rule.caps)
    if isinstance(rule, UnitRule) and room.pieces is not None:
        lines = [line for line in merge(drawn.basket) if in_scope(rule.scope, line.line)]
        yield f"quota over {'lines' if len(lines) > 1 else 'a line'}"
    if rule.when is not None and holds(rule.when, merge(drawn.basket), drawn.situation):
        yield f"when {type(rule.when).__name__}"
    if rule.payment_methods:
        yield "payment method"
    if rule.period is not None:
        yield "period"
    if rule.personal:
        yield "personal"
    if rule.scope.but is not None:
        yield "scope but"
    if not rule.scope.weighed:
        yield "scope not weighed"
    for name in ("skus", "categories", "brands", "tags"):
        if getattr(rule.scope, name) is not None:
            yield f"scope {name}"


def of_stacking(drawn: Instance, found: Cheapest) -> Iterator[str]:
    """Exclusions of which a rule was applied and another one is there; maxima that are reached."""
    rules = {rule.code: rule for rule in drawn.promotions.rules}
    classes = {rules[code].stacking for code in found.applied}
    for exclusion in drawn.promotions.exclusions:
        pair = {exclusion.first, exclusion.second}
        if exclusion.on == "line" and pair <= classes:
            yield f"exclusion on line{' with itself' if len(pair) == 1 else ''}"
        others = [rule for rule in rules.values() if rule.stacking in pair and rule.code not in found.applied]
        if exclusion.on == "order" and pair & classes and others:
            yield f"exclusion on order{' with itself' if len(pair) == 1 else ''}"
    for maximum in drawn.promotions.maxima:
        of = [rules[code].stacking if maximum.by == "class" else layer_of(rules[code]) for code in found.applied]
        if of.count(maximum.of) == maximum.at_most:
            yield f"maximum by {maximum.by}"
