"""Identities one by one: counted, and taken off. They are added as registrations add theirs."""

from __future__ import annotations

from uuid import UUID

from huixiang.members.store.directory import DirectoryKey
from huixiang.platform.db import Transaction


async def of_member(tx: Transaction, member_id: UUID) -> list[tuple[UUID, DirectoryKey, str | None]]:
    """Everything that finds a member, also by way of those who were merged into them: whose it is, kind and key, and
    which system gave it."""
    rows = await tx.fetch(
        """
        SELECT i.member_id, i.kind, i.key, i.source
        FROM members.identity AS i JOIN members.member AS m USING (member_id)
        WHERE m.member_id = $1 OR m.merged_into = $1
        """,
        member_id,
    )
    return [(row["member_id"], (row["kind"], row["key"]), row["source"]) for row in rows]


async def delete(tx: Transaction, member_id: UUID, key: DirectoryKey) -> None:
    await tx.execute("DELETE FROM members.identity WHERE member_id = $1 AND kind = $2 AND key = $3", member_id, *key)
