"""A part of a line that is priced alike, and the ways to price what belongs together."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.unit import Prices


class Part:
    """A portion: `units` of line `line` at three amounts of fen, by list, by unit and after groups. `mask`: bits of the
    rules above the groups that may count it. `quota`: its price has one."""

    __slots__ = (
        "add_on",
        "group",
        "groups_fen",
        "line",
        "list_fen",
        "mask",
        "pieces",
        "quota",
        "unit",
        "unit_fen",
        "units",
    )

    def __init__(
        self,
        line: int,
        units: int,
        pieces: int,
        list_fen: int,
        unit_fen: int,
        mask: int,
        unit: Prices = (),
        *,
        quota: bool = False,
    ) -> None:
        self.line = line
        self.units = units
        self.pieces = pieces
        self.list_fen = list_fen
        self.unit_fen = unit_fen
        self.groups_fen = unit_fen
        self.mask = mask
        self.unit = unit
        self.quota = quota
        self.group: Compiled | None = None
        self.add_on: Compiled | None = None


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
