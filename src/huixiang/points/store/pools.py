"""Family pools, their people, and what is set aside of them. Which pool a person is in stands in the directory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model.pool import PoolMember, PoolTicket, StoredPool, Taken

DIRECTORY_POOL_OF = "pool_of"


async def insert_pool(tx: Transaction, pool_id: UUID, head_id: UUID) -> None:
    await tx.execute(
        "INSERT INTO points.pool (member_id, head_id, state, created_at) VALUES ($1, $2, 'open', $3)",
        pool_id,
        head_id,
        tx.now,
    )


async def lock_pools(tx: Transaction, pool_ids: Collection[UUID]) -> dict[UUID, StoredPool]:
    """Pools, locked to the end of the transaction; before their accounts, so that nobody waits in a circle."""
    rows = await tx.fetch(
        """
        SELECT member_id, head_id, state, created_at FROM points.pool
        WHERE member_id = ANY ($1::uuid[]) ORDER BY member_id FOR UPDATE
        """,
        list(pool_ids),
    )
    return {row["member_id"]: StoredPool(*row) for row in rows}


async def find_pool(tx: Transaction, pool_id: UUID) -> StoredPool | None:
    row = await tx.fetchrow(
        "SELECT member_id, head_id, state, created_at FROM points.pool WHERE member_id = $1", pool_id
    )
    return row and StoredPool(*row)


async def dissolve(tx: Transaction, pool_id: UUID) -> None:
    await tx.execute(
        "UPDATE points.pool SET state = 'dissolved', dissolved_at = $2 WHERE member_id = $1", pool_id, tx.now
    )


async def claim_person(tx: Transaction, person_id: UUID, pool_id: UUID) -> bool:
    """Enter that a person is in a pool; False where they are in one already."""
    claimed = await tx.execute(
        """
        INSERT INTO platform.directory (kind, key, member_id, recorded_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (kind, key) DO NOTHING
        """,
        DIRECTORY_POOL_OF,
        str(person_id),
        pool_id,
        tx.now,
    )
    return claimed == 1


async def release_people(tx: Transaction, person_ids: Sequence[UUID]) -> None:
    await tx.execute(
        "DELETE FROM platform.directory WHERE kind = $1 AND key = ANY ($2::text[])",
        DIRECTORY_POOL_OF,
        [str(person_id) for person_id in person_ids],
    )


async def pool_of(tx: Transaction, person_id: UUID) -> UUID | None:
    pool_id: UUID | None = await tx.fetchval(
        "SELECT member_id FROM platform.directory WHERE kind = $1 AND key = $2", DIRECTORY_POOL_OF, str(person_id)
    )
    return pool_id


async def people_of(tx: Transaction, pool_id: UUID) -> list[PoolMember]:
    rows = await tx.fetch(
        """
        SELECT person_id, state, daily_points, monthly_points, contributed, spent FROM points.pool_member
        WHERE member_id = $1 ORDER BY changed_at, person_id
        """,
        pool_id,
    )
    return [PoolMember(**dict(row)) for row in rows]


async def invitations(tx: Transaction, person_id: UUID) -> list[tuple[UUID, UUID, datetime]]:
    """Open pools that a person is asked into, with their head and since when, the latest first."""
    rows = await tx.fetch(
        """
        SELECT p.member_id, p.head_id, m.changed_at FROM points.pool_member AS m
        JOIN points.pool AS p ON p.member_id = m.member_id
        WHERE m.person_id = $1 AND m.state = 'invited' AND p.state = 'open' ORDER BY m.changed_at DESC, p.member_id
        """,
        person_id,
    )
    return [tuple(row) for row in rows]


async def joined(tx: Transaction, pairs: Sequence[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Of (pool, person) those where the person is in the pool."""
    rows = await tx.fetch(
        """
        SELECT m.member_id, m.person_id
        FROM unnest($1::uuid[], $2::uuid[]) AS wanted (member_id, person_id)
        JOIN points.pool_member AS m ON m.member_id = wanted.member_id AND m.person_id = wanted.person_id
        WHERE m.state = 'joined'
        """,
        [pool_id for pool_id, _ in pairs],
        [person_id for _, person_id in pairs],
    )
    return {(row["member_id"], row["person_id"]) for row in rows}


async def put_person(tx: Transaction, pool_id: UUID, person_id: UUID, state: str) -> None:
    """Say what a person is in a pool from now on. Their sums and limits begin anew."""
    await tx.execute(
        """
        INSERT INTO points.pool_member AS m (member_id, person_id, state, contributed, spent, changed_at)
        VALUES ($1, $2, $3, 0, 0, $4)
        ON CONFLICT (member_id, person_id) DO UPDATE
        SET state = $3, daily_points = NULL, monthly_points = NULL, contributed = 0, spent = 0, changed_at = $4
        """,
        pool_id,
        person_id,
        state,
        tx.now,
    )


async def limit_person(
    tx: Transaction, pool_id: UUID, person_id: UUID, daily_points: int | None, monthly_points: int | None
) -> None:
    await tx.execute(
        """
        UPDATE points.pool_member SET daily_points = $3, monthly_points = $4 WHERE member_id = $1 AND person_id = $2
        """,
        pool_id,
        person_id,
        daily_points,
        monthly_points,
    )


async def add_contributed(tx: Transaction, contributions: Sequence[tuple[UUID, UUID, int]]) -> None:
    """(pool, person, points); a person may be named more than once."""
    if not contributions:
        return
    await tx.execute(
        """
        UPDATE points.pool_member AS m SET contributed = m.contributed + added.points
        FROM (
            SELECT member_id, person_id, sum(points)::bigint AS points
            FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS one (member_id, person_id, points)
            GROUP BY member_id, person_id
        ) AS added
        WHERE m.member_id = added.member_id AND m.person_id = added.person_id
        """,
        [pool_id for pool_id, _, _ in contributions],
        [person_id for _, person_id, _ in contributions],
        [points for _, _, points in contributions],
    )


async def add_spent(tx: Transaction, pool_id: UUID, person_id: UUID, points: int) -> None:
    await tx.execute(
        "UPDATE points.pool_member SET spent = spent + $3 WHERE member_id = $1 AND person_id = $2",
        pool_id,
        person_id,
        points,
    )


async def insert_ticket(tx: Transaction, pool_id: UUID, ticket: PoolTicket) -> None:
    await tx.execute(
        """
        INSERT INTO points.pool_ticket
            (member_id, ticket_id, person_id, points, captured, returned, state, held_at, expires_at)
        VALUES ($1, $2, $3, $4, 0, 0, 'held', $5, $6)
        """,
        pool_id,
        ticket.ticket_id,
        ticket.person_id,
        ticket.points,
        ticket.held_at,
        ticket.expires_at,
    )


async def find_ticket(tx: Transaction, pool_id: UUID, ticket_id: UUID) -> PoolTicket | None:
    row = await tx.fetchrow(
        """
        SELECT ticket_id, person_id, points, captured, returned, state, held_at, expires_at
        FROM points.pool_ticket WHERE member_id = $1 AND ticket_id = $2
        """,
        pool_id,
        ticket_id,
    )
    return row and _ticket(row)


async def update_ticket(tx: Transaction, pool_id: UUID, ticket: PoolTicket) -> None:
    await tx.execute(
        """
        UPDATE points.pool_ticket SET captured = $3, returned = $4, state = $5 WHERE member_id = $1 AND ticket_id = $2
        """,
        pool_id,
        ticket.ticket_id,
        ticket.captured,
        ticket.returned,
        ticket.state,
    )


async def taken_since(
    tx: Transaction, pool_id: UUID, person_id: UUID, *, day_start: datetime, month_start: datetime
) -> Taken:
    """What a person took or has set aside since the two instants; what came back does not count."""
    row = await tx.fetchrow(
        """
        SELECT coalesce(sum(points) FILTER (WHERE held_at >= $3), 0)::bigint AS today,
               coalesce(sum(points), 0)::bigint AS this_month
        FROM (
            SELECT held_at, CASE state WHEN 'held' THEN points ELSE captured - returned END AS points
            FROM points.pool_ticket
            WHERE member_id = $1 AND person_id = $2 AND held_at >= $4 AND (state <> 'held' OR expires_at > $5)
        ) AS taken
        """,
        pool_id,
        person_id,
        day_start,
        month_start,
        tx.now,
    )
    assert row is not None  # noqa: S101 - an aggregate has a row
    return Taken(row["today"], row["this_month"])


def _ticket(row: Mapping[str, Any]) -> PoolTicket:
    return PoolTicket(**{name: row[name] for name in PoolTicket.__struct_fields__})
