"""Console users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.staff.model import Account, Credentials, Role

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
    )


async def insert_account(tx: Transaction, credentials: Credentials) -> bool:
    """False where the username is taken."""
    account = credentials.account
    inserted = await tx.execute(
        """
        INSERT INTO staff.account
            (staff_id, username, display_name, role, password_hash, totp_sealed, totp_step, created_at, stores)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
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
    )
    return inserted == 1


async def all_accounts(tx: Transaction) -> list[Account]:
    rows = await tx.fetch(
        """
        SELECT staff_id, username, display_name, role, created_at AS account_created_at, disabled_at, stores
        FROM staff.account ORDER BY username
        """
    )
    return [read_account(row) for row in rows]


_FIND_CREDENTIALS = """
    SELECT staff_id, username, display_name, role, created_at AS account_created_at, disabled_at, stores,
           password_hash, totp_sealed, totp_step
    FROM staff.account WHERE username = $1
"""


async def find_credentials(tx: Transaction, username: str, *, lock: bool = False) -> Credentials | None:
    row = await tx.fetchrow(_FIND_CREDENTIALS + (" FOR UPDATE" if lock else ""), username)
    if row is None:
        return None
    return Credentials(read_account(row), row["password_hash"], row["totp_sealed"], row["totp_step"])


async def update_secrets(tx: Transaction, staff_id: UUID, password_hash: str, totp_sealed: bytes) -> None:
    await tx.execute(
        "UPDATE staff.account SET password_hash = $2, totp_sealed = $3, totp_step = 0 WHERE staff_id = $1",
        staff_id,
        password_hash,
        totp_sealed,
    )


async def update_totp_step(tx: Transaction, staff_id: UUID, step: int) -> None:
    await tx.execute("UPDATE staff.account SET totp_step = $2 WHERE staff_id = $1", staff_id, step)


async def update_stores(tx: Transaction, staff_id: UUID, stores: frozenset[str] | None) -> None:
    limited = None if stores is None else sorted(stores)
    await tx.execute("UPDATE staff.account SET stores = $2 WHERE staff_id = $1", staff_id, limited)
