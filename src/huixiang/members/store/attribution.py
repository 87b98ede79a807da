"""Touches of members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huixiang.members.model.attribution import By, SourceSum, Touch, Which
from huixiang.platform.db import Transaction

_FIELDS = Touch.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)
SOURCES_MAX = 500
_SOURCES: dict[By, str] = {
    "channel": "channel",
    "scene": "scene",
    "store": "store",
    "guide": "guide",
    "campaign": "campaign",
    "referrer": "referrer_id::text",
}


async def insert_first(tx: Transaction, touches: Sequence[tuple[UUID, Touch]]) -> None:
    """The touches of members who are new."""
    await tx.insert(
        "members.touch",
        ("member_id", *_FIELDS, "recorded_at"),
        [(member_id, *(getattr(touch, field) for field in _FIELDS), tx.now) for member_id, touch in touches],
    )


async def next_seq(tx: Transaction, member_id: UUID) -> int:
    """Of a member who is locked."""
    seq: int = await tx.fetchval("SELECT 1 + coalesce(max(seq), 0) FROM members.touch WHERE member_id = $1", member_id)
    return seq


async def touches_of(tx: Transaction, member_id: UUID) -> list[Touch]:
    """Of a member, and of those who were merged into them, in order of time."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM members.touch
        WHERE member_id = ANY (ARRAY(
            SELECT $1::uuid UNION ALL SELECT m.member_id FROM members.member AS m WHERE m.merged_into = $1
        ))
        ORDER BY occurred_at, member_id, seq
        """,
        member_id,
    )
    return [Touch(**row) for row in rows]


async def sums(tx: Transaction, by: By, which: Which, starts_at: datetime, ends_at: datetime) -> list[SourceSum]:
    """Members whose first or last touch lies in a period, by its source, the largest first."""
    order = "ASC" if which == "first" else "DESC"
    rows = await tx.fetch(
        f"""
        SELECT {_SOURCES[by]} AS source, count(*) AS members
        FROM (
            SELECT DISTINCT coalesce(m.merged_into, m.member_id) AS owner
            FROM members.touch AS t JOIN members.member AS m USING (member_id)
            WHERE t.occurred_at >= $1 AND t.occurred_at < $2
        ) AS who
        CROSS JOIN LATERAL (
            SELECT t.* FROM members.touch AS t
            WHERE t.member_id = ANY (ARRAY(
                SELECT who.owner UNION ALL SELECT m.member_id FROM members.member AS m WHERE m.merged_into = who.owner
            ))
            ORDER BY t.occurred_at {order}, t.member_id {order}, t.seq {order} LIMIT 1
        ) AS one
        WHERE one.occurred_at >= $1 AND one.occurred_at < $2
        GROUP BY source ORDER BY members DESC, source LIMIT {SOURCES_MAX}
        """,
        starts_at,
        ends_at,
    )
    return [SourceSum(row["source"], row["members"]) for row in rows]
