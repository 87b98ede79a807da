"""What some of the lines of a component come to together, and when two such states are the same."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.rules.ways import Counts, Way

Sums = tuple[tuple[int, ...], ...]
"""By mask and group rule (-1 for none): fen by unit, fen after groups, list fen, pieces."""


class State:
    """What a number of lines, the first in rank, come to together. worth: fen of the pieces that each group rule holds;
    off: what rates take of them; held: the pieces themselves, where a rule ranks those of several slots together. Of
    rules whose lines are all among them these are 0 again, and `done` is what they take; quota: any was used;
    gap: what pieces are worth one by one beyond their portions, for rules on unit prices."""

    __slots__ = ("before", "counts", "done", "gap", "held", "off", "quota", "sums", "total", "used", "way", "worth")

    def __init__(self, counts: Counts, used: Counts, total: int, sums: Sums, worth: Counts, off: Counts) -> None:
        self.counts = counts
        self.used = used
        self.total = total
        self.sums = sums
        self.worth = worth
        self.off = off
        self.held: tuple[int, ...] = ()
        self.done = 0
        self.gap: Counts = ()
        self.quota = False
        self.before: State | None = None
        self.way: Way | None = None

    def ways(self) -> list[Way]:
        found = []
        state: State | None = self
        while state is not None and state.way is not None:
            found.append(state.way)
            state = state.before
        return found[::-1]


def added(sums: Sums, way: Way) -> Sums:
    """Sums by who counts a portion, with those of one more line."""
    added = {(mask, group): amounts for mask, group, *amounts in sums}
    for part in way.parts:
        key = (part.mask, -1 if part.group is None else part.group.index)
        unit, group, full, pieces = added.get(key, (0, 0, 0, 0))
        added[key] = [unit + part.unit_fen, group + part.unit_fen, full + part.list_fen, pieces + part.pieces]
    return tuple(sorted([(*key, *amounts) for key, amounts in added.items()]))


def closed(sums: Sums, group: int, off: int) -> Sums:
    """The sums with those of a group, less what it takes off, among what is in no group."""
    added = {(mask, index): amounts for mask, index, *amounts in sums}
    for mask, index in list(added):
        if index == group:
            mine = added.pop((mask, index))
            mine[1] -= min(off, mine[0])
            others = added.get((mask, -1), [0, 0, 0, 0])
            added[mask, -1] = [a + b for a, b in zip(mine, others, strict=True)]
    return tuple(sorted([(*key, *amounts) for key, amounts in added.items()]))


def cleared(counts: Counts, places: Sequence[int]) -> Counts:
    return tuple([0 if at in places else count for at, count in enumerate(counts)])
