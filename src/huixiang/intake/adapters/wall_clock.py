"""Wall clocks of whole columns: seconds since 1970, with and without a time zone.

Zones change their offset at quarter hours only, so an offset is looked up once for each quarter hour that occurs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Seconds = npt.NDArray[np.int64]

QUARTER_HOUR = 15 * 60
WEEK = 7 * 24 * 60 * 60


def to_wall_clock(instants: Seconds, zone: ZoneInfo) -> Seconds:
    """What a clock in `zone` shows at each instant."""
    return instants + _by_quarter_hour(instants, lambda second: _offset(datetime.fromtimestamp(second, zone)))


def to_instants(wall_clock: Seconds, zone: ZoneInfo) -> Seconds:
    """The instant at which a clock in `zone` shows each value; the earlier one where it shows it twice."""
    return wall_clock - _by_quarter_hour(
        wall_clock, lambda second: _offset(datetime.fromtimestamp(second, UTC).replace(tzinfo=zone))
    )


def _by_quarter_hour(seconds: Seconds, offset_at: Callable[[int], int]) -> Seconds:
    quarters, where = np.unique(seconds // QUARTER_HOUR, return_inverse=True)
    offsets = np.array([offset_at(int(quarter) * QUARTER_HOUR) for quarter in quarters], dtype=np.int64)
    return offsets[where]


def _offset(moment: datetime) -> int:
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("the moment has no time zone")
    return int(offset.total_seconds())
