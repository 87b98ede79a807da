"""The workload said in the engine's own terms.

A category's percentage, an amount off a sku, a group's percentage and member day are unit candidates; buy three get one
(groups of 4, the cheapest 1 at 0) and the bundle are groups on list price; every set of steps is an order rule and all
may apply; a coupon is the one whose public code is shown; free delivery is a delivery rule. A group is a tier.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from bench.pricing_workload import DrawnBasket, Promotion
from huixiang.conditions.facts import Facts
from huixiang.conditions.model import All, Compare, Known, Weekdays
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.text import Text
from huixiang.pricing.model import effects
from huixiang.pricing.model.basket import Basket, Line, Situation
from huixiang.pricing.model.effects import Scope
from huixiang.pricing.model.rules import (
    CouponRule,
    DeliveryRule,
    GroupRule,
    OrderRule,
    Promotions,
    Rule,
    Slot,
    UnitRule,
)

CALENDAR = BusinessCalendar("Asia/Shanghai")
MONDAY = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)  # noon


class Asked(msgspec.Struct, frozen=True):
    """What the engine is asked."""

    basket: Basket
    situation: Situation


def promotions_of(promotions: list[Promotion]) -> Promotions:
    """One promotion set."""
    return Promotions(rules=tuple(_RULES[one["kind"]](one) for one in promotions))


def asked_of(drawn: DrawnBasket, promotions: list[Promotion], second: int = 0) -> Asked:
    """A basket of the workload under a set, which knows the coupon that is shown; asked so many seconds after noon."""
    codes = [one["code"] for one in promotions if one["kind"] == "coupon"]
    shown = drawn["coupon_ix"]
    lines = tuple(
        Line(
            line_id=f"{place:03d}",
            sku=line["sku"],
            quantity=line["qty"],
            list_price_fen=line["price"],
            categories=(line["cat"],),
        )
        for place, line in enumerate(drawn["lines"])
    )
    facts = Facts(
        now=MONDAY + timedelta(days=drawn["weekday"], seconds=second),
        calendar=CALENDAR,
        member={"tier": drawn["group"]} if drawn["group"] else {},
    )
    return Asked(
        Basket(lines=lines, delivery_fen=drawn["shipping"]),
        Situation(facts=facts, codes=(codes[shown],) if shown is not None and shown < len(codes) else ()),
    )


def _name(one: Promotion) -> Text:
    return Text(zh=one["id"], en=one["id"])


def _rate(pct: float) -> int:
    """What is paid, in basis points: 7.5 % off is 9250."""
    return 10_000 - int(pct * 100)


def _category(one: Promotion) -> Rule:
    scope = Scope(categories=(one["cat"],))
    return UnitRule(code=one["id"], name=_name(one), scope=scope, effect=effects.PriceRate(_rate(one["pct"])))


def _sku(one: Promotion) -> Rule:
    scope = Scope(skus=(one["sku"],))
    return UnitRule(code=one["id"], name=_name(one), scope=scope, effect=effects.PriceOff(one["off"]))


def _get_one(one: Promotion) -> Rule:
    slot = Slot(goods=Scope(skus=(one["sku"],)), pieces=one["buy"] + one["get"])
    effect = effects.GroupRate(rate_bp=0, cheapest=one["get"])
    return GroupRule(code=one["id"], name=_name(one), slots=(slot,), effect=effect)


def _bundle(one: Promotion) -> Rule:
    slots = tuple(Slot(goods=Scope(skus=(sku,)), pieces=1) for sku in (one["a"], one["b"]))
    return GroupRule(code=one["id"], name=_name(one), slots=slots, effect=effects.GroupPrice(one["price"]))


def _steps(one: Promotion) -> Rule:
    steps = tuple(effects.OffStep(at, off) for at, off in one["tiers"])
    return OrderRule(code=one["id"], name=_name(one), effect=effects.Off(steps=steps))


def _group(one: Promotion) -> Rule:
    return UnitRule(
        code=one["id"],
        name=_name(one),
        label="tier_rate",
        when=Compare("tier", "eq", one["group"]),
        effect=effects.PriceRate(_rate(one["pct"])),
    )


def _member_day(one: Promotion) -> Rule:
    return UnitRule(
        code=one["id"],
        name=_name(one),
        label="member_day",
        when=All((Known("tier"), Weekdays((one["weekday"] + 1,)))),
        effect=effects.PriceRate(_rate(one["pct"])),
    )


def _coupon(one: Promotion) -> Rule:
    effect = effects.RateOff(steps=(effects.RateStep(0, _rate(one["pct"])),))
    return CouponRule(code=one["id"], name=_name(one), public_code=one["code"], effect=effect)


def _free_delivery(one: Promotion) -> Rule:
    return DeliveryRule(code=one["id"], name=_name(one), effect=effects.Fee(fee_fen=0, at=one["over"]))


_RULES: dict[str, Callable[[Promotion], Rule]] = {
    "cat_pct": _category,
    "sku_fixed": _sku,
    "b3g1": _get_one,
    "bundle": _bundle,
    "tiers": _steps,
    "group": _group,
    "memberday": _member_day,
    "coupon": _coupon,
    "freeship": _free_delivery,
}
