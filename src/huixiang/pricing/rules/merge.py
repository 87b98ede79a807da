"""Lines that are priced as one, and their parts back from the whole (law P1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from huixiang.pricing.model.basket import Line
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.touching import Touching


class Merged:
    """A merged line: `parts`, of which `first` has the smallest line id. units: pieces, or 1 for what is weighed or an
    amount; amount: at list price. `mask`: bits of the rules above the groups that count it; all of them, where the
    engine does not set it."""

    __slots__ = (
        "amount", "by_piece", "first", "line_id", "mask", "number", "parts", "price", "quantity", "touching", "units",
    )  # fmt: skip

    def __init__(self, line: Line, number: int, touching: Touching) -> None:
        self.parts: Sequence[Line] = (line,)
        self.first = line
        self.line_id = line.line_id
        self.number = number
        self.touching = touching
        self.by_piece = line.measure == "piece"
        self.price = line.list_price_fen
        self.quantity = line.quantity
        if self.by_piece:
            self.units = self.quantity
            self.amount = self.quantity * self.price
        else:
            self.units = 1
            self.amount = list_amount(line)
        self.mask = -1

    def at(self, price_fen: int) -> int:
        """The whole line at a price of its basis."""
        if self.by_piece:
            return self.quantity * price_fen
        return price_fen if self.first.measure == "amount" else (self.quantity * price_fen + 500) // 1000

    def list_of(self, units: int) -> int:
        """The list amount of some of its units."""
        return units * self.price if self.by_piece else self.amount


def list_amount(line: Line) -> int:
    """Fen of one line as it was sent, at its list price."""
    if line.measure == "piece":
        return line.quantity * line.list_price_fen
    return line.list_price_fen if line.measure == "amount" else (line.quantity * line.list_price_fen + 500) // 1000


def merge(lines: Sequence[Line], rule_set: RuleSet) -> list[Merged]:
    """Sorted by line id, which is the smallest of a merged line's."""
    if len(lines) > 1:
        lines = sorted(lines, key=_line_id)
        if len(set(map(_sku, lines))) < len(lines):
            return _together(list(_alike(lines)), rule_set)
    return apart(lines, rule_set)


def apart(lines: Sequence[Line], rule_set: RuleSet) -> list[Merged]:
    """Each line by itself."""
    touching = rule_set.touching(lines)
    return [Merged(line, number, touching[number]) for number, line in enumerate(lines)]


def _together(alike: Sequence[Sequence[Line]], rule_set: RuleSet) -> list[Merged]:
    """Of each first line, with the sums of its like."""
    found = apart([parts[0] for parts in alike], rule_set)
    for merged, parts in zip(found, alike, strict=True):
        if len(parts) > 1:
            merged.parts = parts
            if merged.first.measure == "amount":
                merged.price = sum([part.list_price_fen for part in parts])
            else:
                merged.quantity = sum([part.quantity for part in parts])
            merged.amount = merged.at(merged.price)
            if merged.by_piece:
                merged.units = merged.quantity
    return found


_line_id = attrgetter("line_id")
_sku = attrgetter("sku")


def _alike(lines: Iterable[Line]) -> Iterable[list[Line]]:
    found: dict[object, list[Line]] = {}
    for line in lines:
        found.setdefault(_facts(line), []).append(line)
    return found.values()


def _facts(line: Line) -> object:
    return (
        line.sku,
        line.measure,
        None if line.measure == "amount" else line.list_price_fen,
        tuple(sorted(line.prices.items())),
        line.cost_fen,
        line.hours_left,
        line.categories,
        line.brand,
        line.tags,
    )
