"""What members' rows are made of, and the rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from huixiang.habits.model import Habits, History, OrderSum
from huixiang.platform.db import Transaction

COLUMNS = Habits.__struct_fields__


async def histories(tx: Transaction, member_ids: Sequence[UUID], first_day: date) -> dict[UUID, History]:
    """Of these, from a day on. Who is merged into another or forgotten has none; they are left out."""
    rows = await tx.fetch(
        """
        SELECT m.member_id, (m.registered_at AT TIME ZONE $2)::date AS joined_on
        FROM members.members_facts AS m
        WHERE m.member_id = ANY ($1::uuid[])
          AND NOT EXISTS (SELECT FROM habits.forgotten AS f WHERE f.member_id = m.member_id)
        """,
        member_ids,
        tx.calendar.zone_name,
    )
    spans = {
        row["owner_id"]: row
        for row in await tx.fetch(
            """
        SELECT owner_id, min(business_day) AS first_order_on, max(business_day) AS last_order_on
        FROM checkout.checkout_kept_facts WHERE owner_id = ANY ($1::uuid[]) GROUP BY owner_id
        """,
            member_ids,
        )
    }
    seen = {
        row["member_id"]: row["seen_on"]
        for row in await tx.fetch(
            """
        SELECT member_id, (last_seen_at AT TIME ZONE $2)::date AS seen_on
        FROM habits.habits_seen_facts WHERE member_id = ANY ($1::uuid[])
        """,
            member_ids,
            tx.calendar.zone_name,
        )
    }
    recent: dict[UUID, list[OrderSum]] = {}
    for member_id, *one in await tx.fetch(
        """
        SELECT owner_id, business_day, store_id, count(*), sum(kept_fen)::bigint
        FROM checkout.checkout_kept_facts WHERE owner_id = ANY ($1::uuid[]) AND business_day >= $2
        GROUP BY owner_id, business_day, store_id
        """,
        member_ids,
        first_day,
    ):
        recent.setdefault(member_id, []).append(OrderSum(*one))
    spent: dict[UUID, dict[str, int]] = {}
    for member_id, category, fen in await tx.fetch(
        """
        SELECT owner_id, category, sum(kept_fen)::bigint
        FROM checkout.checkout_goods_facts WHERE owner_id = ANY ($1::uuid[]) AND business_day >= $2
        GROUP BY owner_id, category
        """,
        member_ids,
        first_day,
    ):
        spent.setdefault(member_id, {})[category] = fen
    return {
        row["member_id"]: History(
            joined_on=row["joined_on"],
            first_order_on=spans[row["member_id"]]["first_order_on"] if row["member_id"] in spans else None,
            last_order_on=spans[row["member_id"]]["last_order_on"] if row["member_id"] in spans else None,
            last_seen_on=seen.get(row["member_id"]),
            recent=recent.get(row["member_id"], []),
            spent=spent.get(row["member_id"], {}),
        )
        for row in rows
    }


async def save(tx: Transaction, rows: Sequence[Habits]) -> None:
    """Write rows, those that are there already only where something differs."""
    names = ", ".join(COLUMNS)
    await tx.execute(
        f"""
        INSERT INTO habits.member AS h ({names}, reckoned_at)
        SELECT {names}, $2 FROM jsonb_populate_recordset(NULL::habits.member, $1::jsonb)
        ON CONFLICT (member_id) DO UPDATE
        SET {", ".join(f"{column} = excluded.{column}" for column in COLUMNS[1:])}, reckoned_at = excluded.reckoned_at
        """,
        msgspec.json.encode(rows).decode(),
        tx.now,
    )


async def remove(tx: Transaction, member_ids: Sequence[UUID]) -> None:
    await tx.execute("DELETE FROM habits.member WHERE member_id = ANY ($1::uuid[])", member_ids)


async def read(tx: Transaction, member_id: UUID) -> Any:
    """Everything that is shown of a member; null where it is unknown. None for somebody unknown or merged."""
    return await tx.fetchrow(
        f"""
        SELECT {", ".join(f"h.{column}" for column in COLUMNS[1:])}, h.reckoned_at, f.home_city, t.tier, p.plans,
               m.birthday, d.age_band, s.last_seen_at, s.last_viewed_category
        FROM members.members_facts AS m
        LEFT JOIN habits.member AS h ON h.member_id = m.member_id
        LEFT JOIN habits.habits_facts AS f ON f.member_id = m.member_id
        LEFT JOIN members.members_derived_facts AS d ON d.member_id = m.member_id
        LEFT JOIN tiers.tiers_facts AS t ON t.member_id = m.member_id
        LEFT JOIN plans.plans_facts AS p ON p.member_id = m.member_id AND p.member_id = $1
        LEFT JOIN habits.habits_seen_facts AS s ON s.member_id = m.member_id AND s.member_id = $1
        WHERE m.member_id = $1
        """,
        member_id,
    )
