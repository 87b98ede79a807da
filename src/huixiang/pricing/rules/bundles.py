"""Lines linked by groups whose slots only one of the lines can serve, where nothing but sums matters: bundles of skus,
and buy-so-many of one. How often each rule applies says which pieces it holds, so there is nothing else to try
(`groups` tries everything)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from huixiang.pricing.model.effects import GroupOff, GroupPrice, GroupRate
from huixiang.pricing.rules.compiled import LIST, Compiled
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Choice, Part
from huixiang.pricing.rules.plain import Pricer
from huixiang.pricing.rules.share import share

MOST = 256  # ways to apply the rules
NEVER = 1 << 60
Times = tuple[int, ...]
Way = tuple[Times, list[int], int]


class Offer:
    """A rule among these lines. holds: pieces of each line that one group takes, by the line's place; off: fen that one
    group takes off; fen: what it comes to."""

    __slots__ = ("fen", "holds", "most", "off", "rule")

    def __init__(self, rule: Compiled, holds: dict[int, int], lines: Sequence[Merged]) -> None:
        self.rule = rule
        self.holds = holds
        times: int | None = getattr(rule.rule, "times", None)
        most = NEVER if times is None else times
        worth = 0
        for at, pieces in holds.items():
            line = lines[at]
            worth += pieces * line.price
            most = min(most, line.units // pieces)
        self.most = most
        self.off = min(_off(rule, holds, lines, worth), worth)
        self.fen = worth - self.off


class Bundles:
    """What such lines come to, for every number of times that each rule is applied."""

    def __init__(self, lines: Sequence[Merged], offers: Sequence[Offer], pricer: Pricer) -> None:
        self.lines = lines
        self._offers = offers
        self._pricer = pricer

    def _ways(self) -> Iterator[Way]:
        """How often each rule is applied, the pieces of each line that are left, and what the groups come to."""
        offers = self._offers
        units = [line.units for line in self.lines]
        for times in product(*[range(offer.most + 1) for offer in offers]):
            rest = units.copy()
            amount = 0
            for offer, count in zip(offers, times, strict=True):
                if count:
                    amount += count * offer.fen
                    for at, pieces in offer.holds.items():
                        rest[at] -= count * pieces
            if min(rest) >= 0:
                yield times, rest, amount

    def cheapest(self) -> Choice:
        """The lowest amount; of equal ones by the smallest rules."""
        lines, pricer = self.lines, self._pricer
        least, best = NEVER, []
        for way in self._ways():
            _, left, amount = way
            for line, units in zip(lines, left, strict=True):
                if units:
                    amount += pricer.least(line, units)
            if amount < least:
                least, best = amount, [way]
            elif amount == least:
                best.append(way)
        found = [self._cheapest_parts(times, left) for times, left, _ in best]
        return Choice(found[0] if len(found) == 1 else min(found, key=_rules))

    def _cheapest_parts(self, times: Times, left: Sequence[int]) -> list[Part]:
        pricer = self._pricer
        rests = [pricer.cheapest(line, units) for line, units in zip(self.lines, left, strict=True) if units]
        return self._parts(times, rests)

    def amounts(self) -> set[int]:
        """All that they can come to."""
        found: set[int] = set()
        for _, left, grouped in self._ways():
            sums = {grouped}
            for at, units in enumerate(left):
                if units:
                    prices = self._pricer.prices(self.lines[at], units)
                    sums = {one + price for one in sums for price in prices}
            found |= sums
        return found

    def at(self, amount: int) -> Sequence[Part]:
        """The parts that come to just that; of equal ones by the smallest rules."""
        found: list[list[Part]] = []
        pricer = self._pricer
        for times, left, grouped in self._ways():
            rest = [(self.lines[at], units) for at, units in enumerate(left) if units]
            for prices in product(*[pricer.prices(line, units) for line, units in rest]):
                if grouped + sum(prices) == amount:
                    rests = [pricer.at(line, units, price) for (line, units), price in zip(rest, prices, strict=True)]
                    found.append(self._parts(times, rests))
        return min(found, key=_rules)

    def _parts(self, times: Times, rests: Sequence[Part]) -> list[Part]:
        """By line; of one line what groups hold, by rule, and then the rest."""
        found = list(rests)
        for offer, count in zip(self._offers, times, strict=True):
            if count:
                mine = [self._held(offer, at, count * pieces) for at, pieces in offer.holds.items()]
                offs = share(count * offer.off, [part.unit_fen for part in mine])
                for part, off in zip(mine, offs, strict=True):
                    part.groups_fen -= off
                found += mine
        if len(found) > 1:
            found.sort(key=_place)
        return found

    def _held(self, offer: Offer, at: int, pieces: int) -> Part:
        line = self.lines[at]
        amount = pieces * line.price
        part = Part(line, pieces, amount, amount, line.mask)
        part.group = offer.rule
        return part


def bundles_of(lines: Sequence[Merged], rules: Sequence[Compiled], pricer: Pricer) -> Bundles | None:
    """None where the lines are not linked so simply."""
    for line in lines:
        if pricer.on_top(line):
            return None
    offers: list[Offer] = []
    ways = 1
    for rule in rules:
        if not rule.slots or rule.base != LIST:
            return None
        holds = _holds(rule, lines)
        if holds is None or (len(rule.slots) > 1 and isinstance(rule.effect, GroupRate)):
            return None
        offer = Offer(rule, holds, lines)
        if offer.off > 0:
            offers.append(offer)
            ways *= offer.most + 1
    if len(offers) > 1:
        offers.sort(key=lambda offer: offer.rule.index)
    return Bundles(lines, offers, pricer) if ways <= MOST else None


def _holds(rule: Compiled, lines: Sequence[Merged]) -> dict[int, int] | None:
    """Pieces that one group takes of each line; None where a slot could be served by several."""
    holds: dict[int, int] = {}
    taken: set[int] = set()
    for at, line in enumerate(lines):
        for slot in line.touching.slots_of(rule):
            if slot in taken:
                return None
            taken.add(slot)
            holds[at] = holds.get(at, 0) + rule.slots[slot][1]
    return holds


def _off(rule: Compiled, holds: dict[int, int], lines: Sequence[Merged], worth: int) -> int:
    effect = rule.effect
    if isinstance(effect, GroupPrice):
        return worth - effect.price_fen
    if isinstance(effect, GroupOff):
        return effect.off_fen
    assert isinstance(effect, GroupRate)  # noqa: S101 - the last of the group effects
    ((at, pieces),) = holds.items()
    value = lines[at].price
    count = pieces if effect.cheapest is None else min(effect.cheapest, pieces)
    return count * (value - (value * effect.rate_bp + 5000) // 10000)


def _place(part: Part) -> tuple[int, int]:
    return part.line, part.group.index if part.group is not None else 1 << 62


def _rules(parts: Sequence[Part]) -> list[int]:
    found = {rule.index for part in parts for rule in part.unit}
    found.update([part.group.index for part in parts if part.group is not None])
    return sorted(found)
