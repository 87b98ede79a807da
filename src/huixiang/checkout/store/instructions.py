"""Instructions to charge and to give back, each change with its row in the log: one statement."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from huixiang.checkout.model.instructions import Instruction, State
from huixiang.platform.db import Transaction

FIELDS = Instruction.__struct_fields__
_COLUMNS = ", ".join(FIELDS)
_CHANGED = ("state", "tries", "sent_at", "settled_at", "reference", "paid_at", "reason", "undone_by")


async def insert(tx: Transaction, one: Instruction) -> bool:
    """False where the order has one of this key."""
    places = ", ".join(f"${place}" for place in range(1, len(FIELDS) + 1))
    made = await tx.fetchval(
        f"""
        WITH made AS (
            INSERT INTO checkout.instruction ({_COLUMNS}, changes) VALUES ({places}, 1)
            ON CONFLICT DO NOTHING RETURNING *
        )
        INSERT INTO checkout.instruction_change (member_id, instruction_id, seq, what, state, changed_at)
        SELECT member_id, instruction_id, changes, 'asked', state, asked_at FROM made RETURNING seq
        """,
        *(getattr(one, field) for field in FIELDS),
    )
    return made is not None


async def save(tx: Transaction, one: Instruction, what: str, paid_on: date | None) -> None:
    """What has become of it. paid_on: the business day of `paid_at`."""
    assigned = ", ".join(f"{field} = ${place}" for place, field in enumerate(_CHANGED, 6))
    await tx.execute(
        f"""
        WITH changed AS (
            UPDATE checkout.instruction SET {assigned}, paid_on = $5, changes = changes + 1
            WHERE member_id = $1 AND instruction_id = $2 RETURNING *
        )
        INSERT INTO checkout.instruction_change
            (member_id, instruction_id, seq, what, state, reference, reason, changed_at)
        SELECT member_id, instruction_id, changes, $3, state, reference, CASE WHEN state = 'failed' THEN reason END, $4
        FROM changed
        """,
        one.member_id,
        one.instruction_id,
        what,
        tx.now,
        paid_on,
        *(getattr(one, field) for field in _CHANGED),
    )


async def find(tx: Transaction, member_id: UUID, instruction_id: UUID, *, lock: bool = False) -> Instruction | None:
    row = await tx.fetchrow(
        f"""
        SELECT {_COLUMNS} FROM checkout.instruction
        WHERE member_id = $1 AND instruction_id = $2 {"FOR UPDATE" if lock else ""}
        """,
        member_id,
        instruction_id,
    )
    return None if row is None else _instruction(row)


async def of_order(tx: Transaction, member_id: UUID, order_id: UUID) -> list[Instruction]:
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM checkout.instruction WHERE member_id = $1 AND order_id = $2
        ORDER BY asked_at, key
        """,
        member_id,
        order_id,
    )
    return [_instruction(row) for row in rows]


async def listed(
    tx: Transaction, state: State, since: datetime | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Instruction]:
    """Of all members, in a state, sent since then; the longest out first, beyond a place in that order."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM checkout.instruction
        WHERE state = $1 AND ($2::timestamptz IS NULL OR sent_at >= $2)
          AND ($3::timestamptz IS NULL OR (sent_at, instruction_id) > ($3, $4::uuid))
        ORDER BY sent_at, instruction_id LIMIT $5
        """,
        state,
        since,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [_instruction(row) for row in rows]


async def named(tx: Transaction, instruction_ids: Collection[UUID]) -> dict[UUID, Instruction]:
    """Whosever they are."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM checkout.instruction WHERE instruction_id = ANY ($1::uuid[])", sorted(instruction_ids)
    )
    return {row["instruction_id"]: _instruction(row) for row in rows}


async def follow(tx: Transaction, from_id: UUID, into_id: UUID) -> None:
    """Those of orders on their way that went from one member to another go with them."""
    await tx.execute(
        """
        UPDATE checkout.instruction AS i SET member_id = $2
        FROM checkout.placed AS p
        WHERE i.member_id = $1 AND p.member_id = $2 AND p.order_id = i.order_id
        """,
        from_id,
        into_id,
    )


def _instruction(row: Any) -> Instruction:
    return Instruction(**dict(row))
