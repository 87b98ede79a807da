"""All ways to cut one line into portions, where groups, quotas or add-ons may take a part of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huixiang.pricing.rules.compiled import UNIT_AMOUNT, Compiled
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Part
from huixiang.pricing.rules.unit import Prices, on_top_sets, priced

Counts = tuple[int, ...]
Sold = tuple[Compiled, int, int]
"""Under an add-on rule, at its price, so many pieces."""


class Slot:
    """One slot of one group rule in a component: `rule` is its number there, `pieces` what a group takes of it."""

    __slots__ = ("compiled", "lines", "number", "pieces", "rule", "unit_based")

    def __init__(self, number: int, rule: int, compiled: Compiled, pieces: int, lines: frozenset[int]) -> None:
        self.number = number
        self.rule = rule
        self.compiled = compiled
        self.pieces = pieces
        self.lines = lines
        self.unit_based = compiled.base == UNIT_AMOUNT


class Way:
    """One way: pieces for each slot, pieces for each quota (add-ons too), and the portions. `worth` is fen of one piece
    for groups on unit prices."""

    __slots__ = ("counts", "line", "parts", "total", "used", "worth")

    def __init__(self, line: Merged, counts: Counts, used: Counts, parts: Sequence[Part], worth: int) -> None:
        self.line = line
        self.counts = counts
        self.used = used
        self.parts = parts
        self.worth = worth
        self.total = sum([part.unit_fen for part in parts])


class Cutter:
    """Cuts lines by the rules that are available to a quote. quotas: rule -> number and pieces left, add-ons too."""

    def __init__(
        self,
        slots: Sequence[Slot],
        quotas: dict[Compiled, tuple[int, int]],
        candidates: Sequence[Sequence[Compiled]],
        on_top: Sequence[Sequence[Compiled]],
        add_ons: Sequence[Sequence[tuple[Compiled, int]]],
    ) -> None:
        self._slots = slots
        self._quotas = quotas
        self._candidates = candidates
        self._on_top = on_top
        self._add_ons = add_ons

    def ways(self, line: Merged, mask: int, drop: dict[str, int]) -> Iterator[Way]:
        """Each of them; equal ones may come more than once."""
        pieces = line.units if line.by_piece else 0
        slots = [slot for slot in self._slots if line.number in slot.lines]
        for counts in _splits([slot.number for slot in slots], pieces, len(self._slots)):
            grouped = sum(counts)
            for sold in self._sold(line, 0, pieces - grouped):
                rest = line.units - grouped - sum([count for _, _, count in sold])
                yield from self._with_quota(line, mask, drop, counts, rest, sold)

    def _sold(self, line: Merged, first: int, left: int) -> Iterator[tuple[Sold, ...]]:
        """Every way to sell pieces under add-on rules, from the `first` of the line's on."""
        add_ons = self._add_ons[line.number]
        if first == len(add_ons):
            yield ()
            return
        rule, price = add_ons[first]
        most = min(left, self._quotas[rule][1]) if price < line.price else 0
        for count in range(most + 1):
            mine = ((rule, price, count),) if count else ()
            for others in self._sold(line, first + 1, left - count):
                yield mine + others

    def _with_quota(
        self,
        line: Merged,
        mask: int,
        drop: dict[str, int],
        counts: Counts,
        rest: int,
        sold: Sequence[Sold],
    ) -> Iterator[Way]:
        candidates = self._candidates[line.number]
        yield from self._priced(line, mask, drop, counts, rest, sold, (None, 0))
        for rule in candidates:
            if rule in self._quotas:
                for taken in range(1, min(rest, self._quotas[rule][1]) + 1):
                    yield from self._priced(line, mask, drop, counts, rest - taken, sold, (rule, taken))

    def _priced(
        self,
        line: Merged,
        mask: int,
        drop: dict[str, int],
        counts: Counts,
        rest: int,
        sold: Sequence[Sold],
        quota: tuple[Compiled | None, int],
    ) -> Iterator[Way]:
        in_unit = {slot.compiled for slot in self._slots if counts[slot.number] and slot.unit_based}
        choices: list[Compiled | None] = [None]
        if rest or in_unit:
            choices += [rule for rule in self._candidates[line.number] if rule is not quota[0]]
        tops = list(on_top_sets(self._on_top[line.number])) if rest or in_unit or quota[1] else [()]
        for chosen in choices:
            for top in tops:
                way = self._cut(line, (mask, drop), counts, rest, sold, quota, chosen, top)
                if way is not None:
                    yield way

    def _cut(
        self,
        line: Merged,
        masks: tuple[int, dict[str, int]],
        counts: Counts,
        rest: int,
        sold: Sequence[Sold],
        quota: tuple[Compiled | None, int],
        chosen: Compiled | None,
        top: Prices,
    ) -> Way | None:
        parts: list[Part] = []
        used = [0] * len(self._quotas)
        for add_on, price, count in sorted(sold, key=lambda one: one[0].index):
            part = Part(line, count, line.list_of(count), count * price, 0)
            part.add_on = add_on
            used[self._quotas[add_on][0]] = count
            parts.append(part)
        prices = top if chosen is None else (chosen, *top)
        for rule in sorted({slot.compiled for slot in self._slots if counts[slot.number]}, key=lambda one: one.index):
            units = sum(counts[slot.number] for slot in self._slots if slot.compiled is rule)
            part = self._part(line, units, masks, prices if rule.base == UNIT_AMOUNT else (), used)
            part.group = rule
            part.mask &= ~masks[1].get(rule.stacking or "", 0)
            parts.append(part)
        if quota[0] is not None:
            part = self._part(line, quota[1], masks, (quota[0], *top), used)
            if quota[0] not in part.unit:
                return None  # a price that gives nothing takes no quota
            parts.append(part)
        if rest:
            parts.append(self._part(line, rest, masks, prices, used))
        if any(used[number] > left for number, left in self._quotas.values()):
            return None
        return Way(line, counts, tuple(used), parts, priced(prices, line, 1)[0])

    def _part(
        self, line: Merged, units: int, masks: tuple[int, dict[str, int]], prices: Prices, used: list[int]
    ) -> Part:
        amount, rules = priced(prices, line, units)
        mask, drop = masks
        if drop:
            for rule in rules:
                mask &= ~drop.get(rule.stacking or "", 0)
        quota = False
        for rule in rules:
            if rule in self._quotas:
                quota = True
                used[self._quotas[rule][0]] += units
        part = Part(line, units, line.list_of(units), amount, mask, rules)
        part.quota = quota
        return part


def _splits(slots: Sequence[int], pieces: int, width: int) -> Iterator[Counts]:
    """Every way to give pieces to slots, none included."""
    if not slots:
        yield (0,) * width
        return
    counts = [0] * width

    def give(place: int, left: int) -> Iterator[Counts]:
        if place == len(slots):
            yield tuple(counts)
            return
        for taken in range(left + 1):
            counts[slots[place]] = taken
            yield from give(place + 1, left - taken)
        counts[slots[place]] = 0

    yield from give(0, pieces)
