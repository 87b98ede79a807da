"""What is priced: lines with the prices that the shop gave them, and what is known of who buys."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Literal

import msgspec

from huixiang.conditions.facts import Facts

Measure = Literal["piece", "gram", "amount"]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a basket.

    quantity: pieces, grams, or 1 where the line is an amount. list_price_fen: of one piece, of 1,000 grams, or the
    amount. categories: its own and all above it. prices: of the same basis, by price list (store and member prices).
    """

    line_id: str
    sku: str
    measure: Measure = "piece"
    quantity: int
    list_price_fen: int
    categories: tuple[str, ...] = ()
    brand: str | None = None
    tags: tuple[str, ...] = ()
    prices: Mapping[str, int] = {}
    cost_fen: int | None = None
    hours_left: int | None = None


class HeldCoupon(msgspec.Struct, frozen=True):
    """A copy of a coupon that the member holds, or one that a public code stands for. `rule`: its rule's code."""

    coupon_id: str
    rule: str
    expires_at: datetime | None = None


class Room(msgspec.Struct, frozen=True):
    """What is left to use of a rule's caps, for this member, now; None where nothing bounds it."""

    fen: int | None = None
    uses: int | None = None
    pieces: int | None = None


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """delivery_fen: the fee before any rule. Packaging is the programme's; `packaging_fen` adds to it."""

    lines: tuple[Line, ...]
    delivery_fen: int = 0
    packaging_fen: int = 0


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """Who buys, when and with what.

    facts: for conditions; their basket is made of the lines. left_out: rules and coupon ids that the member does not
    want. killed: rules switched off. room: by rule code, for rules with caps or a budget; one that is not named has
    used nothing. budgets: fen left, by code, of those that something was taken of.
    """

    facts: Facts
    coupons: tuple[HeldCoupon, ...] = ()
    codes: tuple[str, ...] = ()
    payment_method: str | None = None
    room: Mapping[str, Room] = {}
    budgets: Mapping[str, int] = {}
    left_out: AbstractSet[str] = frozenset()
    killed: AbstractSet[str] = frozenset()
