"""What orders take of the caps of rules."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Taken(NamedTuple):
    """Of one rule in the period that begins on `starts_on` (1970-01-01: in all): fen of discount, orders, pieces at a
    price with a quota."""

    rule: str
    in_a: str
    starts_on: date
    fen: int
    uses: int
    pieces: int
