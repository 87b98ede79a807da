"""Member rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from huixiang.members.model import AttributeValue, State, StoredMember
from huixiang.platform.db import Transaction


def _member(row: Mapping[str, Any]) -> StoredMember:
    return StoredMember(
        member_id=row["member_id"],
        number=row["number"],
        state=State(row["state"]),
        channel=row["channel"],
        registered_at=row["registered_at"],
        birth_month=row["birth_month"],
        birth_day=row["birth_day"],
        attributes=msgspec.json.decode(row["attributes"]),
        registration_hash=row["registration_hash"],
        merged_into=row["merged_into"],
    )


async def insert_members(tx: Transaction, members: Sequence[StoredMember]) -> None:
    await tx.insert(
        "members.member",
        (
            "member_id",
            "number",
            "state",
            "channel",
            "registered_at",
            "birth_month",
            "birth_day",
            "attributes",
            "registration_hash",
            "age_band",
            "city",
            "recorded_at",
        ),
        [
            (
                m.member_id,
                m.number,
                m.state,
                m.channel,
                m.registered_at,
                m.birth_month,
                m.birth_day,
                msgspec.json.encode(m.attributes).decode(),
                m.registration_hash,
                m.age_band,
                m.city,
                tx.now,
            )
            for m in members
        ],
    )


async def find_members(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, StoredMember]:
    rows = await tx.fetch(
        """
        SELECT member_id, number, state, channel, registered_at, birth_month, birth_day, attributes, registration_hash,
               merged_into
        FROM members.member WHERE member_id = ANY ($1::uuid[])
        """,
        member_ids,
    )
    return {row["member_id"]: _member(row) for row in rows}


async def existing(tx: Transaction, member_ids: Sequence[UUID]) -> set[UUID]:
    rows = await tx.fetch("SELECT member_id FROM members.member WHERE member_id = ANY ($1::uuid[])", member_ids)
    return {row["member_id"] for row in rows}


async def members_after(tx: Transaction, after: UUID | None, limit: int) -> list[UUID]:
    """Members latest first, from below `after`."""
    rows = await tx.fetch(
        """
        SELECT member_id FROM members.member WHERE $1::uuid IS NULL OR member_id < $1
        ORDER BY member_id DESC LIMIT $2
        """,
        after,
        limit,
    )
    return [row["member_id"] for row in rows]


async def members_in_states(tx: Transaction, member_ids: Sequence[UUID], states: Sequence[State]) -> set[UUID]:
    rows = await tx.fetch(
        "SELECT member_id FROM members.member WHERE member_id = ANY ($1::uuid[]) AND state = ANY ($2::text[])",
        member_ids,
        states,
    )
    return {row["member_id"] for row in rows}


async def update_attributes(
    tx: Transaction, member_id: UUID, values: Mapping[str, AttributeValue], removed: Sequence[str]
) -> bool:
    """False where there is no such member."""
    changed = await tx.execute(
        """
        UPDATE members.member SET attributes = (attributes || $2::jsonb) - $3::text[] WHERE member_id = $1
        """,
        member_id,
        msgspec.json.encode(values).decode(),
        removed,
    )
    return changed == 1
