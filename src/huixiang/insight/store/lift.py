"""What those bought who were given a copy of a template with a holdout, and those from whom it was withheld."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from huixiang.insight.model.lift import Group
from huixiang.kernel.period import Period
from huixiang.platform.db import Transaction

Place = tuple[str, int]  # a template, and the share of members who were held out

# $1, $2: from and before when members came to a template first, whoever they are now; $3: a template, null for all;
# $4, $5: the place after which the page begins, null for the first; $6: how many rows; $7: for how many days each is
# looked at; $8: now.
_LIFT = """
    WITH came AS (
        SELECT DISTINCT ON (e.template, coalesce(a.into_id, e.member_id))
               e.template, coalesce(a.into_id, e.member_id) AS owner_id, e.holdout_bp, e.withheld, e.exposed_at
        FROM coupons.coupons_exposures_facts AS e LEFT JOIN members.members_aliases_facts AS a USING (member_id)
        WHERE e.exposed_at >= $1 AND e.exposed_at < $2 AND ($3::text IS NULL OR e.template = $3)
        ORDER BY e.template, coalesce(a.into_id, e.member_id), e.exposed_at, e.member_id
    ), first_came AS (
        SELECT c.*, c.exposed_at + $7 * interval '24 hours' AS until
        FROM came AS c
        WHERE NOT EXISTS (
            SELECT FROM coupons.coupons_exposures_facts AS e
            WHERE e.member_id = c.owner_id AND e.template = c.template AND e.exposed_at < $1
        ) AND NOT EXISTS (
            SELECT FROM members.members_aliases_facts AS a
            JOIN coupons.coupons_exposures_facts AS e ON e.member_id = a.member_id
            WHERE a.into_id = c.owner_id AND e.template = c.template AND e.exposed_at < $1
        )
    ), shown AS (
        SELECT template, holdout_bp FROM first_came
        WHERE $4::text IS NULL OR (template, holdout_bp) > ($4, $5::integer)
        GROUP BY template, holdout_bp ORDER BY template, holdout_bp LIMIT $6
    ), bought AS (
        SELECT f.template, f.holdout_bp, f.withheld, f.until <= $8 AS whole, b.sales_fen, d.off_fen,
               f.withheld AND EXISTS (
                   SELECT FROM coupons.coupons_copies_facts AS c
                   WHERE c.member_id = f.owner_id AND c.template = f.template
                     AND c.issued_at >= f.exposed_at AND c.issued_at < f.until
               ) AS reached
        FROM first_came AS f JOIN shown USING (template, holdout_bp)
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(s.kept_fen), 0)::bigint AS sales_fen FROM checkout.checkout_sales_facts AS s
            WHERE s.owner_id = f.owner_id AND s.completed_at >= f.exposed_at AND s.completed_at < f.until
        ) AS b
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(o.off_fen), 0)::bigint AS off_fen
            FROM coupons.coupons_uses_facts AS u
            JOIN checkout.checkout_sales_facts AS s USING (owner_id, member_id, order_id)
            JOIN checkout.checkout_coupons_facts AS o USING (member_id, order_id, coupon_id)
            WHERE NOT f.withheld AND u.owner_id = f.owner_id AND u.template = f.template
              AND s.completed_at >= f.exposed_at AND s.completed_at < f.until
        ) AS d
    )
    SELECT template, holdout_bp,
           count(*) FILTER (WHERE whole AND NOT withheld) AS issued_members,
           count(*) FILTER (WHERE whole AND NOT withheld AND sales_fen > 0) AS issued_buyers,
           coalesce(sum(sales_fen) FILTER (WHERE whole AND NOT withheld), 0)::bigint AS issued_sales_fen,
           coalesce(sum(sales_fen::numeric * sales_fen) FILTER (WHERE whole AND NOT withheld), 0) AS issued_squares,
           count(*) FILTER (WHERE whole AND withheld) AS withheld_members,
           count(*) FILTER (WHERE whole AND withheld AND sales_fen > 0) AS withheld_buyers,
           coalesce(sum(sales_fen) FILTER (WHERE whole AND withheld), 0)::bigint AS withheld_sales_fen,
           coalesce(sum(sales_fen::numeric * sales_fen) FILTER (WHERE whole AND withheld), 0) AS withheld_squares,
           count(*) FILTER (WHERE NOT whole) AS waiting,
           count(*) FILTER (WHERE whole AND reached) AS reached,
           coalesce(sum(off_fen) FILTER (WHERE whole), 0)::bigint AS discount_fen
    FROM bought GROUP BY template, holdout_bp ORDER BY template, holdout_bp
"""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Both groups of one template and share; see `CouponLift`."""

    place: Place
    issued: Group
    withheld: Group
    waiting: int
    reached: int
    discount_fen: int


async def came(tx: Transaction, period: Period, template: str | None, limit: int) -> int:
    """How many came to a template in a period, counted up to a limit."""
    found: int = await tx.fetchval(
        """
        SELECT count(*) FROM (
            SELECT FROM coupons.coupons_exposures_facts
            WHERE exposed_at >= $1 AND exposed_at < $2 AND ($3::text IS NULL OR template = $3) LIMIT $4
        ) AS counted
        """,
        period.start,
        period.end,
        template,
        limit,
    )
    return found


async def groups(
    tx: Transaction, period: Period, template: str | None, days: int, after: Place | None, limit: int
) -> list[Compared]:
    """Those who first came to a template in a period, by template and share, in the order of these."""
    rows = await tx.fetch(
        _LIFT, period.start, period.end, template, *(after or (None, None)), limit, days, tx.now
    )  # fmt: skip
    return [
        Compared(
            place=(row["template"], row["holdout_bp"]),
            issued=_group(row, "issued"),
            withheld=_group(row, "withheld"),
            waiting=row["waiting"],
            reached=row["reached"],
            discount_fen=row["discount_fen"],
        )
        for row in rows
    ]


def _group(row: Mapping[str, Any], side: str) -> Group:
    return Group(
        members=row[f"{side}_members"],
        buyers=row[f"{side}_buyers"],
        sales_fen=row[f"{side}_sales_fen"],
        squares=int(row[f"{side}_squares"]),
    )
