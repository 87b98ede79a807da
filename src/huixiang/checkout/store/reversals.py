"""The records of what refunds undid: rows are added, never changed. An effect that followed has a second one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from msgspec.structs import replace

from huixiang.checkout.model import KINDS, NewEffect, Reversal
from huixiang.checkout.model.reversals import ReversalEffect, reversal_of
from huixiang.platform.db import Transaction

COLUMNS = (
    "member_id", "refund_id", "effect_no", "state", "kind", "cause", "amount", "owner_id", "book", "seq", "recorded_at",
)  # fmt: skip

Kept = tuple[UUID, UUID, Sequence[NewEffect]]  # member, refund, what it did


async def insert_effects(tx: Transaction, refunds: Sequence[Kept]) -> None:
    """The effects of refunds, each refund's numbered from 1 in the order given."""
    rows = [
        (member_id, refund_id, number, one.state, one.kind.code, one.cause, one.amount, one.owner_id, one.book, one.seq,
         tx.now)
        for member_id, refund_id, effects in refunds
        for number, one in enumerate(effects, 1)
    ]  # fmt: skip
    await tx.insert("checkout.reversal_effect", COLUMNS, rows)


async def finish_effect(
    tx: Transaction,
    member_id: UUID,
    refund_id: UUID,
    effect_no: int,
    posting: tuple[int, int] | None,
    kind: str | None = None,
) -> bool:
    """Add that a pending effect is done; False where it was before, or there is none. kind: what became of it, where
    that is another than was announced."""
    book, seq = posting or (None, None)
    added = await tx.execute(
        f"""
        INSERT INTO checkout.reversal_effect ({", ".join(COLUMNS)})
        SELECT member_id, refund_id, effect_no, 'done', coalesce($7, kind), cause, amount, owner_id, $4::smallint,
               $5::bigint, $6
        FROM checkout.reversal_effect
        WHERE member_id = $1 AND refund_id = $2 AND effect_no = $3 AND state = 'pending'
        ON CONFLICT DO NOTHING
        """,
        member_id,
        refund_id,
        effect_no,
        book,
        seq,
        tx.now,
        kind,
    )
    return added == 1


async def finish_following(tx: Transaction, member_id: UUID, refund_id: UUID, kind: str) -> None:
    """What followed of a kind, and concerns nobody in particular, is done. Harmless when repeated."""
    await tx.execute(
        f"""
        INSERT INTO checkout.reversal_effect ({", ".join(COLUMNS)})
        SELECT member_id, refund_id, effect_no, 'done', kind, cause, amount, NULL, NULL, NULL, $4
        FROM checkout.reversal_effect
        WHERE member_id = $1 AND refund_id = $2 AND kind = $3 AND state = 'pending'
        ON CONFLICT DO NOTHING
        """,
        member_id,
        refund_id,
        kind,
        tx.now,
    )


async def load_reversals(tx: Transaction, refunds: Collection[tuple[UUID, UUID]]) -> dict[UUID, Reversal]:
    """The records of (member, refund), by refund; those that did nothing are left out."""
    rows = await tx.fetch(
        """
        SELECT e.refund_id, e.state, e.kind, e.cause, e.amount, e.owner_id, e.book, e.seq
        FROM unnest($1::uuid[], $2::uuid[]) AS wanted (member_id, refund_id)
        JOIN checkout.reversal_effect AS e ON e.member_id = wanted.member_id AND e.refund_id = wanted.refund_id
        WHERE e.state = 'done' OR NOT EXISTS (
            SELECT FROM checkout.reversal_effect AS d
            WHERE d.member_id = e.member_id AND d.refund_id = e.refund_id AND d.effect_no = e.effect_no
              AND d.state = 'done'
        )
        ORDER BY e.effect_no
        """,
        [member_id for member_id, _ in refunds],
        [refund_id for _, refund_id in refunds],
    )
    found: dict[UUID, list[ReversalEffect]] = {}
    for refund_id, state, kind, cause, amount, owner_id, book, seq in rows:
        effect = NewEffect(kind=KINDS[kind], cause=cause, amount=amount, owner_id=owner_id, book=book, seq=seq)
        found.setdefault(refund_id, []).append(replace(effect.shown, state=state))
    return {refund_id: reversal_of(effects) for refund_id, effects in found.items()}
