"""Who is given something while there is enough."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID


def fitting(rows: Sequence[tuple[UUID, int]], left: int) -> list[tuple[UUID, int]]:
    """The first rows that come to no more than is left together; each is given all of its amount or nothing."""
    through = 0
    for place, (_, amount) in enumerate(rows):
        through += amount
        if through > left:
            return list(rows[:place])
    return list(rows)
