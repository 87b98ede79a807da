"""Each business day is looked at when its statement is due: one that is missing, or that does not agree, is told of
(CHK-09)."""

from __future__ import annotations

from datetime import date

from huixiang.checkout.events import PaymentDayJudged
from huixiang.checkout.model.statements import DayOutcome, JudgedAs, JudgedDay, PaymentReconciliation
from huixiang.checkout.rules import reconciling as rules
from huixiang.checkout.service.reconciling import reconcile, ruling
from huixiang.checkout.store import payment_days as store
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.points.model.breaker import PROGRAMME

AMISS: tuple[DayOutcome, ...] = ("missing", "differs")


async def to_look_at(tx: Transaction) -> list[date]:
    """The days to be judged now, the first one first."""
    ruled = await ruling(tx)
    last = rules.last_due(tx.now, ruled, tx.calendar)
    return await store.to_look_at(
        tx,
        last=last,
        agreed_since=last - rules.LOOKED_AT,
        amiss_since=last - rules.LOOKED_AT_AMISS,
        since=rules.due_at(last, ruled, tx.calendar),
    )


async def judge(tx: Transaction, day: date) -> PaymentReconciliation | None:
    """Hold a day against its statement and keep what it comes to; where that is to be told, it is, and returned."""
    before = await store.lock(tx, day)
    found = await reconcile(tx, day)
    await store.judge(tx, day, found.outcome, before.sends)
    if not rules.to_be_announced(before.outcome, found.outcome):
        return None
    tx.emit(
        PaymentDayJudged(
            member_id=PROGRAMME,
            occurred_at=tx.now,
            business_day=day,
            outcome=found.outcome,
            told_at=found.told_at,
            agreed=found.agreed,
            only_ours=found.found.get("only_ours", 0),
            only_theirs=found.found.get("only_theirs", 0),
            figures=found.found.get("figures", 0),
            open=found.found.get("open", 0),
            our_charge_fen=found.ours.charge_fen,
            their_charge_fen=found.theirs.charge_fen,
            our_give_back_fen=found.ours.give_back_fen,
            their_give_back_fen=found.theirs.give_back_fen,
        )
    )
    return found


async def amiss(tx: Transaction) -> dict[str, int]:
    """How many days are missing a statement, and how many do not agree, as they were last looked at."""
    found = await store.amiss(tx)
    return {outcome: found.get(outcome, 0) for outcome in AMISS}


async def judged(tx: Transaction, judged_as: JudgedAs, cursor: str | None, limit: int) -> Page[JudgedDay]:
    """Days by what they came to when they were last looked at, the latest first. Raises InvalidInput for a cursor of
    another list."""
    (before,) = decode_cursor(cursor, date) if cursor is not None else (None,)
    found = await store.judged(tx, AMISS if judged_as == "amiss" else (judged_as,), before, limit + 1)
    return page_of(found, limit, lambda last: (last.day,))
