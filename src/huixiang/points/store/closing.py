"""Closing business days: when no open transaction can write into one any more, and what is then written for good."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from huixiang.platform.db import Transaction
from huixiang.points.store.lot_moves import LOT_MOVES

# How long before the beginning of its transaction, on the database's clock, the instant of a posting can lie: a request
# waits for a connection for some seconds, and machines' clocks differ.
LAG = timedelta(minutes=10)
CLOSING_WITHIN = "10min"  # a statement, of a very busy day on a busy machine
CLOSING_LOCK = 7_081_016  # advisory lock: one day at a time


class ClosedDay(msgspec.Struct, frozen=True):
    """A closed business day: the postings with starts_at <= recorded_at < ends_at."""

    day: date
    starts_at: datetime
    ends_at: datetime


async def settled_until(tx: Transaction) -> datetime:
    """An instant before which no posting will be recorded any more.

    A posting's `recorded_at` is the instant of its transaction or later, and that lies at most LAG before the
    transaction's beginning. So what begins from now on records after now less LAG, and what is open already after the
    oldest beginning less LAG. Sound for the sessions of the role that asks: nobody else may add postings.
    """
    oldest: datetime | None = await tx.fetchval(
        """
        SELECT min(xact_start) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        """
    )
    return min(tx.now, oldest or tx.now) - LAG


async def lock_closing(tx: Transaction) -> None:
    await tx.execute("SELECT pg_advisory_xact_lock($1)", CLOSING_LOCK)


async def last_closed(tx: Transaction) -> ClosedDay | None:
    row = await tx.fetchrow("SELECT day, starts_at, ends_at FROM points.closed_day ORDER BY day DESC LIMIT 1")
    return None if row is None else ClosedDay(*row)


async def first_recorded(tx: Transaction) -> datetime | None:
    """When the first posting was recorded. Reads the whole journal: asked until the first day is closed."""
    recorded: datetime | None = await tx.fetchval("SELECT min(recorded_at) FROM points.posting")
    return recorded


async def close_day(tx: Transaction, closing: ClosedDay) -> None:
    """Write the sums of a day for good. A day that is closed already raises."""
    await tx.execute("SELECT set_config('statement_timeout', $1, true)", CLOSING_WITHIN)
    await tx.execute(
        """
        WITH summed AS (
            INSERT INTO points.day_sum
            SELECT book, $1::date, kind, cause, counter_account, coalesce(budget, ''), count(*), sum(points),
                   sum(requested), sum(lapsed), sum(held_delta), sum(pending_delta),
                   sum(greatest(debt_delta, 0)), sum(greatest(-debt_delta, 0))
            FROM points.posting WHERE recorded_at >= $2 AND recorded_at < $3
            GROUP BY book, kind, cause, counter_account, coalesce(budget, '')
            RETURNING postings
        )
        INSERT INTO points.closed_day (day, starts_at, ends_at, postings, closed_at)
        SELECT $1, $2, $3, coalesce(sum(postings), 0), $4 FROM summed
        """,
        closing.day,
        closing.starts_at,
        closing.ends_at,
        tx.now,
    )
    await tx.execute(
        f"""
        INSERT INTO points.lot_day_sum (book, day, earned_in, expires_in, kind, points)
        SELECT book, $4::date, earned_in, expires_in, kind, sum(points) FROM ({LOT_MOVES}) AS moved
        GROUP BY book, earned_in, expires_in, kind HAVING sum(points) <> 0
        """,
        closing.starts_at,
        closing.ends_at,
        tx.calendar.zone_name,
        closing.day,
    )
