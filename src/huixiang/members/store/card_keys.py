"""From when which key signs the codes of cards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.members.model.card import KeyTurn
from huixiang.platform.db import Transaction


async def turns(tx: Transaction) -> list[KeyTurn]:
    """The last few turns, as many as any code or reader can still concern."""
    rows = await tx.fetch("SELECT generation, signs_from FROM members.card_key ORDER BY generation DESC LIMIT 3")
    return [KeyTurn(**row) for row in reversed(rows)]


async def insert_turn(tx: Transaction, turn: KeyTurn) -> bool:
    """False where somebody else has turned to it."""
    inserted = await tx.execute(
        "INSERT INTO members.card_key (generation, signs_from) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        turn.generation,
        turn.signs_from,
    )
    return inserted == 1


async def number_and_generation(tx: Transaction, member_id: UUID, at: datetime) -> tuple[str, int] | None:
    """A member's number, and the generation of the key that signs codes at an instant; None for no member."""
    row = await tx.fetchrow(
        """
        SELECT number, (
            SELECT coalesce(max(generation), 0) FROM members.card_key WHERE signs_from <= $2
        ) AS generation FROM members.member WHERE member_id = $1
        """,
        member_id,
        at,
    )
    return None if row is None else (row["number"], row["generation"])


async def generation_at(tx: Transaction, at: datetime) -> int:
    generation: int = await tx.fetchval(
        "SELECT coalesce(max(generation), 0) FROM members.card_key WHERE signs_from <= $1", at
    )
    return generation
