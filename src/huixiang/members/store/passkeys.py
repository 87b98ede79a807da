"""Passkeys of members, and challenges that wait to be answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.members.model.passkeys import StoredPasskey
from huixiang.platform.db import Transaction

_FIELDS = StoredPasskey.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


async def insert_challenge(tx: Transaction, hashed: bytes, expires_at: datetime) -> None:
    await tx.execute("INSERT INTO members.passkey_challenge (hash, expires_at) VALUES ($1, $2)", hashed, expires_at)


async def take_challenge(tx: Transaction, hashed: bytes) -> bool:
    """Use a challenge up; False where it does not wait any more. Of two at once one gets it."""
    taken = await tx.execute(
        "DELETE FROM members.passkey_challenge WHERE hash = $1 AND expires_at > $2", hashed, tx.now
    )
    return taken == 1


async def insert_passkey(tx: Transaction, passkey: StoredPasskey) -> bool:
    """False where the member has it already."""
    places = ", ".join(f"${n}" for n in range(1, len(_FIELDS) + 1))
    inserted = await tx.execute(
        f"INSERT INTO members.passkey ({_COLUMNS}) VALUES ({places}) ON CONFLICT DO NOTHING",
        *(getattr(passkey, name) for name in _FIELDS),
    )
    return inserted == 1


async def passkeys_of(tx: Transaction, member_id: UUID) -> list[StoredPasskey]:
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM members.passkey WHERE member_id = $1 ORDER BY created_at, passkey_id",
        member_id,
    )
    return [StoredPasskey(**row) for row in rows]


async def lock_passkeys(tx: Transaction, member_id: UUID) -> list[StoredPasskey]:
    """All of a member's; of two who remove at once, each sees what the other left."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM members.passkey WHERE member_id = $1 ORDER BY passkey_id FOR UPDATE", member_id
    )
    return [StoredPasskey(**row) for row in rows]


async def lock_passkey(tx: Transaction, member_id: UUID, credential_id: bytes) -> StoredPasskey | None:
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM members.passkey WHERE member_id = $1 AND credential_id = $2 FOR UPDATE",
        member_id,
        credential_id,
    )
    return None if row is None else StoredPasskey(**row)


async def note_use(tx: Transaction, passkey: StoredPasskey, sign_count: int) -> None:
    await tx.execute(
        "UPDATE members.passkey SET sign_count = $3, used_at = $4 WHERE member_id = $1 AND passkey_id = $2",
        passkey.member_id,
        passkey.passkey_id,
        sign_count,
        tx.now,
    )


async def delete_passkey(tx: Transaction, member_id: UUID, passkey_id: UUID) -> None:
    await tx.execute("DELETE FROM members.passkey WHERE member_id = $1 AND passkey_id = $2", member_id, passkey_id)


async def delete_challenges(tx: Transaction, limit: int) -> int:
    """Remove challenges that nobody answered, up to a number; how many went."""
    return await tx.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT hash FROM members.passkey_challenge WHERE expires_at <= $1
            ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        DELETE FROM members.passkey_challenge WHERE hash IN (TABLE due)
        """,
        tx.now,
        limit,
    )
