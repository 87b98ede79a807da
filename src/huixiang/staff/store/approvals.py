"""Requests, decisions and outcomes: rows are added and never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from huixiang.kernel.errors import Problem
from huixiang.platform.db import Transaction
from huixiang.staff.model.approvals import Approval, ApprovalFilter, Change, Granted

Row = Mapping[str, Any]
_STATE = """
    CASE WHEN o.state IS NOT NULL THEN o.state WHEN d.decision = 'approve' THEN 'granted'
         WHEN d.decision = 'refuse' AND d.checked_by = a.made_by AND a.maker_kind = 'staff' THEN 'withdrawn'
         WHEN d.decision = 'refuse' THEN 'refused' WHEN d.decision = 'expire' OR a.expires_at <= $1 THEN 'expired'
         ELSE 'waiting' END
"""
_SHOWN = f"""
    SELECT a.approval_id, a.command, a.version, a.subject, nullif(a.owner_id, a.approval_id) AS member_id,
           a.difference::text AS difference, a.base, a.reason, a.decided_by, a.made_by, a.made_at, a.expires_at,
           {_STATE} AS state, d.checked_by, d.decided_at, d.note, o.code, o.result::text AS result, o.settled_at,
           a.maker_kind, o.problems::text AS problems,
           (SELECT display_name FROM staff.account WHERE staff_id = a.made_by) AS maker,
           (SELECT display_name FROM staff.account WHERE staff_id = d.checked_by) AS checker
    FROM staff.approval AS a
    LEFT JOIN staff.approval_decision AS d USING (approval_id)
    LEFT JOIN staff.approval_outcome AS o USING (approval_id)
"""


# What waits for the person $5 with the permissions $6; what they made themselves only where $9 says so.
_WAITS = f"({_STATE} = 'waiting' AND a.decided_by = ANY ($6::text[]) AND ($9 OR a.made_by <> $5))"


def _approval(row: Row) -> Approval:
    given = dict(row)
    given["difference"] = msgspec.json.decode(given["difference"], type=list[Change])
    given["result"] = None if given["result"] is None else msgspec.json.decode(given["result"])
    given["problems"] = msgspec.json.decode(given["problems"] or "[]", type=list[Problem])
    return Approval(**given)


async def insert(tx: Transaction, approval: Approval, payload: bytes) -> None:
    await tx.execute(
        """
        INSERT INTO staff.approval (approval_id, owner_id, command, version, subject, payload, difference, base, reason,
                                    decided_by, made_by, made_at, expires_at, maker_kind)
        VALUES ($1::uuid, coalesce($2::uuid, $1::uuid), $3, $4, $5, $6::json, $7::json, $8, $9, $10, $11, $12, $13, $14)
        """,
        approval.approval_id,
        approval.member_id,
        approval.command,
        approval.version,
        approval.subject,
        payload.decode(),
        msgspec.json.encode(approval.difference).decode(),
        approval.base,
        approval.reason,
        approval.decided_by,
        approval.made_by,
        approval.made_at,
        approval.expires_at,
        approval.maker_kind,
    )


async def find(tx: Transaction, approval_id: UUID) -> Approval | None:
    row = await tx.fetchrow(f"{_SHOWN} WHERE a.approval_id = $2", tx.now, approval_id)
    return _approval(row) if row else None


async def newest(
    tx: Transaction,
    asked: ApprovalFilter,
    by: UUID,
    permissions: Sequence[str],
    before: tuple[datetime, UUID] | None,
    limit: int,
    *,
    all_of_them: bool,
    own_too: bool,
) -> list[Approval]:
    """The latest first, of those that the person `by` made or that one of the permissions decides. all_of_them: the
    others too; own_too: what they made themselves may wait for them."""
    rows = await tx.fetch(
        f"""
        {_SHOWN}
        WHERE ($2::text IS NULL OR {_STATE} = $2) AND ($3::text IS NULL OR a.command = $3)
          AND ($4::uuid IS NULL OR a.owner_id = $4)
          AND ($7 OR a.made_by = $5 OR a.decided_by = ANY ($6::text[]))
          AND CASE $8::text WHEN 'to_decide' THEN {_WAITS} WHEN 'asked' THEN a.made_by = $5
                            WHEN 'decided' THEN {_STATE} <> 'waiting' ELSE true END
          AND ($10::timestamptz IS NULL OR (a.made_at, a.approval_id) < ($10, $11::uuid))
        ORDER BY a.made_at DESC, a.approval_id DESC LIMIT $12
        """,
        tx.now,
        asked.state,
        asked.command,
        asked.member_id,
        by,
        permissions,
        all_of_them,
        asked.which,
        own_too,
        *(before or (None, None)),
        limit,
    )
    return [_approval(row) for row in rows]


async def count_waiting(tx: Transaction, by: UUID, permissions: Sequence[str], limit: int, *, own_too: bool) -> int:
    """How many requests wait for a person, up to `limit`."""
    found: int = await tx.fetchval(
        """
        SELECT count(*) FROM (
            SELECT FROM staff.approval AS a LEFT JOIN staff.approval_decision AS d USING (approval_id)
            WHERE d.approval_id IS NULL AND a.expires_at > $1 AND a.decided_by = ANY ($3::text[])
              AND ($5 OR a.made_by <> $2)
            LIMIT $4
        ) AS waiting
        """,
        tx.now,
        by,
        permissions,
        limit,
        own_too,
    )
    return found


async def waiting_of(tx: Transaction, made_by: UUID, limit: int) -> list[UUID]:
    """Requests of a person that nobody has decided, the first ones first."""
    rows = await tx.fetch(
        """
        SELECT approval_id FROM staff.approval AS a LEFT JOIN staff.approval_decision AS d USING (approval_id)
        WHERE a.made_by = $1 AND d.approval_id IS NULL AND a.expires_at > $2 ORDER BY a.made_at LIMIT $3
        """,
        made_by,
        tx.now,
        limit,
    )
    return [row["approval_id"] for row in rows]


async def insert_decision(
    tx: Transaction, approval_id: UUID, decision: str, *, checked_by: UUID | None, note: str | None
) -> bool:
    """False where somebody decided meanwhile."""
    added = await tx.execute(
        """
        INSERT INTO staff.approval_decision (approval_id, decision, checked_by, note, decided_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (approval_id) DO NOTHING
        """,
        approval_id,
        decision,
        checked_by,
        note,
        tx.now,
    )
    return added == 1


async def overdue(tx: Transaction, limit: int) -> list[Approval]:
    """Requests that nobody decided in time, the first ones first."""
    rows = await tx.fetch(
        f"{_SHOWN} WHERE a.expires_at <= $1 AND d.approval_id IS NULL ORDER BY a.expires_at LIMIT $2", tx.now, limit
    )
    return [_approval(row) for row in rows]


async def find_granted(tx: Transaction, approval_id: UUID) -> Granted | None:
    """A command that is to be run; None where it has been, or was not approved. `payload` is as it is kept."""
    row = await tx.fetchrow(
        """
        SELECT a.approval_id, a.command, a.version, nullif(a.owner_id, a.approval_id) AS member_id,
               a.payload::text AS payload, a.base, a.reason, a.made_by, d.checked_by, d.note,
               a.maker_kind
        FROM staff.approval AS a
        JOIN staff.approval_decision AS d USING (approval_id)
        LEFT JOIN staff.approval_outcome AS o USING (approval_id)
        WHERE a.approval_id = $1 AND d.decision = 'approve' AND o.approval_id IS NULL
        """,
        approval_id,
    )
    return Granted(**dict(row) | {"payload": msgspec.json.decode(row["payload"])}) if row else None


async def insert_outcome(
    tx: Transaction,
    approval_id: UUID,
    state: str,
    *,
    code: str | None,
    result: Mapping[str, Any] | None,
    problems: Sequence[Problem] = (),
) -> None:
    await tx.execute(
        """
        INSERT INTO staff.approval_outcome (approval_id, state, code, result, settled_at, problems)
        VALUES ($1, $2, $3, $4::json, $5, $6::json)
        """,
        approval_id,
        state,
        code,
        None if result is None else msgspec.json.encode(result).decode(),
        tx.now,
        msgspec.json.encode(list(problems)).decode() if problems else None,
    )
