"""What of a basket group rules could hold: the lines that serve them, and how many pieces are missing for a group."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.merge import Merged


class Stock:
    """missing: of each group rule that some line serves, the pieces to add, each where it is of use, until it makes one
    group; enough: the rules that miss none."""

    __slots__ = ("_first", "_several", "enough", "missing")

    def __init__(self, lines: Sequence[Merged], general_groups: Sequence[Compiled]) -> None:
        self.missing: dict[Compiled, int] = {}
        self._first: dict[Compiled, Merged] = {}
        self._several: dict[Compiled, list[Merged]] = {}
        self._add(lines)
        for rule in general_groups:
            serving = [line for line in lines if line.touching.slots_of(rule)]
            if serving:
                self._first[rule] = serving[0]
                self._several[rule] = serving
                self.missing[rule] = 0
        for rule, serving in self._several.items():
            self.missing[rule] = _missing(rule, serving)
        self.enough = [rule for rule, pieces in self.missing.items() if not pieces] if self.missing else []

    def _add(self, lines: Sequence[Merged]) -> None:
        missing, first = self.missing, self._first
        for line in lines:
            for rule, _, whole, others in line.touching.served:
                if rule in first:
                    self._several.setdefault(rule, [first[rule]]).append(line)
                else:
                    first[rule] = line
                    # Of one line: its own pieces serve any of its slots, and the other slots lack all of theirs.
                    short = whole - line.units
                    missing[rule] = short if short > others else others  # noqa: FURB136 - no call for each rule

    def serving(self, rule: Compiled) -> Sequence[Merged]:
        """The lines that serve a rule of `missing`."""
        return self._several.get(rule) or (self._first[rule],)


def _missing(rule: Compiled, serving: Sequence[Merged]) -> int:
    slots = rule.slots
    if len(slots) == 1:
        return max(0, slots[0][1] - sum([line.units for line in serving]))
    able = [(line.units, line.touching.slots_of(rule)) for line in serving]
    missing = 0
    for count in range(1, len(slots) + 1):
        for some in combinations(range(len(slots)), count):
            have = sum([units for units, serves in able if not set(serves).isdisjoint(some)])
            missing = max(missing, sum([slots[slot][1] for slot in some]) - have)
    return missing
