"""What time does to copies: their end is announced some days before, to their member and to who listens, and written
down when it has come."""

from __future__ import annotations

from huixiang.coupons.events import CouponEndNear
from huixiang.coupons.service.messages import say_end_near
from huixiang.coupons.service.telling import tell
from huixiang.coupons.store import changes, reminders
from huixiang.platform.db import Transaction


async def expire_due(tx: Transaction, limit: int) -> int:
    """Write down what has ended; how many copies, at most `limit`. Nobody could use them before it was."""
    over = await changes.expire(tx, limit)
    for member_id, copy in over:
        tell(tx, member_id, [copy], "expired")
    return len(over)


async def announce_due(tx: Transaction, limit: int) -> int:
    """Announce, once a copy, that its end is near; of how many: `limit` where there are as many, and what else of the
    same members is due, so that each is written to once."""
    due = await reminders.take_due(tx, limit)
    await say_end_near(tx, due)
    for one in due:
        tx.emit(
            CouponEndNear(
                member_id=one.member_id,
                occurred_at=tx.now,
                coupon_id=one.coupon_id,
                template=one.template,
                expires_at=one.expires_at,
            )
        )
    return len(due)
