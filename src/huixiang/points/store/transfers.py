"""Transfers: the sender's row and the receiver's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import Book, Parcel
from huixiang.points.model.transfer import Counting, Sent, StoredTransfer, Transfer

COLUMNS = (
    "member_id", "transfer_id", "direction", "purpose", "book", "other_id", "points", "fee", "parcels", "last_days",
    "maturities", "state", "rule_version", "created_at", "finished_at",
)  # fmt: skip
SHOWN = "transfer_id, direction, purpose, other_id, points, fee, state, created_at, finished_at"

TransferKey = tuple[UUID, UUID]  # owner, transfer


async def insert_transfers(
    tx: Transaction, transfers: Sequence[StoredTransfer], rule_versions: Sequence[int | None]
) -> None:
    rows = [
        (
            stored.member_id, stored.transfer.transfer_id, stored.transfer.direction, stored.transfer.purpose,
            stored.book.number, stored.transfer.other_id, stored.transfer.points, stored.transfer.fee,
            *_laid_out(stored), stored.transfer.state, version, stored.transfer.created_at,
            stored.transfer.finished_at,
        )
        for stored, version in zip(transfers, rule_versions, strict=True)
    ]  # fmt: skip
    await tx.insert("points.transfer", COLUMNS, rows)


def _laid_out(stored: StoredTransfer) -> tuple[list[int], list[date], list[datetime | None]]:
    """What is on its way, as parcels, last_days and maturities."""
    goes = [(one.points, one.expires_on, one.matures_at) for one in stored.parcels]
    goes += [(one.points, one.day, one.since) for one in stored.days]
    return [points for points, _, _ in goes], [day for _, day, _ in goes], [at for _, _, at in goes]


async def finish_transfers(tx: Transaction, keys: Sequence[TransferKey], state: str) -> None:
    """Say of senders' transfers what became of them."""
    await tx.execute(
        """
        UPDATE points.transfer AS t SET state = $3, finished_at = $4
        FROM unnest($1::uuid[], $2::uuid[]) AS done (member_id, transfer_id)
        WHERE t.member_id = done.member_id AND t.transfer_id = done.transfer_id AND t.state = 'on_the_way'
        """,
        [member_id for member_id, _ in keys],
        [transfer_id for _, transfer_id in keys],
        state,
        tx.now,
    )


async def load_parcels(tx: Transaction, keys: Sequence[TransferKey]) -> dict[TransferKey, tuple[Parcel, ...]]:
    """What is on its way of books with lots, by sender and transfer."""
    return {key: tuple(map(Parcel, *columns)) for key, columns in (await _on_the_way(tx, keys)).items()}


async def load_days(tx: Transaction, keys: Sequence[TransferKey]) -> dict[TransferKey, tuple[Counting, ...]]:
    """What is on its way of books that are only added up, by sender and transfer."""
    return {key: tuple(map(Counting, *columns)) for key, columns in (await _on_the_way(tx, keys)).items()}


async def _on_the_way(
    tx: Transaction, keys: Sequence[TransferKey]
) -> dict[TransferKey, tuple[list[int], list[date], list[Any]]]:
    if not keys:
        return {}
    rows = await tx.fetch(
        """
        SELECT t.member_id, t.transfer_id, t.parcels, t.last_days, t.maturities
        FROM unnest($1::uuid[], $2::uuid[]) AS wanted (member_id, transfer_id)
        JOIN points.transfer AS t ON t.member_id = wanted.member_id AND t.transfer_id = wanted.transfer_id
        """,
        [member_id for member_id, _ in keys],
        [transfer_id for _, transfer_id in keys],
    )
    return {(member_id, transfer_id): tuple(columns) for member_id, transfer_id, *columns in rows}


async def find_transfer(tx: Transaction, member_id: UUID, transfer_id: UUID) -> Transfer | None:
    row = await tx.fetchrow(
        f"SELECT {SHOWN} FROM points.transfer WHERE member_id = $1 AND transfer_id = $2", member_id, transfer_id
    )
    return row and _transfer(row)


async def transfers_before(
    tx: Transaction, member_id: UUID, before: tuple[datetime, UUID] | None, limit: int
) -> list[Transfer]:
    """An owner's transfers, the latest first."""
    at, transfer_id = before or (None, None)
    rows = await tx.fetch(
        f"""
        SELECT {SHOWN} FROM points.transfer
        WHERE member_id = $1 AND ($2::timestamptz IS NULL OR (created_at, transfer_id) < ($2, $3::uuid))
        ORDER BY created_at DESC, transfer_id DESC LIMIT $4
        """,
        member_id,
        at,
        transfer_id,
        limit,
    )
    return [_transfer(row) for row in rows]


async def sent_since(
    tx: Transaction, member_id: UUID, book: Book, *, day_start: datetime, month_start: datetime
) -> Sent:
    """What a member gave to others since the two instants."""
    row = await tx.fetchrow(
        """
        SELECT coalesce(sum(points) FILTER (WHERE created_at >= $3), 0)::bigint AS today,
               coalesce(sum(points), 0)::bigint AS this_month
        FROM points.transfer
        WHERE member_id = $1 AND book = $2 AND created_at >= $4 AND direction = 'out' AND purpose = 'transfer'
          AND state <> 'returned'
        """,
        member_id,
        book.number,
        day_start,
        month_start,
    )
    assert row is not None  # noqa: S101 - an aggregate has a row
    return Sent(row["today"], row["this_month"])


async def registered_at(tx: Transaction, member_id: UUID) -> datetime | None:
    instant: datetime | None = await tx.fetchval(
        "SELECT registered_at FROM members.members_facts WHERE member_id = $1", member_id
    )
    return instant


def _transfer(row: Mapping[str, Any]) -> Transfer:
    return Transfer(**{name: row[name] for name in Transfer.__struct_fields__})
