"""Holding a day's payments against the instructions that they carry out (CHK-09)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from huixiang.checkout.model.instructions import Instruction, Kind
from huixiang.checkout.model.statements import DayOutcome, Payment, PaymentDifference, PaymentSums, StatementRules
from huixiang.kernel.calendar import BusinessCalendar

OPEN_FOR = timedelta(hours=24)  # longer than this, somebody should look
# After its deadline a day is looked at once a day: for so long, or, where it is not right, for so long. Later when its
# statement comes.
LOOKED_AT, LOOKED_AT_AMISS = timedelta(days=7), timedelta(days=31)


def of_statement(
    payments: Iterable[Payment], instructions: Mapping[UUID, Instruction], named: Mapping[UUID, Sequence[Payment]]
) -> Iterator[PaymentDifference | None]:
    """For each payment where it parts from what is here; None where it agrees.

    instructions: those that the payments name, as far as they exist. named: by instruction, every payment of any day
    that names it. An instruction is one payment's: the one that confirmed it, or else the first; others moved money
    twice.
    """
    for payment in payments:
        one = instructions.get(payment.instruction_id) if payment.instruction_id is not None else None
        if one is None or one.state != "confirmed" or payment != counterpart(one, named[one.instruction_id]):
            yield PaymentDifference(what="only_theirs", instruction=one, payment=payment)
        elif (one.reference, one.kind, one.fen) != (payment.reference, payment.kind, payment.fen):
            yield PaymentDifference(what="figures", instruction=one, payment=payment)
        else:
            yield None


def counterpart(one: Instruction, payments: Sequence[Payment]) -> Payment | None:
    """Of the payments that name an instruction, the one that it is held against."""
    ranked = sorted(
        payments,
        key=lambda payment: (
            (payment.reference, payment.kind) != (one.reference, one.kind),
            payment.paid_at,
            payment.reference,
            payment.kind,
        ),
    )
    return ranked[0] if ranked else None


def unpaid(confirmed: Iterable[Instruction], named: Mapping[UUID, Sequence[Payment]]) -> Iterator[PaymentDifference]:
    """Those confirmed here that no payment names."""
    for one in confirmed:
        if not named.get(one.instruction_id):
            yield PaymentDifference(what="only_ours", instruction=one)


def added(sums: PaymentSums, kind: Kind, fen: int) -> PaymentSums:
    if kind == "charge":
        return PaymentSums(sums.charges + 1, sums.charge_fen + fen, sums.give_backs, sums.give_back_fen)
    return PaymentSums(sums.charges, sums.charge_fen, sums.give_backs + 1, sums.give_back_fen + fen)


def due_at(day: date, rules: StatementRules, calendar: BusinessCalendar) -> datetime:
    """By when the statement of a day is to be there."""
    return calendar.at(day + timedelta(days=1), time.fromisoformat(rules.by))


def last_due(now: datetime, rules: StatementRules, calendar: BusinessCalendar) -> date:
    """The last day whose statement is to be there by now."""
    yesterday = calendar.day(now) - timedelta(days=1)
    return yesterday if due_at(yesterday, rules, calendar) <= now else yesterday - timedelta(days=1)


def outcome_of(*, told: bool, ours: PaymentSums, differences: int) -> DayOutcome:
    """What a day comes to. told: whether its statement came, be it empty."""
    if not told and (differences or ours != PaymentSums()):
        return "missing"
    return "differs" if differences else "agrees"


def to_be_announced(before: DayOutcome | None, now: DayOutcome) -> bool:
    """Each change once; that a day agrees only where it was said that it does not."""
    return now != before and (now != "agrees" or before is not None)
