"""A rule above the groups as bounds see it."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.model.effects import RateOff
from huixiang.pricing.rules.compiled import COUPON, GROUP_AMOUNT, LEFT, LIST
from huixiang.pricing.rules.upper import Upper


class Term:
    """One rule above the groups. pieces: its thresholds count those; column: what its base is reckoned from; moves: its
    base grows with the lines' amounts; shared: order rules take from it first; classes: those that it counts. name: of
    its stacking class. whole: what it takes at its lowest threshold, where that is all it depends on, else -1."""

    __slots__ = (
        "classes", "column", "leaves", "lowest", "moves", "name", "pieces", "rate", "repeats", "shared", "thresholds",
        "upper", "whole",
    )  # fmt: skip

    def __init__(self, upper: Upper, counted: Sequence[int]) -> None:
        self.upper = upper
        self.pieces = upper.rule.counts_pieces
        self.moves = upper.base != LIST or upper.fee or upper.rule.layer > COUPON
        self.column = upper.base if self.moves and upper.base != LEFT and not upper.fee else GROUP_AMOUNT
        if not self.moves:
            self.column = LIST
        self.shared = upper.base == LEFT or upper.fee or upper.rule.layer > COUPON
        self.leaves = self.shared and not self.pieces
        self.rate = isinstance(upper.rule.effect, RateOff)
        self.lowest = upper.rule.lowest
        self.thresholds = upper.rule.thresholds
        self.repeats = upper.rule.repeats
        self.name = upper.rule.stacking
        self.whole = -1
        self.classes = [number for number, mask in enumerate(counted) if mask & upper.bit]

    def steps(self, base: int, most: int) -> list[int]:
        """Its thresholds above a base, up to so much more."""
        if self.repeats:
            step = self.thresholds[0]
            return list(range((base // step + 1) * step, base + most + 1, step))
        return [one for one in self.thresholds if base < one <= base + most]
