"""Console users."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.staff.model import Account, Credentials, Role
from huixiang.staff.model.accounts import KeyMade, ShownAccount

Row = Mapping[str, Any]


def read_account(row: Row) -> Account:
    return Account(
        row["staff_id"],
        row["username"],
        row["display_name"],
        Role(row["role"]),
        row["account_created_at"],
        row["disabled_at"],
        None if row["stores"] is None else frozenset(row["stores"]),
        row["password_until"],
    )


async def insert_account(tx: Transaction, credentials: Credentials) -> bool:
    """False where the username is taken."""
    account = credentials.account
    inserted = await tx.execute(
        """
        INSERT INTO staff.account
            (staff_id, username, display_name, role, password_hash, totp_sealed, totp_step, created_at, stores,
             password_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (username) DO NOTHING
        """,
        account.staff_id,
        account.username,
        account.display_name,
        account.role,
        credentials.password_hash,
        credentials.totp_sealed,
        credentials.totp_step,
        account.created_at,
        None if account.stores is None else sorted(account.stores),
        account.password_until,
    )
    return inserted == 1


async def all_accounts(tx: Transaction) -> list[Account]:
    rows = await tx.fetch(
        """
        SELECT staff_id, username, display_name, role, created_at AS account_created_at, disabled_at, stores,
               password_until
        FROM staff.account ORDER BY username
        """
    )
    return [read_account(row) for row in rows]


_FIND_CREDENTIALS = """
    SELECT staff_id, username, display_name, role, created_at AS account_created_at, disabled_at, stores,
           password_until, password_hash, totp_sealed, totp_step
    FROM staff.account WHERE username = $1
"""


async def find_credentials(tx: Transaction, username: str, *, lock: bool = False) -> Credentials | None:
    row = await tx.fetchrow(_FIND_CREDENTIALS + (" FOR UPDATE" if lock else ""), username)
    if row is None:
        return None
    return Credentials(read_account(row), row["password_hash"], row["totp_sealed"], row["totp_step"])


async def find_account(tx: Transaction, staff_id: UUID, *, lock: bool = False) -> Account | None:
    row = await tx.fetchrow(
        """
        SELECT staff_id, username, display_name, role, created_at AS account_created_at, disabled_at, stores,
               password_until
        FROM staff.account WHERE staff_id = $1
        """
        + ("FOR UPDATE" if lock else ""),
        staff_id,
    )
    return read_account(row) if row else None


async def shown_accounts(
    tx: Transaction, after: str | None, only: UUID | None, seen_since: datetime, made_since: datetime, limit: int
) -> list[ShownAccount]:
    """By username, those behind `after`, or one alone."""
    rows = await tx.fetch(
        """
        SELECT a.staff_id, username, display_name, role, a.created_at, disabled_at, stores,
               (SELECT count(*) FROM staff.session AS s WHERE s.staff_id = a.staff_id AND ended_at IS NULL
                AND expires_at > $1 AND last_seen_at > $2 AND s.created_at > $3) AS sessions,
               (SELECT count(*) FROM staff.passkey AS p WHERE p.staff_id = a.staff_id) AS passkeys
        FROM staff.account AS a
        WHERE ($4::text IS NULL OR username > $4) AND ($5::uuid IS NULL OR a.staff_id = $5)
        ORDER BY username LIMIT $6
        """,
        tx.now,
        seen_since,
        made_since,
        after,
        only,
        limit,
    )
    return [ShownAccount(**dict(row) | {"role": Role(row["role"])}) for row in rows]


async def update_disabled(tx: Transaction, staff_id: UUID, disabled_at: datetime | None) -> None:
    await tx.execute("UPDATE staff.account SET disabled_at = $2 WHERE staff_id = $1", staff_id, disabled_at)


async def lock_active(tx: Transaction, role: Role) -> list[UUID]:
    """Who is of a role and not disabled; they stay so until this transaction ends."""
    rows = await tx.fetch(
        "SELECT staff_id FROM staff.account WHERE role = $1 AND disabled_at IS NULL ORDER BY staff_id FOR UPDATE", role
    )
    return [row["staff_id"] for row in rows]


async def disabled_among(tx: Transaction, staff_ids: Collection[UUID]) -> set[UUID]:
    """Those of the accounts that are disabled; who disables one of the others waits until this transaction ends."""
    rows = await tx.fetch(
        "SELECT staff_id, disabled_at FROM staff.account WHERE staff_id = ANY ($1::uuid[]) ORDER BY staff_id FOR SHARE",
        list(staff_ids),
    )
    return {row["staff_id"] for row in rows if row["disabled_at"] is not None}


async def keys_made_by(tx: Transaction, actor: str) -> list[KeyMade]:
    """Keys that hold and that an actor made, or whose present secret it made."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT k.key_id, name, scopes, k.created_at
        FROM staff.system_key AS k JOIN staff.key_secret AS s USING (key_id)
        WHERE revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)
          AND (k.created_by = $1 OR (s.created_by = $1 AND (s.ends_at IS NULL OR s.ends_at > $2)))
        ORDER BY k.created_at, k.key_id LIMIT 200
        """,
        actor,
        tx.now,
    )
    return [KeyMade(**row) for row in rows]


async def update_password(tx: Transaction, staff_id: UUID, password_hash: str) -> None:
    """One that its user chose."""
    await tx.execute(
        "UPDATE staff.account SET password_hash = $2, password_until = NULL WHERE staff_id = $1",
        staff_id,
        password_hash,
    )


async def update_totp(
    tx: Transaction, staff_id: UUID, totp_sealed: bytes, shown_to: UUID, shown_until: datetime
) -> None:
    await tx.execute(
        """
        UPDATE staff.account SET totp_sealed = $2, totp_step = 0, totp_shown_to = $3, totp_shown_until = $4
        WHERE staff_id = $1
        """,
        staff_id,
        totp_sealed,
        shown_to,
        shown_until,
    )


async def take_totp(tx: Transaction, staff_id: UUID, by: UUID) -> tuple[str, bytes] | None:
    """Username and sealed secret, once, for who asked that it be made anew."""
    row = await tx.fetchrow(
        """
        UPDATE staff.account SET totp_shown_to = NULL, totp_shown_until = NULL
        WHERE staff_id = $1 AND totp_shown_to = $2 AND totp_shown_until > $3 AND disabled_at IS NULL
        RETURNING username, totp_sealed
        """,
        staff_id,
        by,
        tx.now,
    )
    return (row["username"], row["totp_sealed"]) if row else None


async def update_secrets(
    tx: Transaction, staff_id: UUID, password_hash: str, totp_sealed: bytes, password_until: datetime
) -> None:
    """Both made anew."""
    await tx.execute(
        """
        UPDATE staff.account SET password_hash = $2, totp_sealed = $3, totp_step = 0, totp_shown_to = NULL,
                                 totp_shown_until = NULL, password_until = $4
        WHERE staff_id = $1
        """,
        staff_id,
        password_hash,
        totp_sealed,
        password_until,
    )


async def update_totp_step(tx: Transaction, staff_id: UUID, step: int) -> None:
    await tx.execute("UPDATE staff.account SET totp_step = $2 WHERE staff_id = $1", staff_id, step)


async def update_stores(tx: Transaction, staff_id: UUID, stores: frozenset[str] | None) -> None:
    limited = None if stores is None else sorted(stores)
    await tx.execute("UPDATE staff.account SET stores = $2 WHERE staff_id = $1", staff_id, limited)
