"""Lines that are priced as one, and their parts back from the whole (law P1)."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.model.basket import Line
from huixiang.pricing.rules.compile import RuleSet, Touching


class Merged:
    """A merged line. units: pieces, or 1 for what is weighed or an amount. `mask`: bits of the rules above the groups that
    count it; the engine sets it."""

    __slots__ = (
        "amount",
        "by_piece",
        "first",
        "line_id",
        "mask",
        "number",
        "parts",
        "price",
        "quantity",
        "touching",
        "units",
    )

    def __init__(self, parts: Sequence[Line], touching: Touching) -> None:
        first = parts[0]
        self.parts = parts
        self.first = first
        self.line_id = first.line_id
        self.number = 0
        self.mask = 0
        self.price = first.list_price_fen
        self.touching = touching
        self.by_piece = first.measure == "piece"
        self.quantity = first.quantity
        if len(parts) > 1:
            if first.measure == "amount":
                self.price = sum(part.list_price_fen for part in parts)
            else:
                self.quantity = sum(part.quantity for part in parts)
        if self.by_piece:
            self.units = self.quantity
            self.amount = self.quantity * self.price
        else:
            self.units = 1
            self.amount = self.at(self.price)

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
    ordered = sorted(lines, key=_line_id)
    if len({line.sku for line in ordered}) == len(ordered):
        groups = [[line] for line in ordered]
    else:
        alike: dict[object, list[Line]] = {}
        for line in ordered:
            alike.setdefault(_facts(line), []).append(line)
        groups = list(alike.values())
    merged = []
    for number, parts in enumerate(groups):
        first = parts[0]
        found = Merged(parts, rule_set.touching(first))
        found.number = number
        merged.append(found)
    return merged


def _line_id(line: Line) -> str:
    return line.line_id


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
