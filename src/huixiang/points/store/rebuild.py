"""Replacing what the tables say of accounts. Only the owner's role may delete all of this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import AccountKey, HoldState
from huixiang.points.store.accounts import COLUMNS as ACCOUNT_COLUMNS

LOT_COLUMNS = (
    "expires_on", "lot_no", "original", "remaining", "held", "lapsed", "matures_at", "origin_posting", "origin_lot",
)  # fmt: skip


async def keep_writers_out(tx: Transaction) -> None:
    """To the end of the transaction nobody else posts; reading goes on."""
    await tx.execute("LOCK TABLE points.account, points.lot, points.posting IN SHARE ROW EXCLUSIVE MODE")


async def delete_accounts(tx: Transaction, keys: Sequence[AccountKey]) -> None:
    """With their lots; holds stay."""
    columns = [member_id for member_id, _ in keys], [book for _, book in keys]
    for table in ("points.lot", "points.account"):
        await tx.execute(
            f"""
            DELETE FROM {table} AS t USING unnest($1::uuid[], $2::smallint[]) AS wrong (member_id, book)
            WHERE t.member_id = wrong.member_id AND t.book = wrong.book
            """,
            *columns,
        )


async def insert_accounts(tx: Transaction, rows: Sequence[Sequence[object]]) -> None:
    """Rows of member, book and the columns of an account."""
    await tx.insert("points.account", ("member_id", "book", *ACCOUNT_COLUMNS), rows)


async def insert_lots(tx: Transaction, rows: Sequence[Sequence[object]]) -> None:
    """Rows of member, book and LOT_COLUMNS."""
    await tx.insert("points.lot", ("member_id", "book", *LOT_COLUMNS), rows)


async def replace_holds(
    tx: Transaction, key: AccountKey, stored: Mapping[UUID, HoldState], replayed: Mapping[UUID, HoldState]
) -> None:
    """Open holds as the journal has them; one that is there keeps the time it ends by itself."""
    await tx.execute(
        "DELETE FROM points.hold WHERE member_id = $1 AND book = $2 AND hold_id = ANY ($3::uuid[])",
        *key,
        [hold_id for hold_id in stored if hold_id not in replayed],
    )
    for hold_id, held in replayed.items():
        if stored.get(hold_id) != held:
            await tx.execute(
                """
                INSERT INTO points.hold (member_id, book, hold_id, points, alloc, order_ref)
                VALUES ($1, $2, $3, $4, $5, nullif($6::uuid, '00000000-0000-0000-0000-000000000000'))
                ON CONFLICT (member_id, book, hold_id) DO UPDATE
                SET points = excluded.points, alloc = excluded.alloc, order_ref = excluded.order_ref
                """,
                *key,
                hold_id,
                held.points,
                held.alloc,
                UUID(bytes=held.order_ref),
            )
