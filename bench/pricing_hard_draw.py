"""Hard programmes and baskets, drawn from a seed: made to need a search, and to be what a grocer could publish.

120 skus in 12 categories of 3 departments, 8 brands, 5 tags; a sixth is weighed. A programme has 200 rules:

- six order rules whose scopes overlap (all goods, a department, three categories, three brands, a tag, all but a
  category), with two or three steps each that lie between 0.6 and 1.25 of what its scope comes to in a mean basket; one
  of them repeats, one is a rate, one is reckoned on list prices
- 20 coupons in four classes, one copy of each held: amounts off and capped rates over such scopes with such
  thresholds, and two for the delivery fee; at most one of a class and three an order
- 36 groups: buy three get one, the second at half price, bundles of two skus, three of a category or a brand at 80 %
- 12 prices with a quota for each member, of two to four pieces
- 2 delivery rules
- 124 candidates for unit prices: tiers, categories, brands, tags, skus, and two on top
- exclusions on line between classes of order rules and of prices, on order between order rules and coupons; a maximum

A basket has 30 different skus, mostly of one piece, of six at most. Thresholds are drawn with the baskets in view, so
that for most of them some step is within what the choice of unit prices decides.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import msgspec

from huixiang.conditions.facts import Facts
from huixiang.conditions.model import Compare, OneOf
from huixiang.conditions.model import Scope as Goods
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.text import Text
from huixiang.pricing.model import effects
from huixiang.pricing.model.basket import Basket, HeldCoupon, Line, Room, Situation
from huixiang.pricing.model.effects import Scope
from huixiang.pricing.model.rules import (
    Cap,
    CouponRule,
    DeliveryRule,
    Exclusion,
    GroupRule,
    Maximum,
    OrderRule,
    Promotions,
    Rule,
    Slot,
    UnitRule,
)

RULES = 200
LINES = 30
SKUS = 120
DEPARTMENTS = 3
CATEGORIES = tuple(f"C{number:02d}" for number in range(12))
BRANDS = tuple(f"B{number}" for number in range(8))
TAGS = ("organic", "local", "frozen", "sale", "new")
TIERS = ("silver", "gold", "diamond")
CALENDAR = BusinessCalendar("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
# What most lines are left with after their unit price, by and large; thresholds are placed on it.
KEPT_BP = 8900


class Hard(msgspec.Struct, frozen=True):
    """A programme with baskets that were drawn for it."""

    promotions: Promotions
    asked: list[tuple[Basket, Situation]]


class _Sku(msgspec.Struct, frozen=True):
    """price: of a piece, or of a kilogram."""

    code: str
    price: int
    weighed: bool
    categories: tuple[str, str]
    brand: str
    tags: tuple[str, ...]


def draw_hard(seed: int, baskets: int) -> Hard:
    """One programme, and so many baskets."""
    chance = random.Random(seed)
    skus = [_sku(chance, number) for number in range(SKUS)]
    lines = [_lines(chance, skus) for _ in range(baskets)]
    programme = _Programme(chance, skus, lines)
    promotions = programme.promotions()
    coupons = [rule.code for rule in promotions.rules if isinstance(rule, CouponRule)]
    room = {rule.code: Room(pieces=rule.caps[0].at_most) for rule in promotions.rules if rule.caps}
    asked = []
    for number, some in enumerate(lines):
        facts = Facts(
            now=NOW + timedelta(seconds=number), calendar=CALENDAR, member={"tier": chance.choice([*TIERS, "none"])}
        )
        held = tuple(
            HeldCoupon(f"{code}-{number}", code, NOW + timedelta(days=chance.randint(1, 60))) for code in coupons
        )
        asked.append((Basket(lines=some, delivery_fen=600), Situation(facts=facts, coupons=held, room=room)))
    return Hard(promotions, asked)


def _sku(chance: random.Random, number: int) -> _Sku:
    category = number % len(CATEGORIES)
    fen = max(99, min(9999, round(chance.lognormvariate(6.6, 0.6))))
    return _Sku(
        f"S{number:03d}",
        fen - fen % 10 + chance.choice([0, 5, 8, 9]),
        chance.randrange(6) == 0,
        (CATEGORIES[category], f"D{category % DEPARTMENTS}"),
        chance.choice(BRANDS),
        tuple(tag for tag in TAGS if chance.randrange(4) == 0),
    )


def _lines(chance: random.Random, skus: list[_Sku]) -> tuple[Line, ...]:
    return tuple(
        Line(
            line_id=f"{place:02d}",
            sku=sku.code,
            measure="gram" if sku.weighed else "piece",
            quantity=chance.randrange(150, 1500, 5)
            if sku.weighed
            else chance.choices([1, 2, 3, 4, 6], [60, 20, 9, 7, 4])[0],
            list_price_fen=sku.price,
            categories=sku.categories,
            brand=sku.brand,
            tags=sku.tags,
        )
        for place, sku in enumerate(chance.sample(skus, LINES))
    )


class _Programme:
    """Draws the rules of one programme; each gets the next code."""

    def __init__(self, chance: random.Random, skus: list[_Sku], baskets: list[tuple[Line, ...]]) -> None:
        self._chance = chance
        self._skus = skus
        self._baskets = baskets
        self._rules: list[Rule] = []

    def promotions(self) -> Promotions:
        self._order_rules()
        self._coupons()
        self._groups()
        self._quotas()
        self._delivery()
        self._units(RULES - len(self._rules))
        return Promotions(
            rules=tuple(self._rules),
            exclusions=(
                Exclusion("store", "fresh", "line"),
                Exclusion("flash", "store", "line"),
                Exclusion("fresh", "brand", "line"),
                Exclusion("clearance", "grocery", "order"),
                Exclusion("fresh", "member", "order"),
            ),
            maxima=(Maximum("coupon", 3, "layer"), Maximum("store", 2)),
        )

    def _named(self, kind: str) -> dict[str, object]:
        code = f"{kind}-{len(self._rules):03d}"
        return {"code": code, "name": Text(zh=code, en=code)}

    def _mean(self, scope: Scope) -> int:
        """What a scope comes to in a mean basket, after unit prices; fen."""
        total = sum(_list_fen(line) for lines in self._baskets for line in lines if _inside(scope, line))
        return total * KEPT_BP // 10_000 // len(self._baskets)

    def _thresholds(self, scope: Scope, count: int) -> list[int]:
        """So many, near what the scope comes to, in whole yuan."""
        mean = self._mean(scope)
        lowest, highest = mean * 60 // 100, mean * 125 // 100
        return sorted({max(self._chance.randint(lowest, highest) // 100 * 100, 500) for _ in range(count)})

    def _off_steps(self, scope: Scope, count: int) -> effects.Off:
        """Each step takes 8 to 15 % of its threshold, a higher one more."""
        share, steps = self._chance.randint(8, 11), []
        for at in self._thresholds(scope, count):
            steps.append(effects.OffStep(at, max(at * share // 10_000 * 100, 100)))
            share += self._chance.randint(1, 2)
        return effects.Off(steps=tuple(steps))

    def _order_rules(self) -> None:
        chance = self._chance
        scopes = (
            ("store", Scope()),
            ("store", Scope(categories=(f"D{chance.randrange(DEPARTMENTS)}",))),
            ("fresh", Scope(categories=tuple(chance.sample(CATEGORIES, 3)))),
            ("brand", Scope(brands=tuple(chance.sample(BRANDS, 3)))),
            ("clearance", Scope(tags=(chance.choice(TAGS),))),
            ("store", Scope(but=Goods(categories=(chance.choice(CATEGORIES),)))),
        )
        for place, (stacking, scope) in enumerate(scopes):
            effect: effects.Off | effects.RateOff = self._off_steps(scope, chance.choice([2, 3, 3]))
            if place == 3:
                at, off = self._mean(scope) * 45 // 10_000 * 100, 0
                off = max(at * 10 // 10_000 * 100, 100)
                effect = effects.Off(steps=(effects.OffStep(max(at, 500), off),), repeat=True, times=5)
            elif place == 4:
                steps = [
                    effects.RateStep(at, 9400 - 200 * number) for number, at in enumerate(self._thresholds(scope, 2))
                ]
                effect = effects.RateOff(steps=tuple(steps), max_off_fen=5_000)
            self._add(
                OrderRule,
                "order",
                scope=scope,
                stacking=stacking,
                effect=effect,
                priority=chance.randrange(3),
                base="list" if place == 5 else "group",
            )

    def _coupons(self) -> None:
        for number in range(20):
            stacking = ("grocery", "brandweek", "member", "delivery")[number % 4]
            scope = Scope() if stacking in ("member", "delivery") else self._scope()
            effect: effects.CouponEffect
            if number in (3, 7):
                effect = effects.FeeOff(300, self._thresholds(Scope(), 1)[0])
            elif number % 3 == 0:
                at = self._thresholds(scope, 1)[0]
                rate = effects.RateStep(at, self._chance.choice([9000, 9200, 9500]))
                effect = effects.RateOff(steps=(rate,), max_off_fen=max(at // 1_000 * 100, 200))
            else:
                effect = self._off_steps(scope, 1)
            self._add(CouponRule, "coupon", scope=scope, stacking=stacking, effect=effect)

    def _groups(self) -> None:
        chance = self._chance
        pieces = [sku for sku in self._skus if not sku.weighed]
        for number in range(36):
            first, second = chance.sample(pieces, 2)
            one = Scope(skus=(first.code,))
            slots: tuple[Slot, ...] = (Slot(one, 1), Slot(Scope(skus=(second.code,)), 1))
            effect: effects.GroupEffect = effects.GroupPrice((first.price + second.price) * 80 // 100)
            if number < 12:
                slots, effect = (Slot(one, 4),), effects.GroupRate(0, 1)
            elif number < 22:
                slots, effect = (Slot(one, 2),), effects.GroupRate(5000, 1)
            elif number < 26:
                goods = chance.choice(
                    [Scope(categories=(chance.choice(CATEGORIES),)), Scope(brands=(chance.choice(BRANDS),))]
                )
                slots, effect = (Slot(goods, 3),), effects.GroupRate(8000)
            base = "unit" if number % 5 == 0 else "list"
            self._add(GroupRule, "group", slots=slots, effect=effect, base=base, times=chance.choice([None, 2]))

    def _quotas(self) -> None:
        chance = self._chance
        for sku in chance.sample([sku for sku in self._skus if not sku.weighed], 12):
            cap = Cap(of="pieces", at_most=chance.randint(2, 4), per="member")
            price = effects.Price(sku.price * chance.randint(60, 80) // 100)
            scope = Scope(skus=(sku.code,))
            self._add(UnitRule, "flash", scope=scope, effect=price, label="flash", caps=(cap,), stacking="flash")

    def _delivery(self) -> None:
        at = self._thresholds(Scope(), 1)[0]
        self._add(DeliveryRule, "delivery", effect=effects.Fee(0, at))
        self._add(DeliveryRule, "delivery", effect=effects.FeeOff(200, at * 80 // 100))

    def _units(self, count: int) -> None:
        for place in range(len(TIERS)):
            when = OneOf("tier", TIERS[place:])
            self._add(UnitRule, "tier", when=when, effect=effects.PriceRate(9800 - 200 * place), label="tier_rate")
        for tier, rate in (("gold", 9900), ("diamond", 9800)):
            when_top = Compare("tier", "eq", tier)
            self._add(UnitRule, "top", scope=self._scope(), when=when_top, effect=effects.PriceRate(rate), on_top=True)
        for number in range(count - 5):
            if number % 4 == 0:
                scope = self._scope()
                self._add(UnitRule, "some", scope=scope, effect=effects.PriceRate(self._chance.randint(85, 97) * 100))
            else:
                sku = self._chance.choice(self._skus)
                effect = effects.PriceOff(max(sku.price * self._chance.randint(5, 25) // 100, 1))
                self._add(UnitRule, "sku", scope=Scope(skus=(sku.code,)), effect=effect)

    def _scope(self) -> Scope:
        chance = self._chance
        return chance.choice(
            [
                Scope(categories=(chance.choice(CATEGORIES),)),
                Scope(categories=tuple(chance.sample(CATEGORIES, 2))),
                Scope(brands=(chance.choice(BRANDS),)),
                Scope(tags=(chance.choice(TAGS),)),
            ]
        )

    def _add(self, kind: type[Rule], name: str, **given: object) -> None:
        self._rules.append(kind(**self._named(name), **given))  # type: ignore[arg-type]


def _list_fen(line: Line) -> int:
    if line.measure == "gram":
        return (line.quantity * line.list_price_fen + 500) // 1000
    return line.quantity * line.list_price_fen


def _inside(scope: Scope, line: Line) -> bool:
    if scope.but is not None and not set(scope.but.categories or ()).isdisjoint(line.categories):
        return False
    return (
        (scope.categories is None or not set(scope.categories).isdisjoint(line.categories))
        and (scope.brands is None or line.brand in scope.brands)
        and (scope.tags is None or not set(scope.tags).isdisjoint(line.tags))
    )
