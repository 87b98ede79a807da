"""States of members, and the log of their changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from huixiang.members.model import State
from huixiang.members.model.states import StateChange
from huixiang.platform.db import Transaction

Standing = tuple[State, UUID | None]  # and whom a member was merged into


async def lock_members(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """The state of each, held until the transaction ends; who gives to a member meanwhile waits."""
    rows = await tx.fetch(
        """
        SELECT member_id, state, merged_into FROM members.member
        WHERE member_id = ANY ($1::uuid[]) ORDER BY member_id FOR NO KEY UPDATE
        """,
        member_ids,
    )
    return {row["member_id"]: (State(row["state"]), row["merged_into"]) for row in rows}


async def share_member(tx: Transaction, member_id: UUID) -> Standing | None:
    """The state of one, which nobody changes until the transaction ends."""
    row = await tx.fetchrow("SELECT state, merged_into FROM members.member WHERE member_id = $1 FOR SHARE", member_id)
    return None if row is None else (State(row["state"]), row["merged_into"])


async def share_members(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """The state of each, which nobody changes until the transaction ends."""
    rows = await tx.fetch(
        """
        SELECT member_id, state, merged_into FROM members.member
        WHERE member_id = ANY ($1::uuid[]) ORDER BY member_id FOR SHARE
        """,
        member_ids,
    )
    return {row["member_id"]: (State(row["state"]), row["merged_into"]) for row in rows}


async def states_of(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, State]:
    rows = await tx.fetch("SELECT member_id, state FROM members.member WHERE member_id = ANY ($1::uuid[])", member_ids)
    return {row["member_id"]: State(row["state"]) for row in rows}


async def registered_at(tx: Transaction, member_id: UUID) -> datetime:
    at: datetime = await tx.fetchval("SELECT registered_at FROM members.member WHERE member_id = $1", member_id)
    return at


async def came_from(tx: Transaction, member_id: UUID, state: State) -> State | None:
    """In which state a member was before they came into this one the last time."""
    found = await tx.fetchval(
        """
        SELECT from_state FROM members.state_change
        WHERE member_id = $1 AND to_state = $2 AND from_state NOT IN ('deceased', 'merging')
        ORDER BY seq DESC LIMIT 1
        """,
        member_id,
        state,
    )
    return None if found is None else State(found)


async def change_states(
    tx: Transaction,
    changes: Mapping[UUID, tuple[State, State]],
    *,
    reason: str,
    by: str,
    guardian_consent: str | None = None,
) -> None:
    """Change states of members that are locked, from one to another, and log it."""
    ids = sorted(changes)
    before, after = ([changes[one][place] for one in ids] for place in (0, 1))
    await tx.execute(
        """
        WITH change AS (
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS change (member_id, from_state, to_state)
            WHERE from_state <> to_state
        ), changed AS (
            UPDATE members.member AS m SET state = change.to_state
            FROM change WHERE m.member_id = change.member_id
        )
        INSERT INTO members.state_change
            (member_id, seq, from_state, to_state, reason, guardian_consent, changed_by, occurred_at)
        SELECT member_id,
               1 + coalesce((SELECT max(seq) FROM members.state_change AS c WHERE c.member_id = change.member_id), 0),
               from_state, to_state, $4, $5, $6, $7
        FROM change
        """,
        ids,
        before,
        after,
        reason,
        guardian_consent,
        by,
        tx.now,
    )


async def state_changes(tx: Transaction, member_id: UUID, before: int | None, limit: int) -> list[StateChange]:
    """The latest first, from below `before`."""
    rows = await tx.fetch(
        """
        SELECT member_id, seq, from_state, to_state, reason, guardian_consent, changed_by, occurred_at
        FROM members.state_change WHERE member_id = $1 AND ($2::integer IS NULL OR seq < $2)
        ORDER BY seq DESC LIMIT $3
        """,
        member_id,
        before,
        limit,
    )
    return [
        StateChange(**{**row, "from_state": State(row["from_state"]), "to_state": State(row["to_state"])})
        for row in rows
    ]


async def canonical(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """By which id each goes now; ids of nobody are left out."""
    rows = await tx.fetch(
        "SELECT member_id, coalesce(merged_into, member_id) FROM members.member WHERE member_id = ANY ($1::uuid[])",
        member_ids,
    )
    return {row[0]: row[1] for row in rows}


async def aliases(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Who was merged into these members, and into which."""
    rows = await tx.fetch(
        "SELECT member_id, merged_into FROM members.member WHERE merged_into = ANY ($1::uuid[]) ORDER BY member_id",
        member_ids,
    )
    return {row[0]: row[1] for row in rows}
