"""SQL of the sums of the business."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from huixiang.insight.model import CouponsBy, CouponSums, DaySum, Totals
from huixiang.kernel.period import Period
from huixiang.platform.db import Transaction

FIGURES = DaySum.__struct_fields__


async def add_days(tx: Transaction, days: Mapping[date, DaySum]) -> None:
    """Rows in the order of their days, so that two who add never wait in a circle."""
    ordered = sorted(days.items())
    await tx.execute(
        """
        INSERT INTO insight.daily AS d (business_day, new_members, orders, sales_fen, cash_fen, refunds, refunded_fen,
                                        points_issued, points_net)
        SELECT * FROM unnest($1::date[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                             $7::bigint[], $8::bigint[], $9::bigint[])
        ON CONFLICT (business_day) DO UPDATE SET
            new_members = d.new_members + excluded.new_members, orders = d.orders + excluded.orders,
            sales_fen = d.sales_fen + excluded.sales_fen, cash_fen = d.cash_fen + excluded.cash_fen,
            refunds = d.refunds + excluded.refunds, refunded_fen = d.refunded_fen + excluded.refunded_fen,
            points_issued = d.points_issued + excluded.points_issued,
            points_net = d.points_net + excluded.points_net
        """,
        [day for day, _ in ordered],
        *([getattr(one, figure) for _, one in ordered] for figure in FIGURES),
    )


async def add_tiers(tx: Transaction, members: Mapping[tuple[date, str], int]) -> None:
    ordered = sorted(members.items())
    await tx.execute(
        """
        INSERT INTO insight.tier_daily AS d (business_day, tier, members)
        SELECT * FROM unnest($1::date[], $2::text[], $3::bigint[])
        ON CONFLICT (business_day, tier) DO UPDATE SET members = d.members + excluded.members
        """,
        [day for (day, _), _ in ordered],
        [tier for (_, tier), _ in ordered],
        [count for _, count in ordered],
    )


async def add_buyers(tx: Transaction, buyers: Collection[tuple[UUID, date]]) -> list[date]:
    """Note who bought in which month; the months of those who were not noted before, once for each of them."""
    ordered = sorted(buyers)
    records = await tx.fetch(
        """
        INSERT INTO insight.buyer (member_id, month)
        SELECT coalesce(a.into_id, b.member_id), b.month FROM unnest($1::uuid[], $2::date[]) AS b (member_id, month)
        LEFT JOIN members.members_aliases_facts AS a ON a.member_id = b.member_id
        ON CONFLICT DO NOTHING
        RETURNING month
        """,
        [member_id for member_id, _ in ordered],
        [month for _, month in ordered],
    )
    return [record["month"] for record in records]


async def remove_buyers(tx: Transaction, member_ids: Collection[UUID]) -> list[date]:
    """Forget in which months these bought; the months, once for each of them."""
    records = await tx.fetch(
        "DELETE FROM insight.buyer WHERE member_id = ANY ($1::uuid[]) RETURNING month", list(member_ids)
    )
    return [record["month"] for record in records]


async def add_buyers_of(tx: Transaction, member_ids: Collection[UUID]) -> list[date]:
    """Note from their orders in which months these bought, those of who was merged into them too; the months, once for
    each of them. Who goes by another's id has none."""
    records = await tx.fetch(
        """
        INSERT INTO insight.buyer (member_id, month)
        SELECT DISTINCT o.owner_id, date_trunc('month', o.business_day)::date
        FROM checkout.checkout_owners_facts AS o
        WHERE o.owner_id = ANY ($1::uuid[])
          AND NOT EXISTS (SELECT FROM members.members_aliases_facts AS a WHERE a.member_id = o.owner_id)
        ON CONFLICT DO NOTHING
        RETURNING month
        """,
        list(member_ids),
    )
    return [record["month"] for record in records]


async def take_out(tx: Transaction, member_id: UUID, zone: str) -> tuple[date, str | None] | None:
    """Note that a member is merged: the day of their registration, and their tier. None where that is noted already."""
    record = await tx.fetchrow(
        """
        INSERT INTO insight.merged (member_id, registered_on, tier)
        SELECT m.member_id, (m.registered_at AT TIME ZONE $2)::date, t.tier
        FROM members.members_joined_facts AS m LEFT JOIN tiers.tiers_facts AS t USING (member_id)
        WHERE m.member_id = $1
        ON CONFLICT DO NOTHING
        RETURNING registered_on, tier
        """,
        member_id,
        zone,
    )
    return None if record is None else (record["registered_on"], record["tier"])


async def put_back(tx: Transaction, member_id: UUID) -> tuple[date, str | None] | None:
    """Forget that a member is merged: what was noted. None where nothing was."""
    record = await tx.fetchrow(
        "DELETE FROM insight.merged WHERE member_id = $1 RETURNING registered_on, tier", member_id
    )
    return None if record is None else (record["registered_on"], record["tier"])


async def merged_tiers(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, str | None]:
    """Which of these are merged, and the tier that was noted of each."""
    records = await tx.fetch(
        "SELECT member_id, tier FROM insight.merged WHERE member_id = ANY ($1::uuid[])", member_ids
    )
    return {record["member_id"]: record["tier"] for record in records}


async def save_merged_tier(tx: Transaction, member_id: UUID, tier: str) -> None:
    await tx.execute("UPDATE insight.merged SET tier = $2 WHERE member_id = $1", member_id, tier)


async def add_months(tx: Transaction, active_members: Mapping[date, int]) -> None:
    ordered = sorted(active_members.items())
    await tx.execute(
        """
        INSERT INTO insight.monthly AS m (month, active_members)
        SELECT * FROM unnest($1::date[], $2::bigint[])
        ON CONFLICT (month) DO UPDATE SET active_members = m.active_members + excluded.active_members
        """,
        [month for month, _ in ordered],
        [members for _, members in ordered],
    )


async def totals(tx: Transaction, first: date, last: date) -> Totals:
    record = await tx.fetchrow(
        """
        SELECT coalesce(sum(orders) FILTER (WHERE business_day >= $1), 0)::bigint AS orders,
               coalesce(sum(sales_fen) FILTER (WHERE business_day >= $1), 0)::bigint AS sales_fen,
               coalesce(sum(refunded_fen) FILTER (WHERE business_day >= $1), 0)::bigint AS refunded_fen,
               coalesce(sum(points_issued) FILTER (WHERE business_day >= $1), 0)::bigint AS points_issued,
               coalesce(sum(new_members), 0)::bigint AS members,
               coalesce(sum(points_net), 0)::bigint AS points_outstanding
        FROM insight.daily WHERE business_day <= $2
        """,
        first,
        last,
    )
    return Totals(**dict(record or {}))


async def days(tx: Transaction, first: date, last: date) -> dict[date, DaySum]:
    records = await tx.fetch("SELECT * FROM insight.daily WHERE business_day BETWEEN $1 AND $2", first, last)
    return {record["business_day"]: _day_sum(record) for record in records}


async def tier_members(tx: Transaction, last: date) -> dict[str, int]:
    records = await tx.fetch(
        """
        SELECT tier, sum(members)::bigint AS members FROM insight.tier_daily
        WHERE business_day <= $1 GROUP BY tier HAVING sum(members) <> 0
        """,
        last,
    )
    return {record["tier"]: record["members"] for record in records}


async def active_members(tx: Transaction) -> dict[date, int]:
    records = await tx.fetch("SELECT month, active_members FROM insight.monthly")
    return {record["month"]: record["active_members"] for record in records}


async def count_days(tx: Transaction, zone: str) -> dict[date, DaySum]:
    """Per day, from the facts: who registered and what was ordered. Refunds and postings have no day there."""
    records = await tx.fetch(
        """
        SELECT business_day, sum(new_members)::bigint AS new_members, sum(orders)::bigint AS orders,
               sum(sales_fen)::bigint AS sales_fen, sum(cash_fen)::bigint AS cash_fen,
               0::bigint AS refunds, 0::bigint AS refunded_fen,
               0::bigint AS points_issued, 0::bigint AS points_net
        FROM (
            SELECT business_day, 0 AS new_members, 1 AS orders, payable_fen AS sales_fen, cash_fen
            FROM checkout.checkout_facts
            UNION ALL
            SELECT (registered_at AT TIME ZONE $1)::date, 1, 0, 0, 0
            FROM members.members_joined_facts WHERE state <> 'merged'
        ) AS counted
        GROUP BY business_day
        """,
        zone,
    )
    return {record["business_day"]: _day_sum(record) for record in records}


async def account_holders(tx: Transaction, book: str) -> list[UUID]:
    """Who has an account in a book."""
    records = await tx.fetch("SELECT member_id FROM points.points_facts WHERE book = $1", book)
    return [record["member_id"] for record in records]


async def count_tiers(tx: Transaction) -> dict[str, int]:
    records = await tx.fetch(
        """
        SELECT t.tier, count(*) AS members
        FROM tiers.tiers_facts AS t JOIN members.members_joined_facts AS m USING (member_id)
        WHERE m.state <> 'merged' GROUP BY t.tier
        """
    )
    return {record["tier"]: record["members"] for record in records}


async def count_active(tx: Transaction) -> dict[date, int]:
    records = await tx.fetch(
        """
        SELECT date_trunc('month', f.business_day)::date AS month,
            count(DISTINCT coalesce(a.into_id, f.member_id)) AS members
        FROM checkout.checkout_facts AS f
        LEFT JOIN members.members_aliases_facts AS a ON a.member_id = f.member_id
        GROUP BY 1
        """
    )
    return {record["month"]: record["members"] for record in records}


def _day_sum(record: Any) -> DaySum:
    return DaySum(**{figure: record[figure] for figure in FIGURES})


# $1, $2: the instants from and before which; $3: the zone of business days; $4: a template, null for all; $5 to $7: the
# place after which the page begins, null for the first; $8: how many rows.
_BATCHES = "LEFT JOIN coupons.coupons_batches_facts AS b USING (coupon_id)"
_BUCKETS: dict[CouponsBy, tuple[str, str]] = {  # what rows are told apart by, and what that takes
    "template": ("''", ""),
    "day": ("(l.changed_at AT TIME ZONE zone.name)::date::text", ""),
    "batch": ("coalesce(b.batch_id::text, '')", _BATCHES),
}
_COUPONS = """
    WITH log AS (
        SELECT coalesce(l.template, '') AS template, l.rule, {bucket} AS bucket, l.member_id, l.coupon_id, l.what,
               l.cause, l.order_id
        FROM coupons.coupons_log_facts AS l CROSS JOIN (SELECT $3::text AS name) AS zone {batches}
        WHERE l.changed_at >= $1 AND l.changed_at < $2 AND ($4::text IS NULL OR l.template = $4)
    ), shown AS (
        SELECT template, rule, bucket,
               count(*) FILTER (WHERE what = 'issued' AND cause <> 'gift') AS issued,
               count(*) FILTER (WHERE what = 'issued' AND cause = 'claim') AS claimed,
               count(*) FILTER (WHERE what = 'issued' AND cause = 'code') AS by_code,
               count(*) FILTER (WHERE what = 'issued' AND cause IN ('grant', 'desk')) AS granted,
               count(*) FILTER (WHERE what = 'issued' AND cause = 'pack') AS in_packs,
               count(*) FILTER (WHERE what = 'issued' AND cause = 'gift') AS gifted,
               count(*) FILTER (WHERE what = 'used') AS used,
               count(*) FILTER (WHERE what = 'returned') AS returned,
               count(*) FILTER (WHERE what = 'expired') AS expired,
               count(*) FILTER (WHERE what = 'voided') AS voided
        FROM log
        WHERE $5::text IS NULL OR (template, rule, bucket) > ($5, $6::text, $7::text)
        GROUP BY template, rule, bucket ORDER BY template, rule, bucket LIMIT $8
    ), uses AS (
        SELECT DISTINCT log.template, log.rule, log.bucket, log.member_id, log.order_id, log.coupon_id
        FROM log JOIN shown USING (template, rule, bucket) WHERE log.what = 'used'
    ), sales AS (
        SELECT u.template, u.rule, u.bucket, count(*) AS orders, sum(o.cash_fen - o.refunded_fen)::bigint AS sales_fen
        FROM (SELECT DISTINCT template, rule, bucket, member_id, order_id FROM uses) AS u
        JOIN checkout.checkout_facts AS o USING (member_id, order_id) GROUP BY u.template, u.rule, u.bucket
    ), costs AS (
        SELECT u.template, u.rule, u.bucket, sum(c.off_fen)::bigint AS discount_fen
        FROM uses AS u JOIN checkout.checkout_coupons_facts AS c USING (member_id, order_id, coupon_id)
        GROUP BY u.template, u.rule, u.bucket
    )
    SELECT shown.*, coalesce(sales.orders, 0) AS orders, coalesce(sales.sales_fen, 0) AS sales_fen,
           coalesce(costs.discount_fen, 0) AS discount_fen
    FROM shown LEFT JOIN sales USING (template, rule, bucket) LEFT JOIN costs USING (template, rule, bucket)
    ORDER BY template, rule, bucket
"""


async def coupon_sums(
    tx: Transaction, period: Period, by: CouponsBy, template: str | None, after: tuple[str, str, str] | None, limit: int
) -> list[tuple[tuple[str, str, str], CouponSums]]:
    """What became of coupons in a period, each row with its place, in the order of their places."""
    bucket, batches = _BUCKETS[by]
    rows = await tx.fetch(
        _COUPONS.format(bucket=bucket, batches=batches), period.start, period.end, tx.calendar.zone_name, template,
        *(after or (None, None, None)), limit,
    )  # fmt: skip
    return [((row["template"], row["rule"], row["bucket"]), _coupon_sums(row, by)) for row in rows]


def _coupon_sums(row: Mapping[str, Any], by: CouponsBy) -> CouponSums:
    named = {name: row[name] for name in CouponSums.__struct_fields__[4:]}
    bucket = row["bucket"]
    return CouponSums(
        template=row["template"] or None,
        rule=row["rule"],
        day=date.fromisoformat(bucket) if by == "day" else None,
        batch_id=UUID(bucket) if by == "batch" and bucket else None,
        **named,
    )
