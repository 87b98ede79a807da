"""Passkeys of people at the console, and challenges that wait to be answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.staff.model.passkeys import StoredStaffPasskey

_FIELDS = StoredStaffPasskey.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


async def insert_challenge(tx: Transaction, hashed: bytes, expires_at: datetime) -> None:
    """Those that nobody answered go with it."""
    await tx.execute("DELETE FROM staff.passkey_challenge WHERE expires_at <= $1", tx.now)
    await tx.execute("INSERT INTO staff.passkey_challenge (hash, expires_at) VALUES ($1, $2)", hashed, expires_at)


async def take_challenge(tx: Transaction, hashed: bytes) -> bool:
    """Use a challenge up; False where it does not wait any more. Of two at once one gets it."""
    taken = await tx.execute("DELETE FROM staff.passkey_challenge WHERE hash = $1 AND expires_at > $2", hashed, tx.now)
    return taken == 1


async def insert_passkey(tx: Transaction, passkey: StoredStaffPasskey) -> bool:
    """False where somebody has it already."""
    places = ", ".join(f"${n}" for n in range(1, len(_FIELDS) + 1))
    inserted = await tx.execute(
        f"INSERT INTO staff.passkey ({_COLUMNS}) VALUES ({places}) ON CONFLICT DO NOTHING",
        *(getattr(passkey, name) for name in _FIELDS),
    )
    return inserted == 1


async def passkeys_of(tx: Transaction, staff_id: UUID) -> list[StoredStaffPasskey]:
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM staff.passkey WHERE staff_id = $1 ORDER BY created_at, passkey_id", staff_id
    )
    return [StoredStaffPasskey(**row) for row in rows]


async def lock_passkey(tx: Transaction, credential_id: bytes) -> StoredStaffPasskey | None:
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM staff.passkey WHERE credential_id = $1 FOR UPDATE", credential_id)
    return None if row is None else StoredStaffPasskey(**row)


async def note_use(tx: Transaction, passkey_id: UUID, sign_count: int) -> None:
    await tx.execute(
        "UPDATE staff.passkey SET sign_count = $2, used_at = $3 WHERE passkey_id = $1", passkey_id, sign_count, tx.now
    )


async def rename_passkey(tx: Transaction, staff_id: UUID, passkey_id: UUID, name: str) -> StoredStaffPasskey | None:
    row = await tx.fetchrow(
        f"UPDATE staff.passkey SET name = $3 WHERE staff_id = $1 AND passkey_id = $2 RETURNING {_COLUMNS}",
        staff_id,
        passkey_id,
        name,
    )
    return None if row is None else StoredStaffPasskey(**row)


async def delete_passkey(tx: Transaction, staff_id: UUID, passkey_id: UUID) -> bool:
    gone = await tx.execute("DELETE FROM staff.passkey WHERE staff_id = $1 AND passkey_id = $2", staff_id, passkey_id)
    return gone == 1


async def delete_passkeys_of(tx: Transaction, staff_id: UUID) -> int:
    return await tx.execute("DELETE FROM staff.passkey WHERE staff_id = $1", staff_id)
