"""What a shop should have after each command of its orders: plain dicts and sums, without any of the program's code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Answer = dict[str, Any]
OPEN = ("placed", "fulfilled")
OVERWEIGHT = 5  # percent, of what is charged for at most more than was ordered


@dataclass
class ModelOrder:
    """An order as its answers had it. left: by line, what can come back; cash_fen: what is paid for the goods;
    fees_fen: what is left of those for delivery and packaging. unpaid: nothing of it was ever paid."""

    member: int
    placed: Answer
    state: str = "placed"
    payment: str = "due"
    unpaid: bool = False
    points: int = 0
    cash_fen: int = 0
    fees_fen: int = 0
    spent: int = 0
    earned: int = 0
    rewarded: int = 0
    growth: int = 0
    left: dict[str, int] = field(default_factory=dict)
    cash_back_fen: int = 0
    returned: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("fen", "points", "earned", "growth"), 0))
    shares: int = 0
    benefits: int = 0
    gifts: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return self.state == "completed" and not any(self.left.values())

    @property
    def counts(self) -> bool:
        """Whether its uses of rules count under caps."""
        return self.state in OPEN or (self.state == "completed" and not self.whole)


@dataclass
class ModelMember:
    """total: points, pending ones too, less what is owed; given: by nobody's order; coupons: state by id. mingled: an
    order was paid with what another had brought. Undone in another order, what came back may lie in another lot."""

    total: int = 0
    given: int = 0
    mingled: bool = False
    growth: int = 0
    coupons: dict[str, str] = field(default_factory=dict)
    orders: list[ModelOrder] = field(default_factory=list)

    @property
    def held(self) -> int:
        return sum(order.points for order in self.orders if order.state in OPEN)

    @property
    def left_of_given(self) -> int:
        spent = sum(order.spent - order.returned["points"] for order in self.orders if order.state == "completed")
        return self.given - self.held - spent

    @property
    def uses(self) -> int:
        return sum(order.shares for order in self.orders if order.counts)

    @property
    def benefit_uses(self) -> int:
        return sum(order.benefits for order in self.orders if order.counts)


def place(member: ModelMember, number: int, answer: Answer, shared: str, benefit: str) -> ModelOrder:
    """An order that was placed, and what of it must hold by itself. shared: a rule; benefit: and the rule under it."""
    list_fen = sum(line["list_fen"] for line in answer["lines"])
    off_fen = sum(line[f"{layer}_fen"] for line in answer["lines"] for layer in ("unit", "group", "order", "coupon"))
    assert (answer["list_fen"], answer["goods_fen"]) == (list_fen, list_fen - off_fen)
    assert sum(line["points"] for line in answer["lines"]) == answer["points"]
    assert sum(line["points_fen"] for line in answer["lines"]) == answer["points_off_fen"]
    fees_fen = answer["delivery_fen"] + answer["packaging_fen"]
    assert answer["due_fen"] == answer["goods_fen"] + fees_fen - answer["points_off_fen"]
    order = ModelOrder(number, answer, payment=answer["payment"], points=answer["points"], fees_fen=fees_fen)
    order.unpaid = order.payment == "due"
    order.cash_fen = answer["goods_fen"] - answer["points_off_fen"]
    order.spent = answer["points"]
    order.left = {line["line_id"]: line["quantity"] for line in answer["lines"]}
    member.mingled |= answer["points"] > member.left_of_given
    order.shares = int(any(one["rule"] == shared for one in answer["applied"]))
    order.benefits = int(any(one["rule"] == benefit for one in answer["applied"]))
    assert answer["benefits"] == [benefit] * order.benefits
    for coupon in answer["coupons"]:
        assert member.coupons[coupon] == "issued"
        member.coupons[coupon] = "held"
    member.orders.append(order)
    return order


def fulfil(order: ModelOrder, answer: Answer) -> None:
    stands = answer["fulfilled"]["lines"]
    assert {line["line_id"]: line["quantity"] for line in stands}.keys() >= order.left.keys()
    payable_fen = sum(line["payable_fen"] for line in stands)
    back_fen = sum(line["back_fen"] for line in stands)
    assert payable_fen == answer["goods_fen"] - back_fen
    more = sum(line["payable_fen"] * OVERWEIGHT // 100 + 1 for line in stands)
    assert 0 <= payable_fen <= answer["goods_fen"] + more
    order.spent = sum(line["points"] for line in stands)
    assert order.spent == answer["points"] - sum(line["points_back"] for line in stands) <= answer["points"]
    order.cash_fen = payable_fen - sum(line["points_fen"] for line in stands)
    order.left = {line["line_id"]: line["quantity"] for line in stands}
    order.payment = answer["payment"]
    order.unpaid &= order.payment == "due"
    assert (answer["pay_by"] is not None) == order.unpaid
    order.state = "fulfilled"


def complete(member: ModelMember, order: ModelOrder, told: Answer, rewarded: int) -> None:
    """told: the order as it was posted. rewarded: points that came with it beside what it earned."""
    assert told["cash_fen"] == order.cash_fen == sum(line["paid_fen"] for line in told["lines"])
    assert {line["line_id"]: line["quantity"] for line in told["lines"]} == {
        line_id: quantity for line_id, quantity in order.left.items() if quantity
    }
    order.earned, order.growth, order.rewarded = told["points"], told["growth"], rewarded
    member.total += order.earned + rewarded - order.spent
    member.growth += order.growth
    order.state = "completed"
    for coupon in order.placed["coupons"]:
        assert member.coupons[coupon] == "held"
        member.coupons[coupon] = "used"


def cancel(member: ModelMember, order: ModelOrder) -> None:
    order.state = "cancelled"
    for coupon in order.placed["coupons"]:
        assert member.coupons[coupon] == "held"
        member.coupons[coupon] = "issued"


def refund(member: ModelMember, order: ModelOrder, lines: dict[str, int], answer: Answer, gift_fen: int) -> None:
    """gift_fen: what a gift coupon that was used takes off."""
    for line_id, quantity in lines.items():
        order.left[line_id] -= quantity
        assert order.left[line_id] >= 0
    back = order.returned
    back["fen"] += answer["refund_fen"]
    back["points"] += answer["points_returned"]
    back["earned"] += answer["points"]
    back["growth"] += answer["growth"]
    order.fees_fen -= answer["fees_fen"]
    assert order.fees_fen >= 0
    assert answer["refund_fen"] >= 0
    order.cash_back_fen += answer["cash_refund_fen"]
    assert order.cash_back_fen + order_gifts(member, order, gift_fen) == back["fen"]
    assert back["fen"] <= order.cash_fen
    assert back["points"] <= order.spent
    member.total += answer["points_returned"] - answer["points"] - answer["reward"]
    member.growth -= answer["growth"]
    if not order.whole:
        assert answer["reward"] == 0
        return
    assert back == {"fen": order.cash_fen, "points": order.spent, "earned": order.earned, "growth": order.growth}
    assert answer["reward"] == order.rewarded
    for coupon in order.placed["coupons"]:
        member.coupons[coupon] = "issued"
    used = used_gifts(member, order)
    assert answer["gifts_fen"] == min(gift_fen * len(used), order.cash_fen)
    for gift in order.gifts:
        if gift not in used:
            member.coupons[gift] = "voided"


def used_gifts(member: ModelMember, order: ModelOrder) -> list[str]:
    return [gift for gift in order.gifts if member.coupons[gift] in {"held", "used"}]


def order_gifts(member: ModelMember, order: ModelOrder, gift_fen: int) -> int:
    """What of all that came back is not paid: for gifts that are used in the end; until then so much that what is left
    of the order covers those that may be."""
    count = len(used_gifts(member, order) if order.whole else order.gifts)
    left_fen = order.cash_fen - order.returned["fen"]
    return min(max(gift_fen * count - left_fen, 0), order.returned["fen"])
