"""Lines that groups, shared quotas or add-ons link: everything they can come to, together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huixiang.pricing.model.effects import GroupOff, GroupPrice, GroupRate
from huixiang.pricing.rules.compiled import UNIT_AMOUNT, Compiled
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Choice, Part
from huixiang.pricing.rules.share import share
from huixiang.pricing.rules.ways import Counts, Cutter, Slot, Way


class TooMany(Exception):
    """More states than the search may look at."""


class _State:
    """What a number of lines, the first in rank, come to together."""

    __slots__ = ("before", "counts", "total", "used", "way")

    def __init__(self, counts: Counts, used: Counts, total: int, before: _State | None, way: Way | None) -> None:
        self.counts = counts
        self.used = used
        self.total = total
        self.before = before
        self.way = way

    def ways(self) -> list[Way]:
        found = []
        state: _State | None = self
        while state is not None and state.way is not None:
            found.append(state.way)
            state = state.before
        return found[::-1]


class Linked:
    """A component of several lines, or of one that can be cut. `limit`: states that may be made."""

    def __init__(
        self,
        lines: Sequence[Merged],
        slots: Sequence[Slot],
        rules: Sequence[Compiled],
        times: Sequence[int | None],
        room: Counts,
        *,
        limit: int,
    ) -> None:
        self.lines = sorted(lines, key=lambda line: (-line.price, line.line_id))
        self._slots = slots
        self._rules = rules
        self._times = times
        self._room = room
        self._limit = limit
        self.states = 0

    def choices(self, cutter: Cutter, masks: Sequence[int], drop: dict[str, int]) -> list[Choice]:
        """Every choice whose amounts or masks differ from all others'. Raises TooMany."""
        states = [_State((0,) * len(self._slots), (0,) * len(self._room), 0, None, None)]
        most = self._most()
        for line in self.lines:
            ways = _distinct(cutter.ways(line, masks[line.number], drop))
            states = [found for state in states for found in self._extend(state, ways, most)]
        found: dict[object, Choice] = {}
        for state in states:
            choice = self._close(state)
            if choice is not None:
                _keep(found, choice)
        return sorted(found.values(), key=lambda choice: choice.amount)

    def _most(self) -> list[int]:
        """Pieces that each slot may hold: no more groups than pieces and `times` allow."""
        most = []
        for slot in self._slots:
            pieces = sum(line.units for line in self.lines if line.number in slot.lines)
            groups = pieces // slot.pieces
            times = self._times[slot.rule]
            most.append(slot.pieces * (groups if times is None else min(groups, times)))
        return most

    def _extend(self, state: _State, ways: Iterable[Way], most: Sequence[int]) -> Iterable[_State]:
        for way in ways:
            counts = tuple([a + b for a, b in zip(state.counts, way.counts, strict=True)])
            used = tuple([a + b for a, b in zip(state.used, way.used, strict=True)])
            if any([a > b for a, b in zip(counts, most, strict=True)]):
                continue
            if any([a > b for a, b in zip(used, self._room, strict=True)]):
                continue
            self.states += 1
            if self.states > self._limit:
                raise TooMany
            yield _State(counts, used, state.total + way.total, state, way)

    def _close(self, state: _State) -> Choice | None:
        """The choice of a state, with what its groups take off; None where a group is not whole or takes nothing."""
        ways = state.ways()
        groups: list[int] = []
        for slot in self._slots:
            whole, left = divmod(state.counts[slot.number], slot.pieces)
            if left:
                return None
            if slot.rule < len(groups) and groups[slot.rule] != whole:
                return None
            if slot.rule == len(groups):
                groups.append(whole)
        taken = []
        for number, times in enumerate(groups):
            limit = self._times[number]
            if times:
                off = self._off(number, times, ways)
                if off <= 0 or (limit is not None and times > limit):
                    return None
                taken.append((self._rules[number], off))
        return Choice(_settled(ways, taken))

    def _off(self, rule: int, times: int, ways: Sequence[Way]) -> int:
        compiled = self._rules[rule]
        held = [_ranked(slot, ways, compiled.base == UNIT_AMOUNT) for slot in self._slots if slot.rule == rule]
        sizes = [slot.pieces for slot in self._slots if slot.rule == rule]
        worth = sum(value for slot in held for _, value in slot)
        effect = compiled.effect
        if isinstance(effect, GroupPrice):
            return max(0, worth - times * effect.price_fen)
        if isinstance(effect, GroupOff):
            return min(worth, times * effect.off_fen)
        assert isinstance(effect, GroupRate)  # noqa: S101 - the last of the group effects
        off = 0
        for group in range(times):
            pieces = [
                one for slot, size in zip(held, sizes, strict=True) for one in slot[group * size : (group + 1) * size]
            ]
            pieces.sort(key=lambda one: one[0])
            count = len(pieces) if effect.cheapest is None else min(effect.cheapest, len(pieces))
            for _, value in pieces[len(pieces) - count :]:
                off += value - (value * effect.rate_bp + 5000) // 10000
        return off


Rank = tuple[int, str, int]


def _ranked(slot: Slot, ways: Sequence[Way], unit_based: bool) -> list[tuple[Rank, int]]:
    """The pieces of a slot, the dearest by list price first, with what each is worth."""
    pieces: list[tuple[Rank, int]] = []
    for way in ways:  # in rank already
        count = way.counts[slot.number]
        if count:
            value = way.worth if unit_based else way.line.price
            pieces += [((-way.line.price, way.line.line_id, slot.number), value)] * count
    return pieces


def _settled(ways: Sequence[Way], taken: Sequence[tuple[Compiled, int]]) -> list[Part]:
    """The parts of all lines, in the order of lines, with what groups take off; those of a group are copies."""
    by_line = sorted(ways, key=lambda way: way.line.number)
    parts = [_copied(part) if part.group is not None else part for way in by_line for part in way.parts]
    for rule, off in taken:
        held = [part for part in parts if part.group is rule]
        amounts = [part.unit_fen for part in held]
        whole = sum(amounts)
        if whole:
            for part, shared in zip(held, share(min(off, whole), amounts), strict=True):
                part.groups_fen -= shared
    return parts


def _copied(part: Part) -> Part:
    copy = Part(
        part.line, part.units, part.pieces, part.list_fen, part.unit_fen, part.mask, part.unit, quota=part.quota
    )
    copy.group = part.group
    return copy


def _distinct(ways: Iterable[Way]) -> list[Way]:
    """One of those that are the same to everything that follows."""
    found: dict[object, Way] = {}
    for way in ways:
        key = (way.counts, way.used, way.worth, tuple([(part.unit_fen, part.mask, part.group) for part in way.parts]))
        kept = found.get(key)
        if kept is None or _rules(way.parts) < _rules(kept.parts):
            found[key] = way
    return list(found.values())


def _keep(found: dict[object, Choice], choice: Choice) -> None:
    """Of choices with the same amounts for all who count them: without a quota, then by the smallest rules."""
    amounts: dict[int, list[int]] = {}
    for part in choice.parts:
        one = amounts.setdefault(part.mask, [0, 0, 0, 0])
        one[0] += part.list_fen
        one[1] += part.unit_fen
        one[2] += part.groups_fen
        one[3] += part.pieces
    key = tuple(sorted((mask, *one) for mask, one in amounts.items()))
    kept = found.get(key)
    if kept is None or (choice.quota, _rules(choice.parts)) < (kept.quota, _rules(kept.parts)):
        found[key] = choice


def _rules(parts: Sequence[Part]) -> list[int]:
    indices = {rule.index for part in parts for rule in part.unit}
    indices.update(part.group.index for part in parts if part.group is not None)
    return sorted(indices)
