"""Files of members, sealed."""

from __future__ import annotations

from uuid import UUID

from huixiang.members.model.exports import StoredExport
from huixiang.platform.db import Transaction

_FIELDS = StoredExport.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


async def insert(tx: Transaction, made: StoredExport) -> None:
    places = ", ".join(f"${n}" for n in range(1, len(_FIELDS) + 1))
    await tx.execute(
        f"INSERT INTO members.export ({_COLUMNS}) VALUES ({places})", *(getattr(made, field) for field in _FIELDS)
    )


async def find(tx: Transaction, export_id: UUID, made_by: UUID) -> StoredExport | None:
    """One that is not over, of who asked for it."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM members.export WHERE export_id = $1 AND made_by = $2 AND expires_at > $3",
        export_id,
        made_by,
        tx.now,
    )
    return StoredExport(**row) if row else None


async def delete_expired(tx: Transaction, limit: int) -> int:
    return await tx.execute(
        """
        DELETE FROM members.export WHERE export_id IN (
            SELECT export_id FROM members.export WHERE expires_at <= $1
            ORDER BY expires_at LIMIT $2
        )
        """,
        tx.now,
        limit,
    )


async def newest(tx: Transaction, made_by: UUID, limit: int) -> list[StoredExport]:
    """Those of somebody that are not over, the latest first."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM members.export WHERE made_by = $1 AND expires_at > $2
        ORDER BY made_at DESC, export_id DESC LIMIT $3
        """,
        made_by,
        tx.now,
        limit,
    )
    return [StoredExport(**row) for row in rows]
