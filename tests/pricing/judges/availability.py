"""What is priced and what may be applied to it: sections 1 and 2 of docs/domain/pricing.md, read literally."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huixiang.conditions import model as conditions
from huixiang.pricing.model.basket import Basket, Line, Room, Situation
from huixiang.pricing.model.effects import Scope
from huixiang.pricing.model.rules import CouponRule, Layer, Promotions, Rule
from tests.pricing.judges.arithmetic import rounded


@dataclass(frozen=True, slots=True)
class Merged:
    """Lines that are one. `parts`: (line id, its own list amount, its quantity)."""

    line_id: str
    line: Line
    quantity: int
    list_fen: int
    parts: tuple[tuple[str, int, int], ...]

    @property
    def pieces(self) -> int:
        return self.quantity if self.line.measure == "piece" else 0


@dataclass(frozen=True, slots=True)
class Offer:
    """A rule that is available, or one copy of a coupon. lines: numbers of the merged lines in scope."""

    rule: Rule
    layer: Layer
    lines: frozenset[int]
    room_fen: int | None
    quota: int | None
    coupon_id: str = ""
    expires_at: datetime | None = None

    @property
    def order(self) -> tuple[int, str, str]:
        return self.rule.priority, self.rule.code, self.coupon_id


def layer_of(rule: Rule) -> Layer:
    name = type(rule).__name__.removesuffix("Rule").lower()
    assert name in {"unit", "group", "order", "coupon", "delivery"}
    return name  # type: ignore[return-value]


def own_list(line: Line, quantity: int) -> int:
    if line.measure == "gram":
        return rounded(quantity * line.list_price_fen, 1000)
    return quantity * line.list_price_fen


def merge(basket: Basket) -> list[Merged]:
    """Merged lines by line id."""
    alike: dict[object, list[Line]] = {}
    for line in basket.lines:
        prices = tuple(sorted(line.prices.items()))
        price = None if line.measure == "amount" else line.list_price_fen
        facts = (line.measure, price, prices, line.cost_fen, line.hours_left)
        key = (line.sku, *facts, frozenset(line.categories), line.brand, frozenset(line.tags))
        alike.setdefault(key, []).append(line)
    merged = []
    for lines in alike.values():
        quantity = sum(line.quantity for line in lines)
        parts = tuple(sorted((line.line_id, own_list(line, line.quantity), line.quantity) for line in lines))
        amounts = sum(listed for _, listed, _ in parts)
        whole = amounts if lines[0].measure == "amount" else own_list(lines[0], quantity)
        merged.append(Merged(parts[0][0], lines[0], quantity, whole, parts))
    return sorted(merged, key=lambda one: one.line_id)


def matches(goods: conditions.Scope, line: Line) -> bool:
    return (
        (goods.skus is None or line.sku in goods.skus)
        and (goods.categories is None or any(one in goods.categories for one in line.categories))
        and (goods.brands is None or line.brand in goods.brands)
        and (goods.tags is None or any(one in goods.tags for one in line.tags))
    )


def in_scope(scope: Scope, line: Line) -> bool:
    if scope.but is not None and matches(scope.but, line):
        return False
    return matches(scope, line) and (scope.weighed or line.measure == "piece")


def holds(condition: conditions.Condition | None, lines: list[Merged], situation: Situation) -> bool:
    """The conditions that the generator draws; any other is an error."""
    match condition:
        case None:
            return True
        case conditions.All(of):
            return all(holds(part, lines, situation) for part in of)
        case conditions.Any(of):
            return any(holds(part, lines, situation) for part in of)
        case conditions.Not(of):
            return not holds(of, lines, situation)
        case conditions.Compare(attribute, op, value):
            known = situation.facts.context.get(attribute)
            if known is None:
                return False
            if op == "ge":
                return known >= value  # type: ignore[operator]
            assert op == "eq"
            return known == value
        case conditions.BasketSum():
            return within(condition, basket_sum(condition, lines))
    raise AssertionError(condition)


def basket_sum(condition: conditions.BasketSum, lines: list[Merged]) -> int:
    scoped = [one for one in lines if matches(condition.scope, one.line)]
    match condition.sum:
        case "list_fen":
            return sum(one.list_fen for one in scoped)
        case "pieces":
            return sum(one.pieces for one in scoped)
        case "grams":
            return sum(one.quantity for one in scoped if one.line.measure == "gram")
        case "skus":
            return len({one.line.sku for one in scoped})


def within(condition: conditions.BasketSum, amount: int) -> bool:
    return (condition.at_least is None or amount >= condition.at_least) and (
        condition.at_most is None or amount <= condition.at_most
    )


def room_of(rule: Rule, situation: Situation) -> Room:
    """What is left; of a rule that is not named, its caps whole."""
    if rule.code in situation.room:
        return situation.room[rule.code]
    least: dict[str, int] = {}
    for cap in rule.caps:
        least[cap.of] = min(cap.at_most, least.get(cap.of, cap.at_most))
    return Room(least.get("fen"), least.get("uses"), least.get("pieces"))


def copies_of(rule: CouponRule, situation: Situation) -> list[tuple[str, datetime | None]]:
    now = situation.facts.now
    held = [
        (copy.coupon_id, copy.expires_at)
        for copy in situation.coupons
        if copy.rule == rule.code and (copy.expires_at is None or copy.expires_at > now)
    ]
    if rule.public_code is not None and rule.public_code in situation.codes:
        held.append((rule.public_code, None))
    return [copy for copy in held if copy[0] not in situation.left_out]


def offers(promotions: Promotions, lines: list[Merged], situation: Situation) -> list[Offer]:
    """Every rule and copy that is available, in the order in which rules are taken within their layer."""
    found = []
    for rule in promotions.rules:
        room = room_of(rule, situation)
        if not available(rule, room, lines, situation):
            continue
        scoped = frozenset(number for number, one in enumerate(lines) if in_scope(rule.scope, one.line))
        copies = copies_of(rule, situation) if isinstance(rule, CouponRule) else [("", None)]
        found += [
            Offer(rule, layer_of(rule), scoped, room.fen, room.pieces, coupon_id, expires)
            for coupon_id, expires in copies
        ]
    return sorted(found, key=lambda offer: offer.order)


def available(rule: Rule, room: Room, lines: list[Merged], situation: Situation) -> bool:
    if rule.code in situation.killed or rule.code in situation.left_out:
        return False
    if rule.period is not None and not (
        rule.period.start <= situation.facts.now and (rule.period.end is None or situation.facts.now < rule.period.end)
    ):
        return False
    if rule.payment_methods and situation.payment_method not in rule.payment_methods:
        return False
    if any(left is not None and left <= 0 for left in (room.fen, room.uses, room.pieces)):
        return False
    had = situation.facts.member.get("benefits", frozenset())
    if rule.benefit is not None and not (isinstance(had, frozenset) and rule.benefit in had):
        return False
    return holds(rule.when, lines, situation)
