"""Lines that are priced as one, and their parts back from the whole (law P1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from huixiang.pricing.model.basket import Line
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.touching import Touching


class Merged:
    """A merged line. units: pieces, or 1 for what is weighed or an amount. `mask`: bits of the rules above the groups
    that count it; the engine sets it."""

    __slots__ = (
        "amount", "by_piece", "first", "line_id", "mask", "number", "parts", "price", "quantity", "touching", "units",
    )  # fmt: skip

    def __init__(self, parts: Sequence[Line], touching: Touching, number: int = 0) -> None:
        self.parts = parts
        self.first = first = parts[0]
        self.line_id = first.line_id
        self.number = number
        self.mask = 0
        self.touching = touching
        self.price = price = first.list_price_fen
        self.quantity = quantity = first.quantity
        self.by_piece = by_piece = first.measure == "piece"
        if len(parts) > 1:
            self._add_up()
            price, quantity = self.price, self.quantity
        if by_piece:
            self.units = quantity
            self.amount = quantity * price
        else:
            self.units = 1
            self.amount = self.at(price)

    def _add_up(self) -> None:
        if self.first.measure == "amount":
            self.price = sum([part.list_price_fen for part in self.parts])
        else:
            self.quantity = sum([part.quantity for part in self.parts])

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
    touching = rule_set.touching
    if len(lines) > 1:
        lines = sorted(lines, key=_line_id)
        if len({line.sku for line in lines}) < len(lines):
            return [Merged(parts, touching(parts[0]), number) for number, parts in enumerate(_alike(lines))]
    return [Merged((line,), touching(line), number) for number, line in enumerate(lines)]


_line_id = attrgetter("line_id")


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
