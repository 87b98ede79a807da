"""A part of a line that is priced alike, and the ways to price what belongs together."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.unit import Prices


class Part(msgspec.Struct, eq=False, gc=False):
    """A portion: `units` of line `line` at three amounts of fen, by list, by unit and after groups. `mask`: bits of the
    rules above the groups that may count it. `quota`: its price has one."""

    line: int
    units: int
    pieces: int
    list_fen: int
    unit_fen: int
    groups_fen: int
    mask: int
    unit: Prices = ()
    quota: bool = False
    group: Compiled | None = None
    add_on: Compiled | None = None


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
