"""Grants in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from huixiang.grants.model import Bulk, BulkSummary, Gift, Preview
from huixiang.platform.db import Transaction

_JSON = {"gift": Gift, "preview": Preview, "audience": dict[str, Any]}
_COLUMNS = Bulk.__struct_fields__
_SUMMARY = BulkSummary.__struct_fields__
_STATES = "('running', 'paused', 'stopping')"


async def insert(tx: Transaction, bulk: Bulk) -> None:
    values = msgspec.structs.asdict(bulk)
    values |= {name: msgspec.json.encode(values[name]).decode() for name in _JSON}
    places = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
    await tx.execute(
        f"INSERT INTO grants.bulk ({', '.join(_COLUMNS)}) VALUES ({places})", *(values[name] for name in _COLUMNS)
    )


async def find(tx: Transaction, grant_id: UUID, *, lock: bool = False) -> Bulk | None:
    """lock: nobody else changes it, or goes on with it, until the transaction ends."""
    row = await tx.fetchrow(
        f"SELECT {', '.join(_COLUMNS)} FROM grants.bulk WHERE grant_id = $1 {'FOR UPDATE' if lock else ''}", grant_id
    )
    return _bulk(row) if row else None


async def of_request(tx: Transaction, approval_id: UUID) -> Bulk | None:
    """The grant that a request is about, locked."""
    row = await tx.fetchrow(
        f"SELECT {', '.join(_COLUMNS)} FROM grants.bulk WHERE approval_id = $1 OR undo_id = $1 FOR UPDATE", approval_id
    )
    return _bulk(row) if row else None


async def save(tx: Transaction, bulk: Bulk) -> None:
    """Write how a locked grant stands. What it is does not change."""
    await tx.execute(
        """
        UPDATE grants.bulk
        SET state = $2, ended_as = $3, approval_id = $4, undo_id = $5, generation = $6, after = $7, granted = $8,
            skipped = $9, failed = $10, given = $11, looked_at = $12, taken = $13, started_at = $14, ended_at = $15,
            undone_at = $16, kept = $17
        WHERE grant_id = $1
        """,
        bulk.grant_id,
        bulk.state,
        bulk.ended_as,
        bulk.approval_id,
        bulk.undo_id,
        bulk.generation,
        bulk.after,
        bulk.granted,
        bulk.skipped,
        bulk.failed,
        bulk.given,
        bulk.looked_at,
        bulk.taken,
        bulk.started_at,
        bulk.ended_at,
        bulk.undone_at,
        bulk.kept,
    )


async def newest(tx: Transaction, before: tuple[datetime, UUID] | None, limit: int) -> list[BulkSummary]:
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(_SUMMARY)} FROM grants.bulk
        WHERE $1::timestamptz IS NULL OR (made_at, grant_id) < ($1, $2::uuid)
        ORDER BY made_at DESC, grant_id DESC LIMIT $3
        """,
        *(before or (None, None)),
        limit,
    )
    return [BulkSummary(**{**row, "gift": _read(row["gift"], Gift)}) for row in rows]


async def promised(tx: Transaction, budget: str, but: UUID) -> int:
    """Points that grants under way have still to give from a budget, one of them left out."""
    points: int = await tx.fetchval(
        f"""
        SELECT coalesce(sum((preview ->> 'total')::bigint - given), 0)::bigint FROM grants.bulk
        WHERE state IN {_STATES} AND gift ->> 'budget' = $1 AND grant_id <> $2
        """,
        budget,
        but,
    )
    return points


async def lock_budget(tx: Transaction, budget: str) -> None:
    """One grant at a time is admitted to a budget."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('grants budget ' || $1, 0))", budget)


def _bulk(row: Any) -> Bulk:
    return Bulk(**{**row, **{name: _read(row[name], kind) for name, kind in _JSON.items()}})


def _read(text: str, kind: Any) -> Any:
    return msgspec.json.decode(text, type=kind)
