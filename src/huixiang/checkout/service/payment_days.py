"""Each business day is looked at when its statement is due: one that is missing, or that does not agree, is told of
(CHK-09)."""

from __future__ import annotations

from datetime import date

from huixiang.checkout.events import PaymentDayJudged
from huixiang.checkout.model.statements import PaymentReconciliation
from huixiang.checkout.rules import reconciling as rules
from huixiang.checkout.service.reconciling import reconcile, ruling
from huixiang.checkout.store import payment_days as store
from huixiang.platform.db import Transaction
from huixiang.points.model.breaker import PROGRAMME


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
    return {outcome: found.get(outcome, 0) for outcome in ("missing", "differs")}
