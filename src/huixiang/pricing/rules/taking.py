"""What an order rule takes at least of some of the parts that it counts, where these are known within bounds."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.rules.compiled import GROUP_AMOUNT
from huixiang.pricing.rules.tally import Tally


class Left:
    """What is left of each class at least and at most, beside what the lines cost more, while rules take from it."""

    __slots__ = ("high", "low", "parts")

    def __init__(self, tally: Tally) -> None:
        self.low = tally.low[GROUP_AMOUNT][:]
        self.high = tally.high[GROUP_AMOUNT][:]
        self.parts = tally.parts


class Taking:
    """One order rule, which takes from `least` to `most` fen of its classes, whose goods cost up to `extra` more."""

    __slots__ = ("_classes", "_extra", "_high", "_inside", "_least", "_left", "_low", "_most", "_parts")

    def __init__(self, left: Left, classes: Sequence[int], least: int, most: int, extra: int) -> None:
        self._left = left
        self._classes = classes
        self._inside = frozenset(classes)
        self._extra = extra
        self._low = sum([left.low[at] for at in classes])
        self._high = sum([left.high[at] for at in classes])
        self._parts = sum([left.parts[at] for at in classes])
        self._least = min(least, self._low)
        self._most = min(most, self._high + extra)

    def least_of(self, classes: Sequence[int]) -> int:
        """Fen that it takes at least of some classes."""
        mine = [at for at in classes if at in self._inside]
        if len(mine) == len(self._classes):
            return self._least
        low = sum([self._left.low[at] for at in mine])
        if not low:
            return 0
        # Their part is smallest where all that is beside them is dearest.
        beside = self._high - sum([self._left.high[at] for at in mine]) + self._extra
        parts = sum([self._left.parts[at] for at in mine])
        return max(0, self._least * low // (low + beside) - self._rounding(parts))

    def _rounding(self, parts: int) -> int:
        """By how many fen whole shares of so many parts can be off, by largest remainder."""
        whole = self._parts
        return whole // 4 + 1 if 2 * parts > whole else parts * (whole - parts) // whole

    def apply(self) -> None:
        """Leave what may be left for the next rule."""
        left = self._left
        low, high = left.low[:], left.high[:]
        for at in self._classes:
            share = self.least_of((at,))
            upmost = high[at] + self._extra
            beside = self._low - low[at]
            most = self._most
            if upmost + beside > 0 and len(self._classes) > 1:
                most = min(most, self._most * upmost // (upmost + beside) + self._rounding(left.parts[at]) + 1)
            left.low[at] = max(0, low[at] - most)
            left.high[at] = max(0, high[at] - share)
