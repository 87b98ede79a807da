"""Members' rows of grants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from huixiang.conditions.sql import Query
from huixiang.grants.model import STOPPED, Excluded, Recipient, Settled, TakenFrom, Which
from huixiang.members.model.merging import Held
from huixiang.platform.db import Transaction

_COLUMNS = Recipient.__struct_fields__
SAMPLE = 5
_WHICH: Mapping[Which, str] = {
    "planned": "state IN ('planned', 'left')",
    "granted": "state = 'granted'",
    "skipped": "state = 'skipped'",
    "failed": "state = 'failed'",
    "rest": "state = 'granted' AND taken < given",
}


async def insert(
    tx: Transaction, grant_id: UUID, rows: Iterable[tuple[UUID, int, str | None]], problems: Mapping[int, str]
) -> None:
    """Rows of a list: member, amount, and why they are left out."""
    await tx.insert(
        "grants.recipient",
        ("grant_id", "member_id", "amount", "state", "reason"),
        [(grant_id, member, amount, "skipped" if reason else "planned", reason) for member, amount, reason in rows],
    )
    await tx.insert(
        "grants.refused_row",
        ("grant_id", "line", "problem"),
        [(grant_id, line, problem) for line, problem in sorted(problems.items())],
    )


async def insert_for(
    tx: Transaction, grant_id: UUID, amount: int, query: Query, states: Sequence[str], limit: int
) -> int:
    """Rows of all members for whom a condition holds, which was compiled from the fifth parameter on; how many."""
    return await tx.execute(
        f"""
        INSERT INTO grants.recipient (grant_id, member_id, amount, state, reason)
        SELECT $1, m.member_id, $2, CASE WHEN m.state = ANY ($3::text[]) THEN 'planned' ELSE 'skipped' END,
               CASE WHEN m.state = ANY ($3::text[]) THEN NULL ELSE m.state END
        FROM {query.members} AS m
        {query.joins}
        WHERE {query.where} LIMIT $4
        """,
        grant_id,
        amount,
        states,
        limit,
        *query.parameters,
    )


async def skip_limited(tx: Transaction, grant_id: UUID, template: str, per_member: int, reason: str) -> None:
    """Skip who would have more copies of a template than a member may have."""
    await tx.execute(
        """
        UPDATE grants.recipient AS r SET state = 'skipped', reason = $4
        WHERE r.grant_id = $1 AND r.state = 'planned' AND r.amount > $3 - coalesce(
            (SELECT i.issued FROM coupons.coupons_issued_facts AS i
             WHERE i.member_id = r.member_id AND i.template = $2), 0)
        """,
        grant_id,
        template,
        per_member,
        reason,
    )


async def cut_off(tx: Transaction, grant_id: UUID, in_all: int, reason: str) -> None:
    """Skip who comes after a cap is used up, in the order of members."""
    await tx.execute(
        """
        UPDATE grants.recipient AS r SET state = 'skipped', reason = $3
        FROM (
            SELECT member_id, sum(amount) OVER (ORDER BY member_id) AS through
            FROM grants.recipient WHERE grant_id = $1 AND state = 'planned'
        ) AS s
        WHERE r.grant_id = $1 AND r.member_id = s.member_id AND s.through > $2
        """,
        grant_id,
        in_all,
        reason,
    )


async def summed(tx: Transaction, grant_id: UUID) -> tuple[int, int, int, list[Excluded]]:
    """How many are listed and planned, what the planned ones come to, and who is left out."""
    rows = await tx.fetch(
        """
        SELECT reason, count(*), sum(amount)::bigint, (array_agg(member_id ORDER BY member_id))[:$2] AS sample
        FROM grants.recipient WHERE grant_id = $1 GROUP BY reason ORDER BY reason
        """,
        grant_id,
        SAMPLE,
    )
    planned = next((row for row in rows if row["reason"] is None), None)
    excluded = [
        Excluded(reason=row["reason"], members=row["count"], sample=row["sample"]) for row in rows if row["reason"]
    ]
    return (
        sum(row["count"] for row in rows),
        planned["count"] if planned else 0,
        planned["sum"] if planned else 0,
        excluded,
    )


async def planned_after(tx: Transaction, grant_id: UUID, after: UUID | None, limit: int) -> list[tuple[UUID, int]]:
    rows = await tx.fetch(
        """
        SELECT member_id, amount FROM grants.recipient
        WHERE grant_id = $1 AND ($2::uuid IS NULL OR member_id > $2) AND state = 'planned' ORDER BY member_id LIMIT $3
        """,
        grant_id,
        after,
        limit,
    )
    return [(row[0], row[1]) for row in rows]


async def left(tx: Transaction, grant_id: UUID, limit: int) -> list[tuple[UUID, int]]:
    rows = await tx.fetch(
        """
        SELECT member_id, amount FROM grants.recipient
        WHERE grant_id = $1 AND state = 'left' ORDER BY member_id LIMIT $2
        """,
        grant_id,
        limit,
    )
    return [(row[0], row[1]) for row in rows]


async def settle(tx: Transaction, grant_id: UUID, settled: Mapping[UUID, Settled], skipped: Mapping[UUID, str]) -> None:
    """Note what came of rows."""
    rows = [
        (member, "granted" if one.given else "failed" if one.refusal else "left", one.refusal, one.given)
        for member, one in settled.items()
    ] + [(member, "skipped", reason, 0) for member, reason in skipped.items()]
    await tx.execute(
        """
        UPDATE grants.recipient AS r SET state = s.state, reason = s.reason, given = s.given
        FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[]) AS s (member_id, state, reason, given)
        WHERE r.grant_id = $1 AND r.member_id = s.member_id
        """,
        grant_id,
        *(list(column) for column in zip(*rows, strict=True)),
    )


async def stop(tx: Transaction, grant_id: UUID, limit: int) -> int:
    """Skip some of those that nothing came of yet; how many."""
    return await tx.execute(
        """
        UPDATE grants.recipient SET state = 'skipped', reason = $2
        WHERE grant_id = $1 AND member_id IN (
            SELECT member_id FROM grants.recipient
            WHERE grant_id = $1 AND state IN ('planned', 'left') LIMIT $3
        )
        """,
        grant_id,
        STOPPED,
        limit,
    )


async def granted_after(tx: Transaction, grant_id: UUID, after: UUID | None, limit: int) -> list[tuple[UUID, int]]:
    """Who was given how much, and was not asked for it back."""
    rows = await tx.fetch(
        """
        SELECT member_id, given FROM grants.recipient
        WHERE grant_id = $1 AND ($2::uuid IS NULL OR member_id > $2) AND state = 'granted' AND taken IS NULL
        ORDER BY member_id LIMIT $3
        """,
        grant_id,
        after,
        limit,
    )
    return [(row[0], row[1]) for row in rows]


async def note_taken(tx: Transaction, grant_id: UUID, taken: Sequence[TakenFrom]) -> None:
    await tx.execute(
        """
        UPDATE grants.recipient AS r SET taken = s.taken, rest = s.rest
        FROM unnest($2::uuid[], $3::bigint[], $4::text[]) AS s (member_id, taken, rest)
        WHERE r.grant_id = $1 AND r.member_id = s.member_id
        """,
        grant_id,
        [one.member_id for one in taken],
        [one.taken for one in taken],
        [one.rest for one in taken],
    )


async def page(tx: Transaction, grant_id: UUID, which: Which | None, after: UUID | None, limit: int) -> list[Recipient]:
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(_COLUMNS)} FROM grants.recipient
        WHERE grant_id = $1 AND ($2::uuid IS NULL OR member_id > $2) AND {_WHICH[which] if which else "TRUE"}
        ORDER BY member_id LIMIT $3
        """,
        grant_id,
        after,
        limit,
    )
    return [Recipient(**row) for row in rows]


async def refused_rows(tx: Transaction, grant_id: UUID) -> list[tuple[int, str]]:
    """Line and problem of each row of the list that named nobody."""
    rows = await tx.fetch(
        "SELECT line, problem FROM grants.refused_row WHERE grant_id = $1 ORDER BY line LIMIT 200000", grant_id
    )
    return [(row[0], row[1]) for row in rows]


async def counted(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, Held]:
    """In how many grants each is listed that are still to come, and that have been settled."""
    rows = await tx.fetch(
        """
        SELECT member_id, count(*) FILTER (WHERE state IN ('planned', 'left')) AS now, count(*) AS all_of_them
        FROM grants.recipient WHERE member_id = ANY ($1::uuid[]) GROUP BY member_id
        """,
        member_ids,
    )
    return {row["member_id"]: Held(row["now"], row["all_of_them"] - row["now"]) for row in rows}
