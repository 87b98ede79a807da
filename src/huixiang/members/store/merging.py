"""Merges of members, and the aliases that come of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from huixiang.members.model import State
from huixiang.members.model.merging import Merge, StoredMerge
from huixiang.platform.db import Transaction

_SHOWN = ", ".join(Merge.__struct_fields__)
_COLUMNS = f"{_SHOWN}, from_state, into_state, now_state, parts"
HOLDS = "('moving', 'done', 'undoing')"


async def insert_merge(tx: Transaction, merge: StoredMerge) -> None:
    shown = merge.shown
    await tx.execute(
        f"""
        INSERT INTO members.merge ({_COLUMNS})
        VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, NULL, NULL, $9, $10, $11, '{{}}')
        """,
        shown.member_id,
        shown.merge_id,
        shown.into_id,
        shown.state,
        list(shown.waits),
        shown.reason,
        shown.started_by,
        shown.started_at,
        merge.from_state,
        merge.into_state,
        merge.now_state,
    )


async def find_merge(tx: Transaction, member_id: UUID, merge_id: UUID) -> StoredMerge | None:
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM members.merge WHERE member_id = $1 AND merge_id = $2", member_id, merge_id
    )
    return None if row is None else _merge(row)


async def merges_of(tx: Transaction, member_ids: Sequence[UUID], states: Sequence[str]) -> list[StoredMerge]:
    """Merges of these members, of those who go and of those who stay, in one of the states."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM members.merge
        WHERE (member_id = ANY ($1::uuid[]) OR into_id = ANY ($1::uuid[])) AND state = ANY ($2::text[])
        ORDER BY member_id, merge_id
        """,
        member_ids,
        states,
    )
    return [_merge(row) for row in rows]


async def save_merge(tx: Transaction, merge: StoredMerge) -> None:
    """What may change of a merge."""
    shown = merge.shown
    await tx.execute(
        """
        UPDATE members.merge
        SET state = $3, waits = $4, refusal = $5, done_at = $6, undone_at = $7, now_state = $8, parts = $9
        WHERE member_id = $1 AND merge_id = $2
        """,
        shown.member_id,
        shown.merge_id,
        shown.state,
        list(shown.waits),
        shown.refusal,
        shown.done_at,
        shown.undone_at,
        merge.now_state,
        list(merge.parts),
    )


async def join_aliases(tx: Transaction, member_id: UUID, into_id: UUID) -> None:
    """Let a member, and who goes by their id, go by another's."""
    await tx.execute(
        "UPDATE members.member SET merged_into = $2 WHERE member_id = $1 OR merged_into = $1", member_id, into_id
    )


async def part_aliases(tx: Transaction, member_id: UUID) -> None:
    """Let a member go by their own id again, and those who were merged into them by theirs."""
    await tx.execute(
        f"""
        WITH RECURSIVE before AS (
            SELECT m.member_id FROM members.merge AS m WHERE m.into_id = $1 AND m.state IN {HOLDS}
            UNION
            SELECT m.member_id FROM members.merge AS m JOIN before ON m.into_id = before.member_id
            WHERE m.state IN {HOLDS}
        )
        UPDATE members.member AS x SET merged_into = CASE WHEN x.member_id = $1 THEN NULL ELSE $1 END
        WHERE x.member_id = $1 OR x.member_id IN (SELECT member_id FROM before)
        """,
        member_id,
    )


def _merge(row: Any) -> StoredMerge:
    values = dict(row)
    shown = {name: values.pop(name) for name in Merge.__struct_fields__}
    return StoredMerge(
        shown=Merge(**shown | {"waits": tuple(shown["waits"])}),
        from_state=State(values["from_state"]),
        into_state=State(values["into_state"]),
        now_state=State(values["now_state"]),
        parts=tuple(values["parts"]),
    )
