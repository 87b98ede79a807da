"""A priced basket: amounts in fen that sum to the whole, and why."""

from __future__ import annotations

from typing import Literal

import msgspec

from huixiang.kernel.text import Text
from huixiang.pricing.model.effects import Gift
from huixiang.pricing.model.rules import Layer


class Adjustment(msgspec.Struct, frozen=True, gc=False):
    """What one rule took off one line: list_fen less all adjustments is payable_fen."""

    rule: str
    layer: Layer
    amount_fen: int
    coupon_id: str | None = None


class Portion(msgspec.Struct, frozen=True, gc=False):
    """A part of a line that was priced alike: `quantity` pieces (or all grams) under unit rules (the price first, then
    what is on top of it) and at most one group rule or add-on."""

    quantity: int
    list_fen: int
    unit_fen: int
    group_fen: int
    unit: tuple[str, ...] = ()
    group: str | None = None


class PricedLine(msgspec.Struct, frozen=True, gc=False):
    """portions: of the merged line, where it was cut into several; lines of one sku that were merged each show them."""

    line_id: str
    sku: str
    quantity: int
    list_fen: int
    payable_fen: int
    adjustments: tuple[Adjustment, ...]
    portions: tuple[Portion, ...]


class Applied(msgspec.Struct, frozen=True, gc=False):
    """A rule that was applied. saved_fen: its adjustments' sum, or what it took off the delivery fee; cut_fen: what did
    not fit; times: groups, or how often a repeating step paid; pieces: at a price with a quota."""

    rule: str
    layer: Layer
    name: Text
    saved_fen: int
    cut_fen: int = 0
    coupon_id: str | None = None
    times: int = 1
    pieces: int | None = None
    gift: Gift | None = None


Reason = Literal[  # of several the first is told
    "killed",
    "left_out",  # by the member
    "not_now",  # outside its period
    "payment_method",
    "not_met",  # its condition does not hold
    "used_up",  # a budget, a count or a quota
    "no_goods",  # no line in scope, or none that has what it needs: a price on the list, hours left
    "too_few",  # pieces that a group needs
    "short",  # of a threshold
    "excluded",  # by a rule that was applied
    "maximum",  # of its class or layer
    "saves_nothing",
    "dearer",  # another combination is cheaper
]


class NotApplied(msgspec.Struct, frozen=True, gc=False):
    """A rule that touched the basket and was not applied.

    short: what is missing to the threshold, fen or pieces. by: the rule that excludes it, or of a maximum the first
    that was applied. text, dearer_fen: where they were asked for; dearer_fen is how much more the best combination with
    this rule costs, 0 for an equal one that came second.
    """

    rule: str
    layer: Layer
    name: Text
    reason: Reason
    text: Text | None = None
    coupon_id: str | None = None
    short: int | None = None
    counts: Literal["fen", "pieces"] | None = None
    by: str | None = None
    dearer_fen: int | None = None


class Priced(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """payable_fen = goods_fen + delivery_fen + packaging_fen, before points; goods_fen is the sum of the lines.

    proven: no combination that the rules allow is cheaper. Where the search stopped before (`nodes` reached the limit),
    none can be below bound_fen; otherwise that is payable_fen.
    """

    lines: tuple[PricedLine, ...]
    list_fen: int
    goods_fen: int
    delivery_fen: int
    packaging_fen: int
    payable_fen: int
    applied: tuple[Applied, ...]
    not_applied: tuple[NotApplied, ...]
    proven: bool
    bound_fen: int
    nodes: int
