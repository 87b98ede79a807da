"""Announcements and acceptances in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.terms.model import Acceptance, Announcement, AnnouncementKind, How

_COLUMNS = Announcement.__struct_fields__


async def insert_announcement(tx: Transaction, one: Announcement) -> bool:
    """False where there is one already."""
    places = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
    inserted = await tx.execute(
        f"INSERT INTO terms.announcement ({', '.join(_COLUMNS)}) VALUES ({places}) ON CONFLICT DO NOTHING",
        *(getattr(one, name) for name in _COLUMNS),
    )
    return inserted == 1


async def lock_announcement(tx: Transaction, version: int, kind: AnnouncementKind) -> Announcement | None:
    row = await tx.fetchrow(
        f"SELECT {', '.join(_COLUMNS)} FROM terms.announcement WHERE version = $1 AND kind = $2 FOR UPDATE",
        version,
        kind,
    )
    return Announcement(**row) if row else None


async def announcements(tx: Transaction) -> list[Announcement]:
    """The latest version first."""
    rows = await tx.fetch(f"SELECT {', '.join(_COLUMNS)} FROM terms.announcement ORDER BY version DESC, kind LIMIT 500")
    return [Announcement(**row) for row in rows]


async def save_announcement(tx: Transaction, one: Announcement) -> None:
    await tx.execute(
        """
        UPDATE terms.announcement
        SET moved_at = $3, after = $4, generation = $5, members = $6, messages = $7, ended_at = $8
        WHERE version = $1 AND kind = $2
        """,
        one.version,
        one.kind,
        one.moved_at,
        one.after,
        one.generation,
        one.members,
        one.messages,
        one.ended_at,
    )


async def members_after(tx: Transaction, after: UUID | None, states: Sequence[str], limit: int) -> list[UUID]:
    """Members in these states, in the order of their ids."""
    rows = await tx.fetch(
        """
        SELECT member_id FROM members.members_facts
        WHERE ($1::uuid IS NULL OR member_id > $1) AND state = ANY ($2::text[]) ORDER BY member_id LIMIT $3
        """,
        after,
        states,
        limit,
    )
    return [row["member_id"] for row in rows]


async def has_members(tx: Transaction) -> bool:
    found: bool = await tx.fetchval("SELECT EXISTS (SELECT FROM members.members_facts)")
    return found


async def accept(tx: Transaction, rows: Sequence[tuple[UUID, int, datetime]], how: How) -> None:
    """Note acceptances of members, versions and instants; one that is there stays as it is."""
    await tx.execute(
        """
        INSERT INTO terms.acceptance (member_id, version, how, accepted_at, recorded_at)
        SELECT member_id, version, $4, accepted_at, $5
        FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[]) AS one (member_id, version, accepted_at)
        ON CONFLICT DO NOTHING
        """,
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
        how,
        tx.now,
    )


async def acceptances_of(tx: Transaction, member_id: UUID) -> list[Acceptance]:
    rows = await tx.fetch(
        "SELECT version, how, accepted_at FROM terms.acceptance WHERE member_id = $1 ORDER BY version DESC LIMIT 200",
        member_id,
    )
    return [Acceptance(**row) for row in rows]


async def accepted_by_version(tx: Transaction) -> dict[int, int]:
    rows = await tx.fetch("SELECT version, count(*) FROM terms.acceptance GROUP BY version ORDER BY version")
    return {row[0]: row[1] for row in rows}
