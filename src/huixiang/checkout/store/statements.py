"""The shop's statements in the database, and what of ours they are held against. None of it is one member's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from huixiang.checkout.model.instructions import Instruction
from huixiang.checkout.model.statements import Payment, PaymentRow
from huixiang.checkout.store import instructions
from huixiang.platform.db import Transaction

FIELDS = Payment.__struct_fields__
_COLUMNS = ", ".join(FIELDS)
Key = tuple[str, str]  # reference and kind


async def tell(tx: Transaction, day: date, rows: Sequence[PaymentRow]) -> dict[Key, int]:
    """Take payments of a day; by key the version of those that are new or told otherwise than before. No key stands
    twice in `rows`."""
    told = await tx.fetch(
        """
        WITH told AS (
            INSERT INTO checkout.payment AS p (reference, kind, instruction_id, fen, paid_at, day, version, told_at)
            SELECT reference, kind, instruction_id, fen, paid_at, $1, 1, $2
            FROM unnest($3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::timestamptz[])
                 AS row (reference, kind, instruction_id, fen, paid_at)
            ORDER BY reference, kind
            ON CONFLICT (reference, kind) DO UPDATE
            SET instruction_id = excluded.instruction_id, fen = excluded.fen, paid_at = excluded.paid_at,
                day = excluded.day, version = p.version + 1, told_at = excluded.told_at
            WHERE (p.instruction_id, p.fen, p.paid_at)
                  IS DISTINCT FROM (excluded.instruction_id, excluded.fen, excluded.paid_at)
            RETURNING p.*
        )
        INSERT INTO checkout.payment_version (reference, kind, version, instruction_id, fen, paid_at, day, told_at)
        SELECT reference, kind, version, instruction_id, fen, paid_at, day, told_at FROM told
        RETURNING reference, kind, version
        """,
        day,
        tx.now,
        *([getattr(row, name) for row in rows] for name in ("reference", "kind", "instruction_id", "fen", "paid_at")),
    )
    return {(row["reference"], row["kind"]): row["version"] for row in told}


async def of_day(tx: Transaction, day: date, after: Key | None, limit: int) -> list[Payment]:
    """A day's payments in order of their keys, beyond one of them."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM checkout.payment
        WHERE day = $1 AND fen > 0 AND ($2::text IS NULL OR (reference, kind) > ($2, $3))
        ORDER BY reference, kind LIMIT $4
        """,
        day,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [_payment(row) for row in rows]


async def naming(tx: Transaction, instruction_ids: Collection[UUID]) -> dict[UUID, list[Payment]]:
    """Payments of any day by the instruction that they name."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM checkout.payment WHERE instruction_id = ANY ($1::uuid[]) AND fen > 0",
        sorted(instruction_ids),
    )
    found: dict[UUID, list[Payment]] = {}
    for row in rows:
        found.setdefault(row["instruction_id"], []).append(_payment(row))
    return found


async def confirmed_on(tx: Transaction, day: date, after: UUID | None, limit: int) -> list[Instruction]:
    """Instructions whose money moved on a business day, in order of their ids, beyond one of them."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(instructions.FIELDS)} FROM checkout.instruction
        WHERE paid_on = $1 AND ($2::uuid IS NULL OR instruction_id > $2) ORDER BY instruction_id LIMIT $3
        """,
        day,
        after,
        limit,
    )
    return [Instruction(**dict(row)) for row in rows]


async def open_since(tx: Transaction, begin: datetime, end: datetime, limit: int) -> tuple[int, list[Instruction]]:
    """How many that were last sent from `begin` to before `end` are open, and the first of them."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(instructions.FIELDS)}, count(*) OVER () AS open FROM checkout.instruction
        WHERE state IN ('sent', 'failed') AND sent_at >= $1 AND sent_at < $2
        ORDER BY sent_at, instruction_id LIMIT $3
        """,
        begin,
        end,
        limit,
    )
    found = [Instruction(**{field: row[field] for field in instructions.FIELDS}) for row in rows]
    return (rows[0]["open"] if rows else 0), found


async def overdue(tx: Transaction, before: datetime) -> list[tuple[str, int, int, datetime]]:
    """Of each kind what is open and was last sent by then: how many, over how much, and when the first was sent."""
    rows = await tx.fetch(
        """
        SELECT kind, count(*) AS instructions, sum(fen)::bigint AS fen, min(sent_at) AS sent_at
        FROM checkout.instruction WHERE state IN ('sent', 'failed') AND sent_at <= $1 GROUP BY kind
        """,
        before,
    )
    return [(row["kind"], row["instructions"], row["fen"], row["sent_at"]) for row in rows]


def _payment(row: Any) -> Payment:
    return Payment(**dict(row))
