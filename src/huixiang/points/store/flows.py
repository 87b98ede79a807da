"""What causes issue and burn by the hour, and what of it is usual."""

from __future__ import annotations

from datetime import datetime

from huixiang.platform.db import Transaction
from huixiang.points.model import Book
from huixiang.points.model.breaker import Flow


async def sum_hours(tx: Transaction, book: Book, since: datetime) -> None:
    """Sum the journal by hour, side, cause and rule anew from the start of an hour on."""
    await tx.execute("DELETE FROM points.cause_hour WHERE hour >= $1", since)
    await tx.execute(
        """
        INSERT INTO points.cause_hour (hour, side, cause, rule, points)
        SELECT date_trunc('hour', recorded_at, 'UTC'), CASE WHEN points > 0 THEN 'issue' ELSE 'burn' END,
               cause, coalesce(rule, ''), sum(abs(points))::bigint
        FROM points.posting
        WHERE recorded_at >= $1 AND book = $2 AND kind IN ('earn', 'adjust', 'spend', 'capture') AND points <> 0
        GROUP BY 1, 2, 3, 4
        """,
        since,
        book.number,
    )


async def last_hour(tx: Transaction) -> datetime | None:
    hour: datetime | None = await tx.fetchval("SELECT max(hour) FROM points.cause_hour")
    return hour


async def forget_before(tx: Transaction, instant: datetime) -> int:
    return await tx.execute("DELETE FROM points.cause_hour WHERE hour < $1", instant)


async def flows(tx: Transaction, hour: datetime, day: datetime, since: datetime) -> list[Flow]:
    """Of every cause, and of every rule of it, this hour and this day beside the highest of the past. Hours of the past
    in which it was paused, and the days of such hours, are left out: what was off its band is not usual."""
    rows = await tx.fetch(
        """
        WITH hours AS (
            SELECT side, cause, nullif(rule, '') AS rule, hour, points FROM points.cause_hour
            WHERE hour >= $3 AND rule <> ''
            UNION ALL
            SELECT side, cause, NULL, hour, sum(points)::bigint FROM points.cause_hour
            WHERE hour >= $3 GROUP BY side, cause, hour
        ), judged AS (
            SELECT h.*, (h.hour AT TIME ZONE $4)::date AS day, EXISTS (
                SELECT FROM points.pause AS p
                WHERE p.side = h.side AND p.cause = h.cause AND (p.rule IS NULL OR h.rule IS NULL OR p.rule = h.rule)
                  AND p.started_at < h.hour + interval '1 hour' AND (p.ended_at IS NULL OR p.ended_at > h.hour)
            ) AS paused
            FROM hours AS h
        ), days AS (
            SELECT side, cause, rule, day, sum(points)::bigint AS points, bool_or(paused) AS paused
            FROM judged WHERE hour < $2 GROUP BY side, cause, rule, day
        ), past AS (
            SELECT side, cause, rule, max(points) FILTER (WHERE NOT paused) AS highest, count(*) AS days
            FROM days GROUP BY side, cause, rule
        )
        SELECT j.side, j.cause, j.rule,
               coalesce(sum(j.points) FILTER (WHERE j.hour = $1), 0)::bigint AS hour,
               coalesce(sum(j.points) FILTER (WHERE j.hour >= $2), 0)::bigint AS day,
               coalesce(max(j.points) FILTER (WHERE j.hour < $1 AND NOT j.paused), 0)::bigint AS highest_hour,
               coalesce(max(past.highest), 0)::bigint AS highest_day, coalesce(max(past.days), 0)::integer AS days
        FROM judged AS j
        LEFT JOIN past ON past.side = j.side AND past.cause = j.cause AND past.rule IS NOT DISTINCT FROM j.rule
        GROUP BY j.side, j.cause, j.rule
        HAVING max(j.hour) >= $2
        ORDER BY j.side, j.cause, j.rule
        """,
        hour,
        day,
        since,
        tx.calendar.zone_name,
    )
    return [Flow(**dict(row)) for row in rows]
