"""What checkout does by the clock: cancel orders that nobody paid in time."""

from __future__ import annotations

from uuid import UUID

import msgspec

from huixiang.checkout.service import settling
from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue

LOOK = "checkout.unpaid_chunk"
CANCEL = "checkout.cancel_unpaid"
CHUNK = 200


class LookForUnpaid(msgspec.Struct, frozen=True):
    """Find orders whose time to be paid is over."""


class CancelUnpaid(msgspec.Struct, frozen=True):
    """Cancel one of them, in a transaction of its owner's."""

    member_id: UUID
    order_id: UUID


async def look_for_unpaid(tx: Transaction, _: LookForUnpaid) -> None:
    for member_id, order_id in await settling.overdue(tx, CHUNK):
        await enqueue(tx, CANCEL, CancelUnpaid(member_id, order_id), key=str(order_id))


async def cancel_unpaid(tx: Transaction, order: CancelUnpaid) -> None:
    await settling.cancel_unpaid(tx, order.member_id, order.order_id)


async def _look(tx: Transaction) -> None:
    await enqueue(tx, LOOK, LookForUnpaid(), key="scheduled")


JOB_HANDLERS = (
    JobHandler(LOOK, LookForUnpaid, look_for_unpaid),
    JobHandler(CANCEL, CancelUnpaid, cancel_unpaid),
)
SCHEDULES = (Schedule("checkout.unpaid", "* * * * *", _look),)
