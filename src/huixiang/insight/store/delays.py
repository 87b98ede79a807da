"""SQL of what is kept of tills that post late."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from huixiang.insight.model.delays import (
    EDGES_S,
    DelayAlarm,
    DelaySum,
    End,
    Hours,
    OpenAlarm,
    Part,
    Raise,
    Seen,
)
from huixiang.platform.db import Transaction

FIGURES = DelaySum.__struct_fields__
Place = tuple[int, int, str]  # of a row in the list: late_bp, longest_ms, store_id

_EDGES = ", ".join(f"('{name}', interval '{seconds} seconds')" for name, seconds in EDGES_S.items())
# Of orders that tills posted: the hour and business day on which they came, and in which count they are. $1: the zone
# of days.
_MEASURED = f"""
    SELECT coalesce(store_id, '') AS store_id, date_trunc('hour', recorded_at, 'UTC') AS hour_at,
           (recorded_at AT TIME ZONE $1)::date AS business_day,
           CASE WHEN completed_at > recorded_at THEN 'ahead' ELSE coalesce((
               SELECT edge.name FROM (VALUES {_EDGES}) AS edge (name, longest)
               WHERE recorded_at - completed_at <= edge.longest ORDER BY edge.longest LIMIT 1
           ), 'older') END AS place,
           floor(extract(epoch FROM recorded_at - completed_at) * 1000)::bigint AS ms
    FROM checkout.checkout_posted_facts
"""
_SUMMED = f"""
    count(*) FILTER (WHERE place NOT IN ('ahead', 'older')) AS orders,
    {", ".join(f"count(*) FILTER (WHERE place = '{name}') AS {name}" for name in EDGES_S)},
    coalesce(sum(ms) FILTER (WHERE place NOT IN ('ahead', 'older')), 0)::bigint AS sum_ms,
    coalesce(max(ms) FILTER (WHERE place NOT IN ('ahead', 'older')), 0)::bigint AS longest_ms,
    count(*) FILTER (WHERE place = 'older') AS older, count(*) FILTER (WHERE place = 'ahead') AS ahead
"""
_TOGETHER = ", ".join(
    f"max({name})::bigint AS {name}" if name == "longest_ms" else f"sum({name})::bigint AS {name}" for name in FIGURES
)
_ADD = ", ".join(
    f"{name} = greatest(d.{name}, excluded.{name})" if name == "longest_ms" else f"{name} = d.{name} + excluded.{name}"
    for name in FIGURES
)
_NAMES = ", ".join(FIGURES)


async def add(tx: Transaction, orders: Sequence[tuple[UUID, UUID]]) -> DelaySum:
    """Add orders (member, order); those that no till posted are none. What they come to, all stores together. Rows in
    the order of their keys, so that two who add never wait in a circle."""
    [row] = await tx.fetch(
        f"""
        WITH measured AS (
            {_MEASURED}
            WHERE (member_id, order_id) IN (
                SELECT told.member_id, told.order_id
                FROM unnest($2::uuid[], $3::uuid[]) AS told (member_id, order_id)
            )
        ), seen AS (
            SELECT hour_at, business_day, store_id, {_SUMMED} FROM measured GROUP BY hour_at, business_day, store_id
        ), hourly AS (
            INSERT INTO insight.delay_hour AS d (hour_at, store_id, {_NAMES})
            SELECT hour_at, store_id, {_TOGETHER} FROM seen GROUP BY hour_at, store_id ORDER BY hour_at, store_id
            ON CONFLICT (hour_at, store_id) DO UPDATE SET {_ADD}
        ), daily AS (
            INSERT INTO insight.delay_day AS d (business_day, store_id, {_NAMES})
            SELECT business_day, store_id, {_TOGETHER} FROM seen
            GROUP BY business_day, store_id ORDER BY business_day, store_id
            ON CONFLICT (business_day, store_id) DO UPDATE SET {_ADD}
        )
        SELECT {_TOGETHER} FROM seen
        """,
        tx.calendar.zone_name,
        [member_id for member_id, _ in orders],
        [order_id for _, order_id in orders],
    )
    return _sum(row)


async def kept(tx: Transaction) -> dict[tuple[date, str], DelaySum]:
    return {
        (row["business_day"], row["store_id"]): _sum(row) for row in await tx.fetch("SELECT * FROM insight.delay_day")
    }


async def kept_hours(tx: Transaction) -> dict[tuple[datetime, str], DelaySum]:
    return {(row["hour_at"], row["store_id"]): _sum(row) for row in await tx.fetch("SELECT * FROM insight.delay_hour")}


async def count_days(tx: Transaction) -> dict[tuple[date, str], DelaySum]:
    """The same as `kept`, from the orders."""
    return {(row["business_day"], row["store_id"]): _sum(row) for row in await _count(tx, "business_day")}


async def count_hours(tx: Transaction) -> dict[tuple[datetime, str], DelaySum]:
    """The same as `kept_hours` where nothing was forgotten yet, from the orders."""
    return {(row["hour_at"], row["store_id"]): _sum(row) for row in await _count(tx, "hour_at")}


async def _count(tx: Transaction, by: str) -> Sequence[Any]:
    return await tx.fetch(
        f"""
        WITH measured AS ({_MEASURED})
        SELECT {by}, store_id, {_SUMMED} FROM measured GROUP BY {by}, store_id
        """,
        tx.calendar.zone_name,
    )


async def forget_hours(tx: Transaction, before: datetime) -> None:
    await tx.execute("DELETE FROM insight.delay_hour WHERE hour_at < $1", before)


async def seen(tx: Transaction, since: Hours, late: Sequence[str], usual_days: int) -> dict[str, Seen]:
    """What alarms are decided on, by store. late: the counts that are late; usual_days: how many days before today tell
    what is usual."""
    rows = await tx.fetch(
        f"""
        WITH kept AS (
            SELECT store_id, hour_at, orders, {"+".join(late)} AS late, orders + ahead AS alive FROM insight.delay_hour
        ), same AS (
            SELECT store_id, day, sum(alive) AS alive
            FROM kept CROSS JOIN generate_series(1, $5::int) AS before (day)
            WHERE hour_at >= $3::timestamptz - day * interval '24 hours'
              AND hour_at < $4::timestamptz - day * interval '24 hours' AND alive > 0
            GROUP BY store_id, day
        ), usual AS (
            SELECT store_id, min(alive) AS fewest FROM same GROUP BY store_id HAVING count(*) = $5
        )
        SELECT store_id,
               coalesce(sum(orders) FILTER (WHERE hour_at >= $1), 0)::bigint AS window_orders,
               coalesce(sum(late) FILTER (WHERE hour_at >= $1), 0)::bigint AS window_late,
               coalesce(sum(orders) FILTER (WHERE hour_at >= $2), 0)::bigint AS day_orders,
               coalesce(sum(late) FILTER (WHERE hour_at >= $2), 0)::bigint AS day_late,
               coalesce(sum(alive) FILTER (WHERE hour_at >= $3), 0)::bigint AS lately,
               coalesce(max(fewest), 0)::bigint AS usual, sum(alive)::bigint AS kept
        FROM kept LEFT JOIN usual USING (store_id)
        GROUP BY store_id
        """,
        since.window,
        since.day,
        since.silent,
        since.until,
        usual_days,
    )
    return {
        row["store_id"]: Seen(
            window=Part(row["window_orders"], row["window_late"]),
            day=Part(row["day_orders"], row["day_late"]),
            lately=row["lately"],
            usual=row["usual"],
            kept=row["kept"],
        )
        for row in rows
    }


async def open_alarms(tx: Transaction, stores: Collection[str] | None = None) -> list[OpenAlarm]:
    rows = await tx.fetch(
        """
        SELECT alarm_id, store_id, kind FROM insight.delay_alarm
        WHERE ended_at IS NULL AND ($1::text[] IS NULL OR store_id = ANY ($1)) ORDER BY store_id, kind
        """,
        None if stores is None else list(stores),
    )
    return [OpenAlarm(row["alarm_id"], row["store_id"], row["kind"]) for row in rows]


async def raise_alarms(tx: Transaction, alarms: Mapping[UUID, Raise], rule_version: int) -> set[UUID]:
    """Those of them that are raised now: where one is open already it stays."""
    rows = await tx.fetch(
        """
        INSERT INTO insight.delay_alarm (alarm_id, store_id, kind, raised_at, orders, late, rule_version)
        SELECT alarm_id, store_id, kind, $6, orders, late, $7
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
             AS raised (alarm_id, store_id, kind, orders, late)
        ORDER BY store_id, kind
        ON CONFLICT (store_id, kind) WHERE ended_at IS NULL DO NOTHING
        RETURNING alarm_id
        """,
        list(alarms),
        [one.store_id for one in alarms.values()],
        [one.kind for one in alarms.values()],
        [one.orders for one in alarms.values()],
        [one.late for one in alarms.values()],
        tx.now,
        rule_version,
    )
    return {row["alarm_id"] for row in rows}


async def end_alarms(tx: Transaction, ends: Sequence[End]) -> set[UUID]:
    """Those of them that end now: not where somebody else ended them meanwhile."""
    rows = await tx.fetch(
        """
        UPDATE insight.delay_alarm AS a SET ended_at = $3, ended_by = given.ended_by
        FROM unnest($1::uuid[], $2::text[]) AS given (alarm_id, ended_by)
        WHERE a.alarm_id = given.alarm_id AND a.ended_at IS NULL
        RETURNING a.alarm_id
        """,
        [one.alarm_id for one in ends],
        [one.by for one in ends],
        tx.now,
    )
    return {row["alarm_id"] for row in rows}


async def alarms(
    tx: Transaction,
    *,
    is_open: bool,
    stores: Collection[str] | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[DelayAlarm]:
    """Open ones or ended ones, the last raised first; without names of stores."""
    raised_at, alarm_id = before or (None, None)
    rows = await tx.fetch(
        """
        SELECT alarm_id, nullif(store_id, '') AS store_id, kind, raised_at, orders, late, rule_version, ended_at,
               ended_by
        FROM insight.delay_alarm
        WHERE (ended_at IS NULL) = $1 AND ($2::text[] IS NULL OR store_id = ANY ($2))
          AND ($3::timestamptz IS NULL OR (raised_at, alarm_id) < ($3, $4::uuid))
        ORDER BY raised_at DESC, alarm_id DESC LIMIT $5
        """,
        is_open,
        None if stores is None else list(stores),
        raised_at,
        alarm_id,
        limit,
    )
    return [DelayAlarm(name=None, **dict(row)) for row in rows]


class Listed(msgspec.Struct, frozen=True):
    """A row of the list: a store, how many of its orders are late, and which part of them."""

    store_id: str
    late: int
    late_bp: int
    sum: DelaySum


async def by_store(
    tx: Transaction,
    days: tuple[date, date],
    late: Sequence[str],
    stores: Collection[str] | None,
    after: Place | None,
    limit: int,
) -> list[Listed]:
    """Stores between two business days, both included, the worst first. stores: these alone."""
    late_bp, longest_ms, store_id = after or (None, None, None)
    rows = await tx.fetch(
        f"""
        WITH summed AS (
            SELECT store_id, {_TOGETHER}, sum({"+".join(late)})::bigint AS late FROM insight.delay_day
            WHERE business_day BETWEEN $1 AND $2 AND ($3::text[] IS NULL OR store_id = ANY ($3))
            GROUP BY store_id
        ), listed AS (
            SELECT *, CASE WHEN orders > 0 THEN (late * 10000 / orders)::int ELSE 0 END AS late_bp FROM summed
        )
        SELECT * FROM listed
        WHERE $4::int IS NULL OR (late_bp, longest_ms, store_id) < ($4, $5::bigint, $6::text)
        ORDER BY late_bp DESC, longest_ms DESC, store_id DESC LIMIT $7
        """,
        *days,
        None if stores is None else list(stores),
        late_bp,
        longest_ms,
        store_id,
        limit,
    )
    return [Listed(row["store_id"], row["late"], row["late_bp"], _sum(row)) for row in rows]


async def by_day(tx: Transaction, days: tuple[date, date], stores: Collection[str] | None) -> dict[date, DelaySum]:
    """All stores, or some, together on each business day between two, both included; days without any order are left
    out."""
    rows = await tx.fetch(
        f"""
        SELECT business_day, {_TOGETHER} FROM insight.delay_day
        WHERE business_day BETWEEN $1 AND $2 AND ($3::text[] IS NULL OR store_id = ANY ($3))
        GROUP BY business_day
        """,
        *days,
        None if stores is None else list(stores),
    )
    return {row["business_day"]: _sum(row) for row in rows}


def _sum(row: Any) -> DelaySum:
    return DelaySum(**{figure: row[figure] or 0 for figure in FIGURES})
