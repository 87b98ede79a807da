"""Gifts in the database: the giver's row, and the receiver's copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from huixiang.coupons.model import Coupon
from huixiang.coupons.model.gifts import Gift, StoredGift
from huixiang.platform.db import Transaction

DIRECTORY_GIFT = "coupon_gift"
_SHOWN = "gift_id, coupon_id, template, state, why, made_at, ends_at"
_COLUMNS = f"member_id, receiver_id, {_SHOWN}"
# The receiver's count of the template is locked by its change, so nobody has more than the limit.
RECEIVE = """
    WITH counted AS (
        INSERT INTO coupons.member_issued AS m (member_id, template, issued) VALUES ($1, $5, 1)
        ON CONFLICT (member_id, template) DO UPDATE SET issued = m.issued + 1
        WHERE $9::integer IS NULL OR m.issued < $9 RETURNING member_id
    ), made AS (
        INSERT INTO coupons.coupon
            (member_id, coupon_id, rule, state, issued_at, expires_at, recorded_at, template, template_version,
             returned_days, remind_at)
        SELECT member_id, $2, $3, 'issued', $10, $4, $10, $5, $6, $7, $8 FROM counted RETURNING member_id
    ), logged AS (
        INSERT INTO coupons.coupon_change (member_id, coupon_id, seq, what, state, expires_at, cause, changed_at)
        SELECT member_id, $2, 1, 'issued', 'issued', $4, 'gift', $10 FROM made
    )
    SELECT EXISTS (SELECT FROM made)
"""


async def insert(tx: Transaction, member_id: UUID, gift: Gift, token_hash: bytes) -> None:
    await tx.execute(
        """
        INSERT INTO coupons.gift (member_id, gift_id, coupon_id, template, token_hash, state, made_at, ends_at)
        VALUES ($1, $2, $3, $4, $5, 'open', $6, $7)
        """,
        member_id,
        gift.gift_id,
        gift.coupon_id,
        gift.template,
        token_hash,
        gift.made_at,
        gift.ends_at,
    )
    await tx.execute(
        "INSERT INTO platform.directory (kind, key, member_id, object_id, recorded_at) VALUES ($1, $2, $3, $4, $5)",
        DIRECTORY_GIFT,
        token_hash.hex(),
        member_id,
        gift.gift_id,
        tx.now,
    )


async def giver_of(tx: Transaction, token_hash: bytes) -> tuple[UUID, UUID] | None:
    """Who gave by this link, by the id they had then, and the gift."""
    row = await tx.fetchrow(
        "SELECT member_id, object_id FROM platform.directory WHERE kind = $1 AND key = $2",
        DIRECTORY_GIFT,
        token_hash.hex(),
    )
    return (row["member_id"], row["object_id"]) if row else None


async def lock(tx: Transaction, member_id: UUID, gift_id: UUID) -> StoredGift | None:
    """A gift of a member. It stays locked."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM coupons.gift WHERE member_id = $1 AND gift_id = $2 FOR UPDATE", member_id, gift_id
    )
    return _stored(row) if row else None


async def lock_anywhere(tx: Transaction, gift_id: UUID) -> StoredGift | None:
    """A gift, whoever has it by now. It stays locked."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM coupons.gift WHERE gift_id = $1 FOR UPDATE", gift_id)
    return _stored(row) if row else None


async def lock_of_copies(tx: Transaction, member_id: UUID, coupon_ids: Sequence[UUID]) -> list[StoredGift]:
    """The gifts that these copies are, but for those that were returned. They stay locked."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM coupons.gift
        WHERE member_id = $1 AND coupon_id = ANY ($2::uuid[]) AND state <> 'returned' ORDER BY gift_id FOR UPDATE
        """,
        member_id,
        coupon_ids,
    )
    return [_stored(row) for row in rows]


async def of_copy(tx: Transaction, member_id: UUID, coupon_id: UUID) -> Gift | None:
    """The gift that a copy is, if it is one that was not returned. Not locked."""
    row = await tx.fetchrow(
        f"SELECT {_SHOWN} FROM coupons.gift WHERE member_id = $1 AND coupon_id = $2 AND state <> 'returned'",
        member_id,
        coupon_id,
    )
    return Gift(**row) if row else None


async def lock_due(tx: Transaction, limit: int) -> list[StoredGift]:
    """Open gifts whose time is over, the longest over first. They stay locked."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM coupons.gift WHERE state = 'open' AND ends_at <= $1
        ORDER BY ends_at, member_id, gift_id LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        tx.now,
        limit,
    )
    return [_stored(row) for row in rows]


async def lock_made_since(tx: Transaction, member_id: UUID, template: str, since: datetime) -> int:
    """How many gifts of a template a member has begun since an instant, under the lock of their count of it."""
    await tx.execute(
        "SELECT FROM coupons.member_issued WHERE member_id = $1 AND template = $2 FOR UPDATE", member_id, template
    )
    count: int = await tx.fetchval(
        "SELECT count(*) FROM coupons.gift WHERE member_id = $1 AND template = $2 AND made_at >= $3",
        member_id,
        template,
        since,
    )
    return count


async def listed(tx: Transaction, member_id: UUID, before: tuple[datetime, UUID] | None, limit: int) -> list[Gift]:
    """What a member gave, the latest first."""
    rows = await tx.fetch(
        f"""
        SELECT {_SHOWN} FROM coupons.gift
        WHERE member_id = $1 AND ($2::timestamptz IS NULL OR (made_at, gift_id) < ($2, $3::uuid))
        ORDER BY made_at DESC, gift_id DESC LIMIT $4
        """,
        member_id,
        *(before or (None, None)),
        limit,
    )
    return [Gift(**row) for row in rows]


async def take(tx: Transaction, member_id: UUID, gift_id: UUID, receiver_id: UUID) -> None:
    """An open gift, which the caller has locked, is somebody's."""
    await tx.execute(
        """
        UPDATE coupons.gift SET state = 'taken', receiver_id = $3, taken_at = $4
        WHERE member_id = $1 AND gift_id = $2 AND state = 'open'
        """,
        member_id,
        gift_id,
        receiver_id,
        tx.now,
    )


async def finish(tx: Transaction, member_id: UUID, gift_id: UUID, why: str | None) -> bool:
    """A gift is received, or returned where it is said why; False where it was finished before."""
    return bool(
        await tx.execute(
            """
            UPDATE coupons.gift SET state = CASE WHEN $3::text IS NULL THEN 'received' ELSE 'returned' END, why = $3,
                finished_at = $4
            WHERE member_id = $1 AND gift_id = $2 AND state IN ('open', 'taken')
            """,
            member_id,
            gift_id,
            why,
            tx.now,
        )
    )


async def receive(
    tx: Transaction, member_id: UUID, copy: Coupon, returned_days: int, remind_at: datetime | None, limit: int | None
) -> bool:
    """Give the receiver their copy; False where that were more than the limit of the template."""
    made: bool = await tx.fetchval(
        RECEIVE, member_id, copy.coupon_id, copy.rule, copy.expires_at, copy.template, copy.template_version,
        returned_days, remind_at, limit, tx.now,
    )  # fmt: skip
    return made


def _stored(row: Mapping[str, Any]) -> StoredGift:
    gift = Gift(**{name: row[name] for name in Gift.__struct_fields__})
    return StoredGift(member_id=row["member_id"], gift=gift, receiver_id=row["receiver_id"])
