"""Rules drawn at random, with numbers near what the lines at hand can reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any, Literal

from huixiang.conditions import model as conditions
from huixiang.kernel.period import Period
from huixiang.kernel.text import Text
from huixiang.pricing.model import effects
from huixiang.pricing.model.basket import Line
from huixiang.pricing.model.effects import Scope
from huixiang.pricing.model.rules import Cap, CouponRule, DeliveryRule, GroupRule, OrderRule, Rule, Slot, UnitRule
from tests.pricing.judges.availability import own_list

RATES = (9999, 9999, 9800, 9500, 9000, 8800, 8750, 6667, 5000, 3333, 1234, 1, 0)
MILD = (9999, 9950, 9800, 9500, 9000, 8800, 8750)
STARTED = datetime(2026, 3, 1, tzinfo=UTC)
ENDED = datetime(2026, 3, 10, tzinfo=UTC)


class Drawing:
    """whole: the list amount of everything."""

    def __init__(self, random: Random, lines: Sequence[Line]) -> None:
        self._random = random
        self._lines = lines
        self._amounts = [own_list(line, line.quantity) for line in lines]
        self.whole = sum(self._amounts)
        self._pieces = sum(line.quantity for line in lines if line.measure == "piece")
        self._draw: list[Callable[[int], Rule]] = [
            *[self.unit] * 5,
            self.on_top,
            *[self.group] * 3,
            *[self.order] * 6,
            *[self.coupon] * 5,
            *[self.delivery] * 2,
        ]

    def rule(self, number: int) -> Rule:
        return self._random.choice(self._draw)(number)

    # ----------------------------------------------------------------------------------------------------- numbers
    def near(self) -> int:
        """A sum that a choice of prices can reach, or a fen or two beside it."""
        some = [amount for amount in self._amounts if self._random.random() < 0.6]
        reached = sum(some or self._amounts)
        if self._random.random() < 0.7:
            reached = reached * self._random.choice((10_000, *MILD)) // 10_000
        return max(0, reached + self._random.choice((-40, -2, -1, 0, 0, 0, 1, 2)))

    def some_off(self) -> int:
        most = self._random.choice((3, 12, self.whole // 10, self.whole // 4, self.whole // 2))
        return self._random.randint(1, max(1, most))

    def some_price(self) -> int:
        price = self._random.choice(self._lines).list_price_fen
        return max(0, price * self._random.choice(RATES) // 10_000 + self._random.choice((-1, 0, 0, 1)))

    def at(self, count: str = "fen") -> int:
        if count == "pieces":
            return self._random.randint(0, self._pieces + 1)
        return self._random.choice((0, self.near(), self.near(), self.near()))

    def _count(self) -> Literal["fen", "pieces"]:
        return self._random.choice(("fen", "fen", "fen", "fen", "pieces"))

    def times(self) -> int | None:
        return self._random.choice((None, None, 1, 2))

    def scope(self) -> Scope:
        pick = self._random.random()
        weighed = self._random.random() > 0.1
        but = None
        if self._random.random() < 0.12:
            but = conditions.Scope(**self._goods())
        if pick < 0.45:
            return Scope(but=but, weighed=weighed)
        return Scope(**self._goods(), but=but, weighed=weighed)

    def _goods(self) -> dict[str, tuple[str, ...]]:
        match self._random.randrange(6):
            case 0 | 1:
                count = self._random.randint(1, len(self._lines))
                return {"skus": tuple(line.sku for line in self._random.sample(self._lines, count))}
            case 2 | 3:
                return {"categories": self._random.choice((("a",), ("a1",), ("b",), ("a1", "b")))}
            case 4:
                return {"brands": self._random.choice((("u",), ("u", "v")))}
            case _:
                return {"tags": self._random.choice((("t",), ("w",), ("t", "w")))}

    def _condition(self) -> conditions.Condition:
        leaf: list[conditions.Condition] = [
            conditions.Compare("channel", "eq", "app"),
            conditions.Compare("visits", "ge", 1),
            conditions.BasketSum("list_fen", at_least=self.near()),
            conditions.BasketSum(
                "pieces", at_least=self._random.randint(0, self._pieces), scope=conditions.Scope(skus=("s0",))
            ),
            conditions.BasketSum("skus", at_most=3),
            conditions.BasketSum("grams", at_least=0),
        ]
        one, other = self._random.sample(leaf, 2)
        return self._random.choice(
            (one, conditions.Not(one), conditions.All((one, other)), conditions.Any((one, other)))
        )

    def _shared(self, number: int, kind: str, classes: Sequence[str | None], caps: Sequence[str]) -> dict[str, Any]:
        """The fields that rules of all layers have."""
        random = self._random
        fields: dict[str, Any] = {"code": f"{kind}{number}", "name": Text(kind, kind), "scope": self.scope()}
        fields["stacking"] = random.choice(classes)
        fields["priority"] = random.choice((0, 0, 0, -1, 1))
        if random.random() < 0.1:
            fields["when"] = self._condition()
        if random.random() < 0.08:
            fields["payment_methods"] = random.choice((("card",), ("card", "wallet"), ("cash",)))
        if random.random() < 0.05:
            fields["period"] = Period(STARTED, random.choice((None, ENDED, datetime(2026, 4, 1, tzinfo=UTC))))
        fields["personal"] = random.random() < 0.1
        fields["caps"] = tuple(self._cap(of) for of in caps if random.random() < 0.12)
        return fields

    def _cap(self, of: str) -> Cap:
        most = self.some_off() if of == "fen" else self._random.randint(1, 3)
        return Cap(of, most, self._random.choice(("all", "member")))  # type: ignore[arg-type]

    # ------------------------------------------------------------------------------------------------------- rules
    def unit(self, number: int) -> UnitRule:
        fields = self._shared(number, "u", (None, None, "p", "q", "r"), ("fen", "uses"))
        if self._random.random() < 0.2:
            pieces = Cap("pieces", self._random.randint(1, 4))
            fields["caps"] = (*fields["caps"], pieces)
        match self._random.randrange(6):
            case 0:
                effect: effects.UnitEffect = effects.Price(self.some_price())
            case 1:
                effect = effects.PriceOff(self._random.randint(1, max(1, self.some_price())))
            case 2 | 3:
                effect = effects.PriceRate(self._random.choice((*RATES, *MILD)))
            case 4:
                effect = effects.ListedPrice("member")
            case _:
                hours = self._random.sample(range(13), self._random.randint(1, 3))
                steps = tuple(effects.MarkdownStep(hour, self._random.choice(RATES)) for hour in sorted(hours))
                effect = effects.Markdown(steps, self._random.choice((0, 0, -2000, 1500, -10_000)))
        return UnitRule(effect=effect, **fields)

    def on_top(self, number: int) -> UnitRule:
        fields = self._shared(number, "t", (None, "p", "q", "r"), ("fen", "uses"))
        effect: effects.UnitEffect = effects.PriceRate(self._random.choice((*RATES, *MILD)))
        if self._random.random() < 0.4:
            effect = effects.PriceOff(self._random.randint(1, max(1, self.some_price() // 2)))
        return UnitRule(effect=effect, on_top=True, **fields)

    def group(self, number: int) -> GroupRule:
        fields = self._shared(number, "g", (None, None, "p", "q", "r"), ("fen", "uses"))
        slots = tuple(
            Slot(self.scope(), self._random.choice((1, 1, 2, 2, 3) if single else (1, 1, 1, 2)))
            for single in [self._random.random() < 0.6]
            for _ in range(1 if single else self._random.choice((2, 2, 3)))
        )
        size = sum(slot.pieces for slot in slots)
        match self._random.randrange(4):
            case 0:
                effect: effects.GroupEffect = effects.GroupPrice(sum(self.some_price() for _ in range(size)))
            case 1:
                effect = effects.GroupOff(self._random.randint(1, max(1, self.some_price())))
            case _:
                cheapest = self._random.choice((None, 1, 1, self._random.randint(1, size)))
                effect = effects.GroupRate(self._random.choice(RATES), cheapest)
        base: Literal["list", "unit"] = self._random.choice(("list", "list", "unit"))
        return GroupRule(slots=slots, effect=effect, base=base, times=self.times(), **fields)

    def order(self, number: int) -> OrderRule:
        fields = self._shared(number, "o", (None, None, "p", "q", "r"), ("fen", "uses"))
        count = self._count()
        base: Literal["list", "unit", "group"] = self._random.choice(("group", "group", "group", "unit", "list"))
        pick = self._random.random()
        if pick < 0.12:
            effect: effects.OrderEffect = effects.GiftOver(self.at(count), self._gift())
        elif pick < 0.27:
            effect = effects.AddOn(self.at(count), self.scope(), self.some_price(), self._random.choice((1, 1, 2)))
        else:
            effect = self._off(count)
        return OrderRule(effect=effect, count=count, base=base, **fields)

    def _gift(self) -> effects.Gift:
        kind: Literal["goods", "coupon", "points"] = self._random.choice(("goods", "coupon", "points"))
        return effects.Gift(kind, "something", self._random.randint(1, 5), self._random.choice((0, 1, 50, 50, 300)))

    def _off(self, count: str) -> effects.Off | effects.RateOff:
        number = self._random.choice((1, 1, 2, 3))
        places = sorted({self.at(count) for _ in range(number)})
        if self._random.random() < 0.6:
            offs = sorted(self.some_off() for _ in places)
            steps = tuple(effects.OffStep(at, off) for at, off in zip(places, offs, strict=True))
            if self._random.random() < 0.25:
                once = max(1, steps[0].at // self._random.choice((1, 2, 3)))
                return effects.Off((effects.OffStep(once, steps[0].off_fen),), True, self.times())  # noqa: FBT003 - as written
            return effects.Off(steps)
        rates = sorted((self._random.choice(RATES) for _ in places), reverse=True)
        most = self._random.choice((None, None, self.some_off()))
        return effects.RateOff(tuple(effects.RateStep(at, rate) for at, rate in zip(places, rates, strict=True)), most)

    def coupon(self, number: int) -> CouponRule:
        fields = self._shared(number, "c", ("coupon", "x", "y", None), ("fen", "uses"))
        count = self._count()
        base: Literal["list", "unit", "group", "order"] = self._random.choice(
            ("order", "order", "order", "group", "unit", "list")
        )
        if self._random.random() < 0.2:
            fields["public_code"] = f"CODE-{number}"
        pick = self._random.random()
        if pick < 0.06:
            effect: effects.CouponEffect = effects.GiftOver(self.at(count), self._gift())
        elif pick < 0.25:
            effect = effects.Exchange(self._random.choice((1, 1, 2)), self.some_price() // 2, self.at(count))
        elif pick < 0.4:
            count = "fen"
            effect = self._fee()
        else:
            effect = self._off(count)
        return CouponRule(effect=effect, count=count, base=base, **fields)

    def _fee(self) -> effects.Fee | effects.FeeOff:
        if self._random.random() < 0.6:
            return effects.Fee(self._random.choice((0, 0, 2, 5)), self.at())
        return effects.FeeOff(self._random.randint(1, 15), self.at())

    def delivery(self, number: int) -> DeliveryRule:
        fields = self._shared(number, "d", (None, None, "p", "q", "r"), ("fen", "uses"))
        return DeliveryRule(effect=self._fee(), **fields)
