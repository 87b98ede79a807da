"""Profiles: preferences in clear, personal fields sealed."""

from __future__ import annotations

from uuid import UUID

from huixiang.members.model.profile import StoredPreferences
from huixiang.platform.db import Transaction

_FIELDS = StoredPreferences.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


async def preferences(tx: Transaction, member_id: UUID) -> StoredPreferences:
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM members.profile WHERE member_id = $1", member_id)
    if row is None:
        return StoredPreferences()
    lists = {field: tuple(row[field]) for field in ("favourite_categories", "contact")}
    return StoredPreferences(**dict(row) | lists)


async def save_preferences(tx: Transaction, member_id: UUID, stored: StoredPreferences) -> None:
    await tx.execute(
        f"""
        INSERT INTO members.profile (member_id, {_COLUMNS}, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (member_id) DO UPDATE SET
            favourite_categories = excluded.favourite_categories, household = excluded.household,
            delivery = excluded.delivery, contact = excluded.contact, completed_at = excluded.completed_at,
            changed_at = excluded.changed_at
        """,
        member_id,
        list(stored.favourite_categories),
        stored.household,
        stored.delivery,
        list(stored.contact),
        stored.completed_at,
        tx.now,
    )


async def save_personal(tx: Transaction, member_id: UUID, field: str, sealed: bytes | None) -> None:
    """A sealed field; None removes it."""
    if sealed is None:
        await tx.execute("DELETE FROM members.personal WHERE member_id = $1 AND field = $2", member_id, field)
        return
    await tx.execute(
        """
        INSERT INTO members.personal (member_id, field, sealed, recorded_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (member_id, field) DO UPDATE SET sealed = excluded.sealed, recorded_at = excluded.recorded_at
        """,
        member_id,
        field,
        sealed,
        tx.now,
    )


async def save_birthday(tx: Transaction, member_id: UUID, month: int | None, day: int | None) -> None:
    """What is kept of a birthday in clear."""
    await tx.execute(
        "UPDATE members.member SET birth_month = $2, birth_day = $3 WHERE member_id = $1", member_id, month, day
    )
