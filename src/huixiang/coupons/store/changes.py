"""Changing copies, each change with its row in the log: one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from huixiang.coupons.model import Coupon, CouponChange
from huixiang.coupons.model.desk import DeskChange, Said
from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.db import Transaction

COLUMNS = "coupon_id, rule, template, template_version, state, order_id, issued_at, expires_at"
Owned = tuple[UUID, UUID]  # member and copy


def _logged(update: str, chosen: str = "", said: str = "NULL::text, NULL::text") -> str:
    """An update of `coupons.coupon AS c` as a statement that logs what it changes, and returns it. $1: what happened,
    $2: why, $3: now, $4: the order that it is about. chosen: a query whose rows it may refer to. said: who did it by
    hand, and why."""
    return f"""
        WITH {chosen} changed AS (
            UPDATE coupons.coupon AS c {update} RETURNING c.*
        ), logged AS (
            INSERT INTO coupons.coupon_change
                (member_id, coupon_id, seq, what, state, order_id, expires_at, cause, changed_at, actor, reason)
            SELECT member_id, coupon_id, changes, $1::text, state, $4::uuid, expires_at, $2::text, $3::timestamptz,
                   {said}
            FROM changed
        )
        SELECT member_id, {COLUMNS} FROM changed ORDER BY member_id, coupon_id
    """


HOLD = _logged(
    """
    SET state = 'held', order_id = $4, changes = c.changes + 1, order_merges = cardinality(c.merges)
    WHERE c.member_id = $5 AND c.coupon_id = ANY ($6::uuid[]) AND c.state = 'issued'
      AND (c.expires_at IS NULL OR c.expires_at > $3)
    """
)
USE = _logged(
    """
    SET state = 'used', changes = c.changes + 1, order_merges = cardinality(c.merges)
    WHERE c.member_id = $5 AND c.order_id = $4 AND c.state = 'held'
    """
)
# What comes back has so many whole days left at least.
_BACK = """
    SET state = 'issued', order_id = NULL, changes = c.changes + 1,
        expires_at = greatest(c.expires_at, CASE WHEN c.expires_at IS NOT NULL
                                                 THEN $3::timestamptz + c.returned_days * interval '24 hours' END)
    WHERE c.member_id = $5 AND c.order_id = $4 AND c.state = $6
"""
RELEASE = _logged(_BACK)
GIVE_BACK = _logged(f"{_BACK} AND c.coupon_id = ANY ($7::uuid[])")
VOID = _logged(
    """
    SET state = 'voided', changes = c.changes + 1
    FROM unnest($5::uuid[], $6::uuid[]) AS wanted (member_id, coupon_id)
    WHERE c.member_id = wanted.member_id AND c.coupon_id = wanted.coupon_id AND c.state = 'issued'
      AND ($7 OR c.expires_at IS NULL OR c.expires_at > $3)
    """,
    said="$8::text, $9::text",
)
GIVE = _logged(
    """
    SET state = 'given', changes = c.changes + 1
    WHERE c.member_id = $5 AND c.coupon_id = $6 AND c.state = 'issued' AND (c.expires_at IS NULL OR c.expires_at > $3)
    """
)
WITHDRAW = _logged(
    """
    SET state = 'issued', changes = c.changes + 1
    WHERE c.member_id = $5 AND c.coupon_id = $6 AND c.state = 'given'
    """
)
EXPIRE = _logged(
    """
    SET state = 'expired', changes = c.changes + 1
    FROM due WHERE c.member_id = due.member_id AND c.coupon_id = due.coupon_id
    """,
    """
    due AS MATERIALIZED (
        SELECT member_id, coupon_id FROM coupons.coupon
        WHERE state = 'issued' AND expires_at <= $3 ORDER BY expires_at LIMIT $5 FOR UPDATE SKIP LOCKED
    ),
    """,
)


async def hold(tx: Transaction, member_id: UUID, coupon_ids: Sequence[UUID], order_id: UUID) -> list[Coupon]:
    """Those of them that could be used, and are held now."""
    return _coupons(await tx.fetch(HOLD, "held", "order", tx.now, order_id, member_id, coupon_ids))


async def use(tx: Transaction, member_id: UUID, order_id: UUID) -> list[Coupon]:
    return _coupons(await tx.fetch(USE, "used", "order", tx.now, order_id, member_id))


async def release(tx: Transaction, member_id: UUID, order_id: UUID) -> list[Coupon]:
    return _coupons(await tx.fetch(RELEASE, "released", "order", tx.now, order_id, member_id, "held"))


async def give_back(tx: Transaction, member_id: UUID, order_id: UUID, coupon_ids: Sequence[UUID]) -> list[Coupon]:
    rows = await tx.fetch(
        GIVE_BACK, "returned", "refund", tx.now, order_id, member_id, "used", coupon_ids
    )  # fmt: skip
    return _coupons(rows)


async def void(
    tx: Transaction, copies: Sequence[Owned], cause: str, *, over_too: bool, said: Said | None = None
) -> list[Coupon]:
    """Those that were issued, and are voided now. over_too: also what has expired and was not yet written so. said: by
    the person who did it."""
    words = (said.actor, said.reason) if said else (None, None)
    members, ids = [one for one, _ in copies], [one for _, one in copies]
    return _coupons(await tx.fetch(VOID, "voided", cause, tx.now, None, members, ids, over_too, *words))


async def give(tx: Transaction, member_id: UUID, coupon_id: UUID) -> Coupon | None:
    """The copy, which is given on now; None where it could not be used."""
    given = _coupons(await tx.fetch(GIVE, "given", "gift", tx.now, None, member_id, coupon_id))
    return given[0] if given else None


async def withdraw(tx: Transaction, member_id: UUID, coupon_id: UUID, why: str) -> Coupon:
    """A copy that was given is the member's again, with the end that it had."""
    rows = await tx.fetch(WITHDRAW, "withdrawn", f"gift_{why}", tx.now, None, member_id, coupon_id)
    if not rows:
        raise InvariantBroken(f"copy {coupon_id} of a gift is not given")
    return _coupons(rows)[0]


def _coupons(rows: Sequence[Any]) -> list[Coupon]:
    return [Coupon(**{name: row[name] for name in COLUMNS.split(", ")}) for row in rows]


async def expire(tx: Transaction, limit: int) -> list[tuple[UUID, Coupon]]:
    """Write down of what has ended that it has, the longest over first; each with whose it is."""
    rows = await tx.fetch(EXPIRE, "expired", "time", tx.now, None, limit)
    return [(row["member_id"], one) for row, one in zip(rows, _coupons(rows), strict=True)]


async def of_copy(tx: Transaction, coupon_id: UUID, after: int, limit: int) -> list[DeskChange]:
    """The changes of a copy from after a number on, the first first."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(CouponChange.__struct_fields__)}, actor, reason FROM coupons.coupon_change
        WHERE coupon_id = $1 AND seq > $2 ORDER BY seq LIMIT $3
        """,
        coupon_id,
        after,
        limit,
    )
    return [DeskChange(**row) for row in rows]
