"""Every row from the orders, as sets: another way to the same rows than reckoning goes, so that each proves the other.

Nothing here is shared with `rules`: days, sums, favourites, stages and turns are said once more, in SQL, over other
views.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from huixiang.habits.model import Difference, Habits, LifecycleRules
from huixiang.platform.db import Transaction

COLUMNS = Habits.__struct_fields__
_NAMES = ", ".join(COLUMNS)

# $1 members, $2 today, $3 the zone, $4 the version; $5 to $11 the rules.
_FRESH = """
    WITH person AS (
        SELECT m.member_id, (m.registered_at AT TIME ZONE $3)::date AS joined_on
        FROM members.members_facts AS m
        WHERE m.member_id = ANY ($1::uuid[])
          AND m.member_id NOT IN (SELECT f.member_id FROM habits.forgotten AS f)
    ), bought AS (
        SELECT p.member_id, p.business_day, sum(p.orders)::bigint AS orders, sum(p.spend_fen)::bigint AS fen
        FROM checkout.checkout_purchases_facts AS p
        WHERE p.kind = 'all' AND p.member_id = ANY ($1::uuid[]) GROUP BY p.member_id, p.business_day
    ), summed AS (
        SELECT member_id, min(business_day) AS first_order_on, max(business_day) AS last_order_on,
            sum(orders) FILTER (WHERE business_day BETWEEN $2::date - 29 AND $2)::bigint AS orders_30d,
            sum(orders) FILTER (WHERE business_day BETWEEN $2::date - 89 AND $2)::bigint AS orders_90d,
            sum(orders) FILTER (WHERE business_day BETWEEN $2::date - 364 AND $2)::bigint AS orders_365d,
            sum(fen) FILTER (WHERE business_day BETWEEN $2::date - 29 AND $2)::bigint AS spend_30d,
            sum(fen) FILTER (WHERE business_day BETWEEN $2::date - 89 AND $2)::bigint AS spend_90d,
            sum(fen) FILTER (WHERE business_day BETWEEN $2::date - 364 AND $2)::bigint AS spend_365d,
            coalesce(sum(fen) FILTER (WHERE business_day BETWEEN $2::date - $9::integer + 1 AND $2), 0) AS lately,
            coalesce(sum(fen) FILTER (
                WHERE business_day BETWEEN $2::date - 2 * $9::integer + 1 AND $2::date - $9::integer
            ), 0) AS before
        FROM bought GROUP BY member_id
    ), goods AS (
        SELECT p.member_id, c.category, sum(p.spend_fen) AS fen
        FROM checkout.checkout_purchases_facts AS p JOIN catalogue.catalogue_facts AS c ON c.sku = p.sku
        WHERE p.kind = 'sku' AND p.member_id = ANY ($1::uuid[]) AND p.business_day >= $2::date - 364
        GROUP BY p.member_id, c.category HAVING sum(p.spend_fen) > 0
    ), placed AS (
        SELECT member_id, category,
            row_number() OVER (PARTITION BY member_id ORDER BY fen DESC, category COLLATE "C") AS place
        FROM goods
    ), liked AS (
        SELECT member_id, array_agg(category ORDER BY place) AS categories
        FROM placed WHERE place <= 3 GROUP BY member_id
    ), used AS (
        SELECT o.owner_id, f.store_id, count(*) AS orders, max(o.business_day) AS last_on
        FROM checkout.checkout_owners_facts AS o
        JOIN checkout.checkout_facts AS f ON f.member_id = o.member_id AND f.order_id = o.order_id
        WHERE o.owner_id = ANY ($1::uuid[]) AND o.state <> 'refunded' AND f.store_id IS NOT NULL
          AND o.business_day >= $2::date - 364
        GROUP BY o.owner_id, f.store_id
    ), home AS (
        SELECT DISTINCT ON (owner_id) owner_id AS member_id, store_id
        FROM used ORDER BY owner_id, orders DESC, last_on DESC, store_id COLLATE "C"
    ), seen AS (
        SELECT member_id, (last_seen_at AT TIME ZONE $3)::date AS seen_on
        FROM habits.habits_seen_facts WHERE member_id = ANY ($1::uuid[])
    ), active AS (
        SELECT p.member_id, coalesce(CASE $5::text
            WHEN 'orders' THEN s.last_order_on WHEN 'visits' THEN v.seen_on
            ELSE greatest(s.last_order_on, v.seen_on) END, p.joined_on) AS active_on
        FROM person AS p LEFT JOIN summed AS s USING (member_id) LEFT JOIN seen AS v USING (member_id)
    ), turn AS (
        SELECT b.member_id, b.business_day + span AS day
        FROM bought AS b CROSS JOIN unnest(ARRAY[0, 30, 90, 365, $9::integer, 2 * $9::integer]) AS span
        WHERE b.business_day >= $2::date - 364
        UNION ALL SELECT member_id, active_on + $7::integer FROM active
        UNION ALL SELECT member_id, active_on + $8::integer FROM active
        UNION ALL SELECT member_id, first_order_on + $6::integer FROM summed
    ), turning AS (
        SELECT member_id, min(day) AS day FROM turn WHERE day > $2 GROUP BY member_id
    )
    SELECT p.member_id, $4::integer AS rule_version, n.day AS turns_on, s.first_order_on, s.last_order_on,
        coalesce(s.orders_30d, 0) AS orders_30d, coalesce(s.orders_90d, 0) AS orders_90d,
        coalesce(s.orders_365d, 0) AS orders_365d, coalesce(s.spend_30d, 0) AS spend_30d,
        coalesce(s.spend_90d, 0) AS spend_90d, coalesce(s.spend_365d, 0) AS spend_365d,
        coalesce(l.categories, '{}') AS favourite_categories, h.store_id AS home_store,
        CASE
            WHEN $2::date - a.active_on >= $8::integer THEN 'lost'
            WHEN $2::date - a.active_on >= $7::integer THEN 'dormant'
            WHEN s.first_order_on IS NULL OR $2::date - s.first_order_on < $6::integer THEN 'new'
            WHEN s.lately > 0 AND s.lately * 10000 >= s.before * $10::bigint THEN 'growing'
            WHEN s.before > 0 AND s.lately * 10000 <= s.before * $11::bigint THEN 'declining'
            ELSE 'mature'
        END AS lifecycle
    FROM person AS p JOIN active AS a USING (member_id) LEFT JOIN summed AS s USING (member_id)
    LEFT JOIN liked AS l USING (member_id) LEFT JOIN home AS h USING (member_id)
    LEFT JOIN turning AS n USING (member_id)
"""
_DIFFERS = ", ".join(f"CASE WHEN h.{column} IS DISTINCT FROM n.{column} THEN '{column}' END" for column in COLUMNS[1:])
_DIFFERENCES = f"""
    WITH fresh AS ({_FRESH}), compared AS (
        SELECT member_id, CASE WHEN h.reckoned_at IS NULL OR n.lifecycle IS NULL THEN ARRAY['row']
                               ELSE array_remove(ARRAY[{_DIFFERS}], NULL) END AS fields
        FROM (SELECT * FROM habits.member WHERE member_id = ANY ($1::uuid[])) AS h
        FULL JOIN fresh AS n USING (member_id)
    )
    SELECT member_id, fields FROM compared WHERE fields <> '{{}}' ORDER BY member_id
"""
_WRITE = f"""
    WITH fresh AS ({_FRESH}), gone AS (
        DELETE FROM habits.member AS h WHERE h.member_id = ANY ($1::uuid[])
          AND NOT EXISTS (SELECT FROM fresh AS n WHERE n.member_id = h.member_id)
    )
    INSERT INTO habits.member AS h ({_NAMES}, reckoned_at) SELECT {_NAMES}, $12 FROM fresh
    ON CONFLICT (member_id) DO UPDATE
    SET {", ".join(f"{column} = excluded.{column}" for column in COLUMNS[1:])}, reckoned_at = excluded.reckoned_at
"""


async def page(tx: Transaction, after: UUID | None, limit: int) -> list[UUID]:
    """Members who have a row, or ought to have one, in the order of their ids."""
    rows = await tx.fetch(
        """
        SELECT member_id FROM (
            (SELECT member_id FROM members.members_facts WHERE $1::uuid IS NULL OR member_id > $1
             ORDER BY member_id LIMIT $2)
            UNION
            (SELECT member_id FROM habits.member WHERE $1::uuid IS NULL OR member_id > $1
             ORDER BY member_id LIMIT $2)
        ) AS known ORDER BY member_id LIMIT $2
        """,
        after,
        limit,
    )
    return [row["member_id"] for row in rows]


async def differences(
    tx: Transaction, member_ids: Sequence[UUID], today: date, rules: LifecycleRules, version: int
) -> list[Difference]:
    rows = await tx.fetch(_DIFFERENCES, *_asked(tx, member_ids, today, rules, version))
    return [Difference(row["member_id"], row["fields"]) for row in rows]


async def write(tx: Transaction, member_ids: Sequence[UUID], today: date, rules: LifecycleRules, version: int) -> None:
    await tx.execute(_WRITE, *_asked(tx, member_ids, today, rules, version), tx.now)


def _asked(
    tx: Transaction, member_ids: Sequence[UUID], today: date, rules: LifecycleRules, version: int
) -> tuple[Any, ...]:
    return (
        member_ids, today, tx.calendar.zone_name, version, rules.measured_by, rules.new_days, rules.dormant_days,
        rules.lost_days, rules.trend_days, rules.growing_bp, rules.declining_bp,
    )  # fmt: skip
