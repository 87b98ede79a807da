"""Instants and days as whole numbers, as the ledger's hashes and its columns of numbers have them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()


@lru_cache(1024)
def microseconds(instant: datetime) -> int:
    """Microseconds since 1970-01-01 UTC."""
    since = instant - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant_at(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def days(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH_DAY


def day_at(days: int) -> date:
    return date.fromordinal(days + EPOCH_DAY)
