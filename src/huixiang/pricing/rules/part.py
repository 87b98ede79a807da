"""A part of a line that is priced alike, and the ways to price what belongs together."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.unit import Prices


class Part:
    """A portion: `units` of line `line` at three amounts of fen, by list, by unit and after groups. `mask`: bits of the
    rules above the groups that may count it. `quota`: its price has one."""

    __slots__ = (
        "add_on", "group", "groups_fen", "line", "list_fen", "mask", "pieces", "quota", "unit", "unit_fen", "units",
    )  # fmt: skip

    def __init__(self, line: Merged, units: int, list_fen: int, unit_fen: int, mask: int, unit: Prices = ()) -> None:
        self.line = line.number
        self.units = units
        self.pieces = units if line.by_piece else 0
        self.list_fen = list_fen
        self.unit_fen = unit_fen
        self.groups_fen = unit_fen
        self.mask = mask
        self.unit = unit
        self.quota = False
        self.group: Compiled | None = None
        self.add_on: Compiled | None = None

    def without_group(self, line: Merged) -> Part:
        """The same before its group took anything."""
        copied = Part(line, self.units, self.list_fen, self.unit_fen, self.mask, self.unit)
        copied.quota = self.quota
        copied.group = self.group
        copied.add_on = self.add_on
        return copied


class Choice:
    """One way to price a component: its parts, what they come to after groups, and the rules that it uses."""

    __slots__ = ("amount", "parts", "quota")

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        if len(parts) == 1:
            self.amount = parts[0].groups_fen
            self.quota = parts[0].quota
        else:
            self.amount = sum([part.groups_fen for part in parts])
            self.quota = any(part.quota for part in parts)
