"""A basket as it finally is: what each rule's threshold sees of its portions, and which rules hold them."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.rules.above import Goods, whole_goods
from huixiang.pricing.rules.compiled import GROUP_AMOUNT, LEFT, LIST, PAID, PIECES, UNIT_AMOUNT
from huixiang.pricing.rules.outcome import Outcome
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.upper import Upper


class Ending:
    """Amounts by portion, made when they are asked for. whole: every portion counts, and nothing is held back."""

    __slots__ = ("_columns", "_quote", "outcome", "parts", "whole")

    def __init__(self, quote: Quote, outcome: Outcome) -> None:
        self._quote = quote
        self.outcome = outcome
        self.parts = outcome.parts
        self.whole = not (quote.add_ons or quote.drop)
        self._columns: dict[int, Sequence[int]] = {}

    def column(self, kind: int) -> Sequence[int]:
        found = self._columns.get(kind)
        if found is None:
            found = self._columns[kind] = self._made(kind)
        return found

    def _made(self, kind: int) -> Sequence[int]:
        parts = self.parts
        if kind == LIST:
            return [part.list_fen for part in parts]
        if kind == UNIT_AMOUNT:
            return [part.unit_fen for part in parts]
        if kind == GROUP_AMOUNT:
            return [part.groups_fen for part in parts]
        if kind == PIECES:
            return [part.pieces for part in parts]
        left = list(self.column(GROUP_AMOUNT if kind == LEFT else LEFT))
        for taken in self.outcome.orders if kind == LEFT else self.outcome.coupons:
            for at, off in zip(taken.places, taken.shares, strict=True):
                left[at] -= off
        return left

    def total(self, kind: int) -> int:
        """Of all portions but add-ons. Where they are whole, what is paid and what was before that is known without a
        look at each."""
        if not self.whole:
            column = self.column(kind)
            return sum([column[at] for at, part in enumerate(self.parts) if part.add_on is None])
        if kind == LIST:
            return self._quote.list_fen
        if kind in (UNIT_AMOUNT, PIECES):
            return sum(self.column(kind))
        found = self.outcome.goods
        if kind != PAID:
            for taken in self.outcome.coupons:
                found += taken.off
        if kind == GROUP_AMOUNT:
            for taken in self.outcome.orders:
                found += taken.off
        return found

    def reach(self, kind: int, places: Sequence[int]) -> int:
        if self.whole and len(places) == len(self.parts):
            return self.total(kind)
        column = self.column(kind)
        return sum([column[at] for at in places])

    def places(self, upper: Upper) -> list[int]:
        """The portions that a rule may count, before what earlier rules hold against it."""
        bit = upper.bit
        return [at for at, part in enumerate(self.parts) if part.mask & bit]

    def counted(self, upper: Upper, places: list[int]) -> list[int]:
        """Those of them that no earlier rule holds against it."""
        if not upper.excludes:
            return places
        return [at for at in places if not self.held_before(upper, at) & upper.excludes]

    def held_before(self, upper: Upper, at: int) -> int:
        """Bits of the applied rules, earlier than this one, that hold a portion."""
        held = 0
        mask = self.parts[at].mask
        for taken in (*self.outcome.orders, *self.outcome.coupons):
            earlier = taken.upper
            if earlier.order < upper.order and mask & earlier.bit and not held & earlier.excludes:
                held |= earlier.bit
        return held

    def goods(self) -> Goods:
        """Portions as coupons find them."""
        goods = whole_goods(self._quote.lines, self.parts)
        goods.left = list(self.column(LEFT))
        goods.before = goods.left
        return goods
