"""What checkout does by the clock: cancel orders that nobody paid in time, and tell of money that does not move."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
import structlog

from huixiang.checkout.model.statements import Overdue
from huixiang.checkout.service import payment_days, reconciling, settling
from huixiang.platform.db import Transaction
from huixiang.platform.metrics import PAYMENT_DAYS, PAYMENTS_OVERDUE
from huixiang.platform.queue import JobHandler, Schedule, enqueue

LOOK = "checkout.unpaid_chunk"
CANCEL = "checkout.cancel_unpaid"
JUDGE_DAY = "checkout.judge_payment_day"
CHUNK = 200

log = structlog.get_logger(__name__)


class LookForUnpaid(msgspec.Struct, frozen=True):
    """Find orders whose time to be paid is over: a chunk of them, from after the last that was found before."""

    after: tuple[datetime, UUID, UUID] | None = None


class CancelUnpaid(msgspec.Struct, frozen=True):
    """Cancel one of them, in a transaction of its owner's."""

    member_id: UUID
    order_id: UUID


class JudgeDay(msgspec.Struct, frozen=True):
    """Hold one business day's payments against its statement."""

    day: date


async def look_for_unpaid(tx: Transaction, chunk: LookForUnpaid) -> None:
    """One chunk; where it was full, another follows in a transaction of its own."""
    found = await settling.overdue(tx, chunk.after, CHUNK)
    for _, member_id, order_id in found:
        await enqueue(tx, CANCEL, CancelUnpaid(member_id, order_id), key=str(order_id))
    if len(found) == CHUNK:
        await enqueue(tx, LOOK, LookForUnpaid(found[-1]))


async def cancel_unpaid(tx: Transaction, order: CancelUnpaid) -> None:
    await settling.cancel_unpaid(tx, order.member_id, order.order_id)


async def _look(tx: Transaction) -> None:
    await enqueue(tx, LOOK, LookForUnpaid(), key="scheduled")


async def watch_payments(tx: Transaction) -> None:
    """Every hour, for who watches."""
    _observed(await reconciling.overdue(tx))


async def announce_overdue(tx: Transaction) -> None:
    """Every morning, for who is told."""
    found = _observed(await reconciling.announce_overdue(tx))
    if found.oldest_sent_at is not None:
        log.warning(
            "payments_overdue",
            charges=found.sums.charges,
            charge_fen=found.sums.charge_fen,
            give_backs=found.sums.give_backs,
            give_back_fen=found.sums.give_back_fen,
            oldest_sent_at=found.oldest_sent_at.isoformat(),
        )


async def look_at_days(tx: Transaction) -> None:
    """Every ten minutes: days whose statement is due, or came late, each in a transaction of its own."""
    for day in await payment_days.to_look_at(tx):
        await enqueue(tx, JUDGE_DAY, JudgeDay(day), key=day.isoformat())
    await _observe_days(tx)


async def judge_day(tx: Transaction, asked: JudgeDay) -> None:
    found = await payment_days.judge(tx, asked.day)
    if found is not None:
        tell = log.info if found.outcome == "agrees" else log.warning
        tell("payment_day_judged", day=asked.day.isoformat(), outcome=found.outcome, agreed=found.agreed, **found.found)
        await _observe_days(tx)


async def _observe_days(tx: Transaction) -> None:
    for outcome, days in (await payment_days.amiss(tx)).items():
        PAYMENT_DAYS.labels(outcome).set(days)


def _observed(found: Overdue) -> Overdue:
    PAYMENTS_OVERDUE.labels("charge").set(found.sums.charges)
    PAYMENTS_OVERDUE.labels("give_back").set(found.sums.give_backs)
    return found


JOB_HANDLERS = (
    JobHandler(LOOK, LookForUnpaid, look_for_unpaid),
    JobHandler(CANCEL, CancelUnpaid, cancel_unpaid),
    JobHandler(JUDGE_DAY, JudgeDay, judge_day),
)
SCHEDULES = (
    Schedule("checkout.unpaid", "* * * * *", _look),
    Schedule("checkout.payment_days", "*/10 * * * *", look_at_days),
    Schedule("checkout.watch_payments", "23 * * * *", watch_payments),
    Schedule("checkout.payments_overdue", "30 8 * * *", announce_overdue),
)
