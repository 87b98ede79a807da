"""What causes issue and burn by the hour, and what of it is usual. A cause, each rule of it and each place of it have
rows of their own; in those of the cause, and where there is no rule or place, the column is empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from huixiang.platform.db import Transaction
from huixiang.points.model import Book
from huixiang.points.model.breaker import Asset, Flow, Stream


async def sum_hours(tx: Transaction, book: Book, since: datetime) -> None:
    """Sum the journal by hour, side, cause and rule anew from the start of an hour on."""
    await tx.execute("DELETE FROM points.cause_hour WHERE hour >= $1 AND asset = 'points' AND place = ''", since)
    await tx.execute(
        """
        WITH posted AS (
            SELECT date_trunc('hour', recorded_at, 'UTC') AS hour,
                   CASE WHEN points > 0 THEN 'issue' ELSE 'burn' END AS side, cause, rule, abs(points) AS amount
            FROM points.posting
            WHERE recorded_at >= $1 AND book = $2 AND kind IN ('earn', 'adjust', 'spend', 'capture') AND points <> 0
        )
        INSERT INTO points.cause_hour (hour, asset, side, cause, rule, place, amount)
        SELECT hour, 'points', side, cause, coalesce(rule, ''), '', sum(amount)::bigint
        FROM posted
        GROUP BY GROUPING SETS ((hour, side, cause), (hour, side, cause, rule))
        HAVING grouping(rule) = 1 OR rule IS NOT NULL
        """,
        since,
        book.number,
    )


async def add(tx: Transaction, hour: datetime, sums: Mapping[Stream, int]) -> None:
    """Count more in an hour."""
    lines = sorted(sums, key=lambda line: (line.asset, line.side, line.cause, line.rule or "", line.place or ""))
    await tx.execute(
        """
        INSERT INTO points.cause_hour AS known (hour, asset, side, cause, rule, place, amount)
        SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
        ON CONFLICT (hour, asset, side, cause, rule, place) DO UPDATE SET amount = known.amount + excluded.amount
        """,
        hour,
        [line.asset for line in lines],
        [line.side for line in lines],
        [line.cause for line in lines],
        [line.rule or "" for line in lines],
        [line.place or "" for line in lines],
        [sums[line] for line in lines],
    )


async def last_hour(tx: Transaction) -> datetime | None:
    """The last one that was summed from the journal."""
    hour: datetime | None = await tx.fetchval(
        "SELECT max(hour) FROM points.cause_hour WHERE asset = 'points' AND place = ''"
    )
    return hour


async def forget_before(tx: Transaction, asset: Asset, instant: datetime) -> int:
    return await tx.execute("DELETE FROM points.cause_hour WHERE hour < $1 AND asset = $2", instant, asset)


async def flows(tx: Transaction, asset: Asset, hour: datetime, day: datetime, since: datetime) -> list[Flow]:
    """Of every cause, of every rule and every place of it, this hour and this day beside the highest of the past. Hours
    of the past in which it was paused, and the days of such hours, are left out: what was off its band is not usual."""
    rows = await tx.fetch(
        """
        WITH judged AS (
            SELECT h.*, (h.hour AT TIME ZONE $4)::date AS day, EXISTS (
                SELECT FROM points.pause AS p
                WHERE p.asset = h.asset AND p.side = h.side AND p.cause = h.cause
                  AND (p.rule IS NULL OR h.rule = '' OR p.rule = h.rule)
                  AND (p.place IS NULL OR h.place = '' OR p.place = h.place)
                  AND p.started_at < h.hour + interval '1 hour' AND (p.ended_at IS NULL OR p.ended_at > h.hour)
            ) AS paused
            FROM points.cause_hour AS h
            WHERE h.asset = $5 AND h.hour >= $3
        ), days AS (
            SELECT side, cause, rule, place, day, sum(amount)::bigint AS amount, bool_or(paused) AS paused
            FROM judged WHERE hour < $2 GROUP BY side, cause, rule, place, day
        ), past AS (
            SELECT side, cause, rule, place, max(amount) FILTER (WHERE NOT paused) AS highest, count(*) AS days
            FROM days GROUP BY side, cause, rule, place
        )
        SELECT $5 AS asset, j.side, j.cause, nullif(j.rule, '') AS rule, nullif(j.place, '') AS place,
               coalesce(sum(j.amount) FILTER (WHERE j.hour = $1), 0)::bigint AS hour,
               coalesce(sum(j.amount) FILTER (WHERE j.hour >= $2), 0)::bigint AS day,
               coalesce(max(j.amount) FILTER (WHERE j.hour < $1 AND NOT j.paused), 0)::bigint AS highest_hour,
               coalesce(max(past.highest), 0)::bigint AS highest_day, coalesce(max(past.days), 0)::integer AS days
        FROM judged AS j
        LEFT JOIN past USING (side, cause, rule, place)
        GROUP BY j.side, j.cause, j.rule, j.place
        HAVING max(j.hour) >= $2
        ORDER BY j.side, j.cause, j.rule, j.place
        """,
        hour,
        day,
        since,
        tx.calendar.zone_name,
        asset,
    )
    return [Flow(**dict(row)) for row in rows]
