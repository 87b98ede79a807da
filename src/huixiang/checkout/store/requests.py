"""Refund requests, their lines and their log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from huixiang.checkout.model import Order, RefundLine
from huixiang.checkout.model.requests import (
    By,
    GoodsState,
    NotAtOnce,
    RefundGround,
    RequestChange,
    RequestedRefund,
    RequestState,
    RequestStep,
)
from huixiang.kernel.ids import order_number
from huixiang.platform.db import Transaction

# What a request and its row have alike.
FIELDS = (
    "request_id", "order_id", "member_id", "state", "ground", "worth_fen", "asked_by", "asked_by_id", "asked_at",
    "why_not", "policy_version", "refund_id", "decided_by", "decided_by_id", "decided_at", "reason", "goods",
)  # fmt: skip
COLUMNS = (*FIELDS, "note", "changes", "decided_on")

_SHOWN = f"""
    SELECT {", ".join(f"r.{field}" for field in FIELDS)}, r.note, o.store_id,
           coalesce(o.numbered_on, o.business_day) AS numbered
    FROM checkout.refund_request AS r JOIN checkout.orders AS o ON o.member_id = r.member_id AND o.order_id = r.order_id
"""
# A member's own id, and those of who was merged into them.
_OWN = """
    SELECT $1::uuid UNION ALL SELECT a.member_id FROM members.members_aliases_facts AS a WHERE a.into_id = $1
"""
Place = tuple[datetime, UUID]


class Kept(NamedTuple):
    """A request, and its note as it is sealed."""

    request: RequestedRefund
    note: bytes | None


async def waiting(tx: Transaction, member_id: UUID, order_id: UUID) -> dict[str, int]:
    """By line of an order, how much of it requests ask for that nobody has decided."""
    rows = await tx.fetch(
        """
        SELECT l.line_id, sum(w.quantity)::bigint AS quantity
        FROM checkout.refund_request AS r
        JOIN checkout.refund_request_line AS w ON w.member_id = r.member_id AND w.request_id = r.request_id
        JOIN checkout.order_line AS l
          ON l.member_id = r.member_id AND l.order_id = r.order_id AND l.line_no = w.line_no
        WHERE r.member_id = $1 AND r.order_id = $2 AND r.state = 'asked'
        GROUP BY l.line_id
        """,
        member_id,
        order_id,
    )
    return {row["line_id"]: row["quantity"] for row in rows}


async def stood(tx: Transaction, owner: UUID, period_from: date, pause_from: date) -> tuple[int, int]:
    """What was refunded at once to a member since a business day, in fen, and how often since another the goods were
    not as told; of who was merged into them too."""
    row = await tx.fetchrow(
        f"""
        SELECT coalesce(sum(worth_fen) FILTER (WHERE decided_on >= $2), 0)::bigint AS fen,
               count(*) FILTER (WHERE goods = 'not_ok' AND goods_checked_on >= $3) AS not_ok
        FROM checkout.refund_request
        WHERE member_id = ANY (ARRAY({_OWN})) AND goods IS NOT NULL
        """,
        owner,
        period_from,
        pause_from,
    )
    assert row is not None  # noqa: S101 - one row always
    return row["fen"], row["not_ok"]


async def insert(
    tx: Transaction, order: Order, request: RequestedRefund, note: bytes | None, log: Sequence[tuple[RequestStep, By]]
) -> None:
    """A new request with its lines and the first rows of its log."""
    decided_on = tx.calendar.day(request.decided_at) if request.decided_at else None
    values = [*(getattr(request, field) for field in FIELDS), note, len(log), decided_on]
    await tx.insert("checkout.refund_request", COLUMNS, [tuple(values)])
    line_no = {line.line_id: number for number, line in enumerate(order.lines, 1)}
    await tx.insert(
        "checkout.refund_request_line",
        ("member_id", "request_id", "line_no", "quantity"),
        [(request.member_id, request.request_id, line_no[line.line_id], line.quantity) for line in request.lines],
    )
    for number, (change, by) in enumerate(log, 1):
        await _note(tx, request, number, change, by, None)


async def decide(
    tx: Transaction,
    request: RequestedRefund,
    state: RequestState,
    by: By,
    *,
    reason: str | None = None,
    refund_id: UUID | None = None,
    log: Sequence[RequestStep],
) -> None:
    """Write what became of a request that is locked, and what happened to it."""
    number = await tx.fetchval(
        """
        UPDATE checkout.refund_request
        SET state = $3, decided_by = $4, decided_by_id = $5, decided_at = $6, decided_on = $7, reason = $8,
            refund_id = $9, changes = changes + $10
        WHERE member_id = $1 AND request_id = $2 RETURNING changes
        """,
        request.member_id,
        request.request_id,
        state,
        by.party,
        by.party_id,
        tx.now,
        tx.calendar.day(tx.now),
        reason,
        refund_id,
        len(log),
    )
    for place, change in enumerate(log, number - len(log) + 1):
        await _note(tx, request, place, change, by, reason)


async def check_goods(
    tx: Transaction, request: RequestedRefund, goods: GoodsState, change: RequestStep, by: By, note: str
) -> None:
    """Write what the goods of a request that is locked were like."""
    number = await tx.fetchval(
        """
        UPDATE checkout.refund_request SET goods = $3, goods_checked_on = $4, changes = changes + 1
        WHERE member_id = $1 AND request_id = $2 RETURNING changes
        """,
        request.member_id,
        request.request_id,
        goods,
        tx.calendar.day(tx.now),
    )
    await _note(tx, request, number, change, by, note)


async def _note(
    tx: Transaction, request: RequestedRefund, number: int, change: RequestStep, by: By, reason: str | None
) -> None:
    await tx.execute(
        """
        INSERT INTO checkout.refund_request_change
            (member_id, request_id, change_no, change, party, party_id, reason, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        request.member_id,
        request.request_id,
        number,
        change,
        by.party,
        by.party_id,
        reason,
        tx.now,
    )


async def load(
    tx: Transaction, member_id: UUID, order_id: UUID, request_id: UUID, *, lock: bool = False
) -> Kept | None:
    """One request of an order; with `lock` to the end of the transaction."""
    rows = await tx.fetch(
        f"""
        {_SHOWN} WHERE r.member_id = $1 AND r.order_id = $2 AND r.request_id = $3 {"FOR UPDATE OF r" if lock else ""}
        """,
        member_id,
        order_id,
        request_id,
    )
    return next(iter(await _whole(tx, rows)), None)


async def of_order(tx: Transaction, member_id: UUID, order_id: UUID, after: UUID | None, limit: int) -> list[Kept]:
    """The requests of an order, the first one first, beyond an id in that order."""
    rows = await tx.fetch(
        f"""
        {_SHOWN} WHERE r.member_id = $1 AND r.order_id = $2 AND ($3::uuid IS NULL OR r.request_id > $3)
        ORDER BY r.request_id LIMIT $4
        """,
        member_id,
        order_id,
        after,
        limit,
    )
    return await _whole(tx, rows)


async def of_member(tx: Transaction, owner: UUID, before: Place | None, limit: int) -> list[Kept]:
    """A member's requests, and those of who was merged into them, the latest first, below a place in that order."""
    rows = await tx.fetch(
        f"""
        {_SHOWN} WHERE r.member_id = ANY (ARRAY({_OWN}))
          AND ($2::timestamptz IS NULL OR (r.asked_at, r.request_id) < ($2, $3))
        ORDER BY r.asked_at DESC, r.request_id DESC LIMIT $4
        """,
        owner,
        *(before or (None, None)),
        limit,
    )
    return await _whole(tx, rows)


async def queue(
    tx: Transaction, state: RequestState | None, after: Place | None, limit: int, stores: frozenset[str] | None
) -> list[Kept]:
    """Requests in a state, or None: those whose goods are to be checked; the oldest first, beyond a place in that
    order; of some stores, where those are given."""
    wanted = "r.goods = 'to_check' AND $1::text IS NULL" if state is None else "r.state = $1"
    rows = await tx.fetch(
        f"""
        {_SHOWN} WHERE {wanted} AND ($2::timestamptz IS NULL OR (r.asked_at, r.request_id) > ($2, $3))
          AND ($5::text[] IS NULL OR o.store_id = ANY ($5))
        ORDER BY r.asked_at, r.request_id LIMIT $4
        """,
        state,
        *(after or (None, None)),
        limit,
        None if stores is None else sorted(stores),
    )
    return await _whole(tx, rows)


async def _whole(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> list[Kept]:
    """Requests with their lines and their log."""
    if not rows:
        return []
    keys = [[row[name] for row in rows] for name in ("member_id", "request_id", "order_id")]
    lines = await tx.fetch(
        """
        SELECT w.request_id, l.line_id, w.quantity
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS wanted (member_id, request_id, order_id)
        JOIN checkout.refund_request_line AS w
          ON w.member_id = wanted.member_id AND w.request_id = wanted.request_id
        JOIN checkout.order_line AS l
          ON l.member_id = wanted.member_id AND l.order_id = wanted.order_id AND l.line_no = w.line_no
        ORDER BY w.line_no
        """,
        *keys,
    )
    log = await tx.fetch(
        """
        SELECT c.request_id, c.change, c.party, c.party_id, c.reason, c.changed_at
        FROM unnest($1::uuid[], $2::uuid[]) AS wanted (member_id, request_id)
        JOIN checkout.refund_request_change AS c
          ON c.member_id = wanted.member_id AND c.request_id = wanted.request_id
        ORDER BY c.change_no
        """,
        *keys[:2],
    )
    lines_of: dict[UUID, list[RefundLine]] = {}
    for request_id, *line in lines:
        lines_of.setdefault(request_id, []).append(RefundLine(*line))
    log_of: dict[UUID, list[RequestChange]] = {}
    for request_id, change, party, party_id, reason, changed_at in log:
        log_of.setdefault(request_id, []).append(
            RequestChange(
                change=RequestStep(change), party=party, party_id=party_id, reason=reason, changed_at=changed_at
            )
        )
    return [Kept(_shown(row, lines_of[row["request_id"]], log_of[row["request_id"]]), row["note"]) for row in rows]


def _shown(row: Mapping[str, Any], lines: list[RefundLine], log: list[RequestChange]) -> RequestedRefund:
    fields = {field: row[field] for field in FIELDS}
    return RequestedRefund(
        **fields
        | {
            "state": RequestState(row["state"]),
            "ground": RefundGround(row["ground"]),
            "goods": GoodsState(row["goods"]) if row["goods"] else None,
            "why_not": [NotAtOnce(one) for one in row["why_not"]],
        },
        order_number=order_number(row["order_id"], row["numbered"]),
        store_id=row["store_id"],
        lines=lines,
        changes=log,
    )
