"""A stretch of time."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Period(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The instants from `start` up to, not including, `end`; without an end it goes on."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise ValueError("a period needs instants with a time zone")
        if self.end is not None and self.end <= self.start:
            raise ValueError("a period must end after it starts")

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant and (self.end is None or instant < self.end)

    def overlaps(self, other: Period) -> bool:
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)
