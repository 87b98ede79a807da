"""Entitlements in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from huixiang.benefits.model import Counted, Entitlement, GivenBack, Span, Use
from huixiang.members.model.merging import Held
from huixiang.platform.db import Transaction

_COLUMNS = "entitlement_id, benefit, source, state, quota, in_a, used, starts_at, ends_at, ended_at"


async def insert(tx: Transaction, member_id: UUID, one: Entitlement, period_from: date) -> None:
    await tx.execute(
        f"""
        INSERT INTO benefits.entitlement (member_id, {_COLUMNS}, period_from, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        member_id,
        *(getattr(one, column) for column in _COLUMNS.split(", ")),
        period_from,
        tx.now,
    )


async def insert_many(
    tx: Transaction, members_with_ids: Sequence[tuple[UUID, UUID]], one: Entitlement, period_from: date
) -> None:
    """The same for each member, but for its id."""
    columns = ["member_id", *_COLUMNS.split(", "), "period_from", "recorded_at"]
    alike = [getattr(one, column) for column in _COLUMNS.split(", ")[1:]]
    await tx.insert(
        "benefits.entitlement",
        columns,
        [(member_id, entitlement_id, *alike, period_from, tx.now) for member_id, entitlement_id in members_with_ids],
    )


async def end_many(tx: Transaction, entitlements: Sequence[tuple[UUID, UUID]]) -> dict[UUID, int]:
    """How much was used of each that was active, and is ended now."""
    rows = await tx.fetch(
        """
        UPDATE benefits.entitlement AS e SET state = 'ended', ended_at = $3
        FROM unnest($1::uuid[], $2::uuid[]) AS wanted (member_id, entitlement_id)
        WHERE e.member_id = wanted.member_id AND e.entitlement_id = wanted.entitlement_id AND e.state = 'active'
          AND (e.ends_at IS NULL OR e.ends_at > $3)
        RETURNING e.entitlement_id, e.used
        """,
        [member_id for member_id, _ in entitlements],
        [entitlement_id for _, entitlement_id in entitlements],
        tx.now,
    )
    return {row[0]: row[1] for row in rows}


async def entitlements_before(tx: Transaction, member_id: UUID, before: UUID, limit: int) -> list[Entitlement]:
    """What a member has and had, the latest first, from before one of them."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM benefits.entitlement WHERE member_id = $1 AND entitlement_id < $2
        ORDER BY entitlement_id DESC LIMIT $3
        """,
        member_id,
        before,
        limit,
    )
    return [Entitlement(**row) for row in rows]


async def find(tx: Transaction, member_id: UUID, entitlement_id: UUID) -> Entitlement | None:
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM benefits.entitlement WHERE member_id = $1 AND entitlement_id = $2 FOR UPDATE",
        member_id,
        entitlement_id,
    )
    return Entitlement(**row) if row else None


async def end(tx: Transaction, member_id: UUID, entitlement_id: UUID) -> None:
    await tx.execute(
        "UPDATE benefits.entitlement SET state = 'ended', ended_at = $3 WHERE member_id = $1 AND entitlement_id = $2",
        member_id,
        entitlement_id,
        tx.now,
    )


async def end_due(tx: Transaction, limit: int) -> int:
    """End what is over, the longest over first; how many."""
    return await tx.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT member_id, entitlement_id FROM benefits.entitlement
            WHERE state = 'active' AND ends_at <= $1 ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        UPDATE benefits.entitlement AS e SET state = 'ended', ended_at = e.ends_at FROM due
        WHERE e.member_id = due.member_id AND e.entitlement_id = due.entitlement_id
        """,
        tx.now,
        limit,
    )


async def refill(tx: Transaction, in_a: Span, period_from: date, limit: int) -> int:
    """Give back the quota of those that were used in a period before this one; how many."""
    return await tx.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT member_id, entitlement_id FROM benefits.entitlement
            WHERE state = 'active' AND used > 0 AND in_a = $1 AND period_from < $2
            ORDER BY period_from LIMIT $3 FOR UPDATE SKIP LOCKED
        )
        UPDATE benefits.entitlement AS e SET used = 0, period_from = $2 FROM due
        WHERE e.member_id = due.member_id AND e.entitlement_id = due.entitlement_id
        """,
        in_a,
        period_from,
        limit,
    )


async def lock_active(tx: Transaction, member_id: UUID, benefits: Collection[str]) -> list[Counted]:
    """What a member has of these, locked; in the order of their ids."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS}, period_from FROM benefits.entitlement
        WHERE member_id = $1 AND benefit = ANY ($2::text[]) AND state = 'active'
        ORDER BY entitlement_id FOR UPDATE
        """,
        member_id,
        list(benefits),
    )
    return [Counted(Entitlement(**{name: row[name] for name in _COLUMNS.split(", ")}), row[-1]) for row in rows]


async def hold(tx: Transaction, member_id: UUID, order_id: UUID, uses: Sequence[Use]) -> None:
    """Count a use of each entitlement in its period, and note the order that takes it."""
    await tx.execute(
        """
        WITH wanted AS (
            SELECT * FROM unnest($3::text[], $4::uuid[], $5::date[]) AS w (benefit, entitlement_id, period_from)
        ), counted AS (
            UPDATE benefits.entitlement AS e
            SET used = CASE WHEN e.period_from = w.period_from THEN e.used ELSE 0 END + 1, period_from = w.period_from
            FROM wanted AS w WHERE e.member_id = $1 AND e.entitlement_id = w.entitlement_id
        )
        INSERT INTO benefits.entitlement_use
            (member_id, order_id, benefit, entitlement_id, state, period_from, held_at)
        SELECT $1, $2, benefit, entitlement_id, 'held', period_from, $6 FROM wanted
        """,
        member_id,
        order_id,
        *([one[place] for one in uses] for place in range(3)),
        tx.now,
    )


async def use(tx: Transaction, member_id: UUID, order_id: UUID) -> list[Use]:
    """What an order held is used, by whoever it belongs to by then: a merge that is undone leaves it there."""
    rows = await tx.fetch(
        """
        WITH used AS (
            UPDATE benefits.entitlement_use SET state = 'used', used_at = $3, merges = '{}'
            WHERE member_id = $1 AND order_id = $2 AND state = 'held'
            RETURNING benefit, entitlement_id, period_from
        )
        SELECT * FROM used ORDER BY benefit
        """,
        member_id,
        order_id,
        tx.now,
    )
    return [Use(*row) for row in rows]


async def give_back(
    tx: Transaction, member_id: UUID, order_id: UUID, state: Literal["held", "used"]
) -> list[GivenBack]:
    """What an order held or used it takes no more. It counts where its period and its entitlement are not over."""
    rows = await tx.fetch(
        """
        WITH back AS (
            UPDATE benefits.entitlement_use SET state = 'returned', returned_at = $4
            WHERE member_id = $1 AND order_id = $2 AND state = $3
            RETURNING benefit, entitlement_id, period_from
        ), counted AS (
            UPDATE benefits.entitlement AS e SET used = e.used - 1 FROM back AS b
            WHERE e.member_id = $1 AND e.entitlement_id = b.entitlement_id AND e.period_from = b.period_from
              AND e.state = 'active' AND (e.ends_at IS NULL OR e.ends_at > $4)
            RETURNING e.entitlement_id
        )
        SELECT benefit, entitlement_id, entitlement_id IN (SELECT entitlement_id FROM counted) FROM back
        ORDER BY benefit
        """,
        member_id,
        order_id,
        state,
        tx.now,
    )
    return [GivenBack(*row) for row in rows]


_OF_MEMBERS = ("benefits.entitlement", "benefits.entitlement_use")


async def move(tx: Transaction, from_id: UUID, into_id: UUID, merge_id: UUID) -> None:
    """Give all that one member has, had and used to another."""
    for table in _OF_MEMBERS:
        await tx.execute(
            f"UPDATE {table} SET member_id = $2, merges = merges || $3::uuid WHERE member_id = $1",
            from_id,
            into_id,
            merge_id,
        )


async def move_back(tx: Transaction, into_id: UUID, from_id: UUID, merge_id: UUID) -> None:
    """Give back what a merge was the last to bring."""
    for table in _OF_MEMBERS:
        await tx.execute(
            f"""
            UPDATE {table} SET member_id = $2, merges = trim_array(merges, 1)
            WHERE member_id = $1 AND merges[cardinality(merges)] = $3
            """,
            into_id,
            from_id,
            merge_id,
        )


async def counted(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, Held]:
    """How many each has now, and had."""
    rows = await tx.fetch(
        """
        SELECT member_id, count(*) FILTER (WHERE state = 'active') AS now, count(*) AS all_of_them
        FROM benefits.entitlement WHERE member_id = ANY ($1::uuid[]) GROUP BY member_id
        """,
        member_ids,
    )
    return {row["member_id"]: Held(row["now"], row["all_of_them"] - row["now"]) for row in rows}
