"""The earlier posting that a command is about, and what became of it since."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import msgspec

from huixiang.points.model import ExceedsOrigin, HoldUnknown, OriginUnknown, Posting

GAVE = frozenset({"earn", "adjust", "transfer_in", "merged_in"})
TOOK = frozenset({"spend", "capture", "adjust", "transfer_out", "merged_out"})


class Origin(msgspec.Struct):
    """A posting, and those that gave it back, took it back or finished it."""

    posting: Posting
    reversals: list[Posting] = []

    @property
    def reversed(self) -> int:
        """How much of it was asked to be given or taken back, in whatever way it was found."""
        return sum(abs(reversal.requested) for reversal in self.reversals)

    @property
    def left(self) -> int:
        """How much of it can still be given or taken back."""
        return max(abs(self.posting.points) - self.reversed, 0)

    @property
    def lapsed(self) -> int:
        """How much of it counted as taken back because it had expired."""
        return sum(reversal.lapsed for reversal in self.reversals)


def to_take_back(origin: Origin | None, key: str, points: int) -> Origin:
    """What gave points, of which so many are to be taken back. Raises OriginUnknown, ExceedsOrigin."""
    return _to_reverse(origin, key, points, GAVE, sign=1)


def to_give_back(origin: Origin | None, key: str, points: int) -> Origin:
    """What took points, of which so many are to be given back. Raises OriginUnknown, ExceedsOrigin."""
    return _to_reverse(origin, key, points, TOOK, sign=-1)


def _to_reverse(origin: Origin | None, key: str, points: int, kinds: Collection[str], sign: int) -> Origin:
    if origin is None or origin.posting.kind not in kinds:
        raise OriginUnknown(key=key)
    left = max(sign * origin.posting.points - origin.reversed, 0)
    if points > left:
        raise ExceedsOrigin(key=key, points=points, left=left)
    return origin


def hold_made(origin: Origin | None, hold_id: UUID) -> Origin:
    """The posting that made a hold. Raises HoldUnknown."""
    if origin is None or origin.posting.kind != "hold":
        raise HoldUnknown(hold_id=hold_id)
    return origin
