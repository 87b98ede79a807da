"""Baskets and promotions drawn at random: of all kinds, and of small numbers, so that thresholds are just reached or
just missed, prices are equal, discounts do not fit and roundings collide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec

from huixiang.conditions.facts import Facts
from huixiang.conditions.registry import Attribute, Registry
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.text import Text
from huixiang.pricing.model.basket import Basket, HeldCoupon, Line, Room, Situation
from huixiang.pricing.model.effects import AddOn, Exchange, Fee, FeeOff, GiftOver, GroupRate
from huixiang.pricing.model.rules import Cap, CouponRule, Exclusion, GroupRule, Maximum, Promotions, Rule
from tests.pricing.judges.drawing import Drawing

NOW = datetime(2026, 3, 14, 4, 30, tzinfo=UTC)
CALENDAR = BusinessCalendar("Asia/Shanghai")
REGISTRY = Registry(
    [
        Attribute(code="channel", name=Text("渠道", "channel"), type="text", scope="context"),
        Attribute(code="visits", name=Text("次数", "visits"), type="integer", scope="context"),
    ]
)
CLASSES = ("p", "q", "r", "coupon", "x", "y")
UNCLASSED = ("p", "q", "r")
LAYERS_TO_BOUND = ("unit", "group", "order", "coupon", "delivery")


@dataclass(frozen=True, slots=True)
class Instance:
    promotions: Promotions
    basket: Basket
    situation: Situation


@dataclass(frozen=True, slots=True)
class Size:
    lines: int
    rules: int
    pieces: int = 3


SMALL = Size(lines=5, rules=6)
LARGE = Size(lines=12, rules=12, pieces=2)


def instance(seed: int, size: Size = SMALL) -> Instance:
    """The same for the same seed, on any machine."""
    random = Random(seed)
    lines = draw_lines(random, size)
    drawing = Drawing(random, lines)
    count = max(random.randint(1, size.rules) for _ in range(3))
    rules: list[Rule] = [drawing.rule(number) for number in range(count)]
    random.shuffle(rules)
    promotions = Promotions(
        rules=tuple(rules),
        exclusions=draw_exclusions(random),
        maxima=draw_maxima(random),
        packaging_fen=random.choice((0, 0, 0, 7)),
    )
    basket = Basket(
        lines=lines,
        delivery_fen=random.choice((0, random.randint(1, 20), random.randint(1, drawing.whole + 1))),
        packaging_fen=random.choice((0, 0, 3)),
    )
    return Instance(promotions, basket, draw_situation(random, promotions))


def larger_instance(seed: int, size: Size = LARGE) -> Instance:
    """Of the kinds that the solver's model knows."""
    drawn = instance(seed, size)
    random = Random(seed)
    drawing = Drawing(random, drawn.basket.lines)
    rules = []
    for number, first in enumerate(drawn.promotions.rules):
        rule = first
        while not in_model(rule):
            rule = drawing.rule(number + 100)
        rules.append(rule)
    promotions = msgspec.structs.replace(drawn.promotions, rules=tuple(rules))
    return Instance(promotions, drawn.basket, draw_situation(random, promotions))


def in_model(rule: Rule) -> bool:
    match rule.effect:
        case AddOn() | GiftOver() | Exchange():
            return False
        case Fee(_, at) | FeeOff(_, at):
            return at > 0
    if isinstance(rule, GroupRule):
        cheapest = rule.effect.cheapest if isinstance(rule.effect, GroupRate) else None
        return rule.base == "list" and (cheapest is None or len(rule.slots) == 1)
    return True


def draw_lines(random: Random, size: Size) -> tuple[Line, ...]:
    scale = random.choice((12, 120, 1000, 3000))
    prices = [random.randint(1, scale) for _ in range(3)]
    count = random.choice(tuple(range(1, size.lines + 1)))
    names = random.sample(range(10, 100), count)
    lines: list[Line] = []
    for name in names:
        if lines and random.random() < 0.12:
            lines.append(again(random, random.choice(lines), f"l{name}"))
            continue
        lines.append(
            draw_line(random, f"l{name}", len(lines), random.choice((*prices, random.randint(1, scale))), size)
        )
    return tuple(lines)


def again(random: Random, line: Line, name: str) -> Line:
    """The same goods once more: a line that is merged with another."""
    quantity = random.randint(1, 900) if line.measure == "gram" else 1
    return Line(
        line_id=name,
        sku=line.sku,
        measure=line.measure,
        quantity=quantity,
        list_price_fen=line.list_price_fen + (random.randint(0, 9) if line.measure == "amount" else 0),
        categories=line.categories,
        brand=line.brand,
        tags=line.tags,
        prices=line.prices,
        cost_fen=line.cost_fen,
        hours_left=line.hours_left,
    )


def draw_line(random: Random, name: str, number: int, price: int, size: Size) -> Line:
    measure = random.choice(("piece", "piece", "piece", "piece", "piece", "gram", "amount"))
    quantity = {"piece": random.randint(1, size.pieces), "gram": random.randint(1, 2500), "amount": 1}[measure]
    if random.random() < 0.02:
        price = 0
    return Line(
        line_id=name,
        sku=f"s{number}",
        measure=measure,  # type: ignore[arg-type]
        quantity=quantity,
        list_price_fen=price,
        categories=random.choice(((), ("a",), ("a1", "a"), ("b",), ("a2", "a"))),
        brand=random.choice((None, "u", "v")),
        tags=random.choice(((), (), ("t",), ("t", "w"), ("w",))),
        prices={"member": random.randint(0, price + 1)} if random.random() < 0.4 else {},
        cost_fen=random.randint(0, price + 1) if random.random() < 0.4 else None,
        hours_left=random.randint(0, 12) if random.random() < 0.4 else None,
    )


def draw_exclusions(random: Random) -> tuple[Exclusion, ...]:
    count = random.choice((0, 0, 1, 1, 2, 3))
    return tuple(
        Exclusion(random.choice(CLASSES), random.choice(CLASSES), random.choice(("line", "line", "order")))
        for _ in range(count)
    )


def draw_maxima(random: Random) -> tuple[Maximum, ...]:
    found = []
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        if random.random() < 0.6:
            found.append(Maximum(random.choice(CLASSES), random.randint(1, 2)))
        else:
            found.append(Maximum(random.choice(LAYERS_TO_BOUND), random.randint(1, 2), "layer"))
    return tuple({(one.by, one.of): one for one in found}.values())


def draw_situation(random: Random, promotions: Promotions) -> Situation:
    coupons: list[HeldCoupon] = []
    codes = []
    for rule in promotions.rules:
        if not isinstance(rule, CouponRule):
            continue
        if rule.public_code is not None and random.random() < 0.8:
            codes.append(rule.public_code)
        if rule.public_code is None or random.random() < 0.3:
            for _ in range(random.choice((1, 1, 1, 2, 3))):
                coupons.append(HeldCoupon(f"k{random.randint(100, 999)}-{len(coupons)}", rule.code, draw_end(random)))
    left_out = set()
    if coupons and random.random() < 0.06:
        left_out.add(random.choice(coupons).coupon_id)
    if random.random() < 0.04:
        left_out.add(random.choice(promotions.rules).code)
    if codes and random.random() < 0.05:
        left_out.add(codes[0])
    random.shuffle(coupons)
    return Situation(
        facts=Facts(now=NOW, calendar=CALENDAR, context=draw_context(random)),
        coupons=tuple(coupons),
        codes=tuple(codes),
        payment_method=random.choice((None, "card", "card", "wallet")),
        room={rule.code: room for rule in promotions.rules if (room := draw_room(random, rule.caps)) is not None},
        left_out=frozenset(left_out),
        killed=frozenset({random.choice(promotions.rules).code} if random.random() < 0.03 else ()),
    )


def draw_context(random: Random) -> dict[str, str | int]:
    context: dict[str, str | int] = {}
    if random.random() < 0.8:
        context["channel"] = random.choice(("app", "app", "till"))
    if random.random() < 0.8:
        context["visits"] = random.randint(0, 4)
    return context


def draw_end(random: Random) -> datetime | None:
    return random.choice((None, NOW + timedelta(days=random.choice((1, 2, 2, 3))), NOW + timedelta(days=5), NOW))


def draw_room(random: Random, caps: tuple[Cap, ...]) -> Room | None:
    """What is left of each cap; None where nothing was used yet."""
    if not caps or random.random() < 0.5:
        return None
    left: dict[str, int] = {}
    for cap in caps:
        some = random.choice((cap.at_most, random.randint(0, cap.at_most), random.randint(1, cap.at_most)))
        left[cap.of] = min(some, left.get(cap.of, some))
    return Room(left.get("fen"), left.get("uses"), left.get("pieces"))
