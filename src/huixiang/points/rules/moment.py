"""The days that an instant means for the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.points.model import Moment

SPARED = timedelta(hours=24)


def moment(now: datetime, calendar: BusinessCalendar) -> Moment:
    """When commands recorded at `now` are decided."""
    return Moment(now, calendar.day(now), calendar.day(now + SPARED), calendar)
