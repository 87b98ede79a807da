"""Lines that are priced as one, and their parts back from the whole (law P1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

import msgspec

from huixiang.pricing.model.basket import Line
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.touching import Touching


class Merged(msgspec.Struct, eq=False, gc=False):
    """A merged line. units: pieces, or 1 for what is weighed or an amount; amount: at list price. `mask`: bits of the
    rules above the groups that count it; all of them, where the engine does not set it."""

    parts: Sequence[Line]
    first: Line
    line_id: str
    number: int
    touching: Touching
    by_piece: bool
    price: int
    quantity: int
    units: int
    amount: int
    mask: int = -1

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
    found: list[Merged] = []
    for line, touching in zip(lines, rule_set.touching(lines), strict=True):
        price, quantity = line.list_price_fen, line.quantity
        by_piece = line.measure == "piece"
        units, amount = (quantity, quantity * price) if by_piece else (1, list_amount(line))
        number = len(found)
        found.append(Merged((line,), line, line.line_id, number, touching, by_piece, price, quantity, units, amount))
    return found


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
