"""What is charged for the rest of an order, in fractions: a model of its own, which imports nothing of the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

Price = Callable[[Mapping[str, int]], Mapping[str, int]]


@dataclass(frozen=True)
class Ordered:
    """own: after unit and group; granted: what order and coupons took off it."""

    quantity: int
    own: int
    granted: int
    points: int = 0
    worth: int = 0
    weighed: bool = False

    @property
    def paid(self) -> int:
        return self.own - self.granted


@dataclass(frozen=True)
class Taken:
    """quantity: picked; instead: the price of what took the place of the rest."""

    quantity: int
    instead: int | None = None


def nearest(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


def rest(whole: int, quantity: int, of: int) -> int:
    return nearest(Fraction(whole * quantity, of))


def counted(line: Ordered, taken: Taken, tolerance_bp: int) -> int:
    most = line.quantity + (floor(Fraction(line.quantity * tolerance_bp, 10_000)) if line.weighed else 0)
    return min(taken.quantity, most)


def proportional(line: Ordered, quantity: int, instead: int | None) -> int:
    own = rest(line.paid, quantity, line.quantity)
    return own if instead is None else own + min(instead, line.paid - own)


def kept(line: Ordered, quantity: int, instead: int | None) -> int:
    if quantity > line.quantity:
        return rest(line.paid, quantity, line.quantity)
    own = rest(line.own, quantity, line.quantity)
    return own - line.granted + (0 if instead is None else min(instead, line.own - own))


def due(
    policy: str, order: Mapping[str, Ordered], quantities: Mapping[str, Taken], price: Price, before: int | None = None
) -> int:
    """For the goods. before: what was charged until now, as ordered where it is None."""
    lines = [(name, line, quantities[name].quantity, quantities[name].instead) for name, line in order.items()]
    paid = sum(line.paid for line in order.values()) if before is None else before
    if policy == "proportional":
        return sum(proportional(line, quantity, instead) for _, line, quantity, instead in lines)
    if policy == "keep":
        return max(0, sum(kept(line, quantity, instead) for _, line, quantity, instead in lines))
    if all(quantity == line.quantity for _, line, quantity, _ in lines):
        return paid
    more = sum(max(0, proportional(line, quantity, None) - line.paid) for _, line, quantity, _ in lines)
    asked = {name: quantity for name, _, quantity, _ in lines if quantity}
    found = sum(price(asked).values()) if asked else 0
    found += sum(
        min(instead, line.paid - proportional(line, quantity, None))
        for _, line, quantity, instead in lines
        if instead is not None
    )
    return min(paid + more, found)


def paid_with(
    policy: str, order: Mapping[str, Ordered], quantities: Mapping[str, Taken], goods: int
) -> tuple[int, int]:
    """Points that stay, and what they pay."""
    if policy == "proportional":
        stays = [0, 0]
        for name, line in order.items():
            if line.paid:
                share = Fraction(
                    min(line.paid, proportional(line, quantities[name].quantity, quantities[name].instead)), line.paid
                )
                stays[0] += nearest(line.points * share)
                stays[1] += nearest(line.worth * share)
        return stays[0], stays[1]
    paid = sum(line.paid for line in order.values())
    if not paid:
        return 0, 0
    share = Fraction(min(goods, paid), paid)
    points, worth = (sum(getattr(line, what) for line in order.values()) for what in ("points", "worth"))
    return nearest(points * share), nearest(worth * share)
