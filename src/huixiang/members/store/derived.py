"""What is kept in clear of sealed fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from huixiang.platform.db import Transaction


async def save_age_band(tx: Transaction, member_id: UUID, band: str | None) -> None:
    await tx.execute("UPDATE members.member SET age_band = $2 WHERE member_id = $1", member_id, band)


async def save_city(tx: Transaction, member_id: UUID, city: str | None) -> None:
    await tx.execute("UPDATE members.member SET city = $2 WHERE member_id = $1", member_id, city)


async def save_age_bands(tx: Transaction, bands: Mapping[UUID, str]) -> None:
    """Those that are another now."""
    ordered = sorted(bands.items())
    await tx.execute(
        """
        UPDATE members.member AS m SET age_band = n.band
        FROM unnest($1::uuid[], $2::text[]) AS n (member_id, band)
        WHERE m.member_id = n.member_id AND m.age_band IS DISTINCT FROM n.band
        """,
        [member_id for member_id, _ in ordered],
        [band for _, band in ordered],
    )


async def with_birthdays(
    tx: Transaction, days: Sequence[tuple[int, int]], after: UUID | None, limit: int
) -> list[UUID]:
    """Members whose birthday is one of some (month, day), in the order of ids."""
    rows = await tx.fetch(
        """
        SELECT member_id FROM members.member
        WHERE ($3::uuid IS NULL OR member_id > $3) AND (birth_month, birth_day) IN (
            SELECT * FROM unnest($1::smallint[], $2::smallint[])
        )
        ORDER BY member_id LIMIT $4
        """,
        [month for month, _ in days],
        [day for _, day in days],
        after,
        limit,
    )
    return [row["member_id"] for row in rows]


async def forget(tx: Transaction, member_id: UUID) -> None:
    await tx.execute(
        """
        UPDATE members.member SET birth_month = NULL, birth_day = NULL, age_band = NULL, city = NULL
        WHERE member_id = $1
        """,
        member_id,
    )
