"""The shop's day of payments: taken in, and held against what it was told to charge and to give back (CHK-09)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from huixiang.checkout.events import PaymentsOverdue
from huixiang.checkout.model.instructions import PaymentInFuture
from huixiang.checkout.model.statements import (
    DIFFERENCES_SHOWN,
    DOCUMENT,
    USUAL,
    DifferenceKind,
    Overdue,
    PaymentDifference,
    PaymentOfAnotherDay,
    PaymentReconciliation,
    PaymentRow,
    PaymentSums,
    PaymentToldTwice,
    StatementRules,
)
from huixiang.checkout.rules import in_future
from huixiang.checkout.rules import reconciling as rules
from huixiang.checkout.store import instructions, payment_days
from huixiang.checkout.store import statements as store
from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Transaction
from huixiang.points.model.breaker import PROGRAMME
from huixiang.rulebook import service as rulebook

CHUNK = 1000


class Told(msgspec.Struct, frozen=True):
    """What became of a row. version: 1 where it is new, more where it was told otherwise before; 0: it was told so."""

    version: int = 0
    refusal: DomainError | None = None


async def tell(tx: Transaction, day: date, rows: Sequence[PaymentRow]) -> list[Told]:
    """Take payments of a business day; one outcome each. A row that is refused disturbs no other. No rows at all: the
    day had no payments."""
    outcomes: dict[int, Told] = {}
    first: dict[store.Key, int] = {}
    for place, row in enumerate(rows):
        if refusal := _refusal(tx, day, row):
            outcomes[place] = Told(refusal=refusal)
        elif rows[first.setdefault((row.reference, row.kind), place)] != row:
            outcomes[place] = Told(refusal=PaymentToldTwice(reference=row.reference))
    versions = await store.tell(tx, day, [rows[place] for place in first.values()]) if first else {}
    if first or not rows:
        await payment_days.note_came(tx, day, new=bool(versions))
    return [
        outcomes.get(place) or Told(versions.get((row.reference, row.kind), 0) if first[_key(row)] == place else 0)
        for place, row in enumerate(rows)
    ]


def _key(row: PaymentRow) -> store.Key:
    return row.reference, row.kind


def _refusal(tx: Transaction, day: date, row: PaymentRow) -> DomainError | None:
    paid_on = tx.calendar.day(row.paid_at)
    if paid_on != day:
        return PaymentOfAnotherDay(reference=row.reference, day=day, paid_on=paid_on)
    return PaymentInFuture(paid_at=row.paid_at) if in_future(row.paid_at, tx.now) else None


class _Found:
    """Differences as they are found: all are counted, the first are kept."""

    def __init__(self) -> None:
        self.agreed = 0
        self.counts: Counter[DifferenceKind] = Counter()
        self.shown: list[PaymentDifference] = []

    def add(self, found: Iterable[PaymentDifference | None]) -> None:
        for one in found:
            if one is None:
                self.agreed += 1
                continue
            self.counts[one.what] += 1
            if len(self.shown) < DIFFERENCES_SHOWN:
                self.shown.append(one)


async def reconcile(tx: Transaction, day: date) -> PaymentReconciliation:
    """Hold a business day against its statement, as both stand now. Changes nothing."""
    found = _Found()
    theirs = await _theirs(tx, day, found)
    ours = await _ours(tx, day, found)
    end = min(tx.calendar.start_of(day + timedelta(days=1)), tx.now - rules.OPEN_FOR)
    open_ones, first = await store.open_since(tx, tx.calendar.start_of(day), end, DIFFERENCES_SHOWN)
    found.add(PaymentDifference(what="open", instruction=one) for one in first)
    if open_ones:
        found.counts["open"] = open_ones
    came = await payment_days.came(tx, day)
    return PaymentReconciliation(
        day=day,
        told_at=came.told_at,
        changed_at=came.changed_at,
        due_at=rules.due_at(day, await ruling(tx), tx.calendar),
        outcome=rules.outcome_of(told=came.told_at is not None, ours=ours, differences=found.counts.total()),
        agreed=found.agreed,
        ours=ours,
        theirs=theirs,
        found=dict(found.counts),
        differences=found.shown,
    )


async def ruling(tx: Transaction) -> StatementRules:
    """What is in force now; the usual in a database that has no document of it."""
    line = (await rulebook.timelines(tx, {DOCUMENT})).get(DOCUMENT)
    document = line.find(tx.now) if line else None
    return USUAL if document is None else document.read(StatementRules)


async def _theirs(tx: Transaction, day: date, found: _Found) -> PaymentSums:
    sums = PaymentSums()
    after: store.Key | None = None
    while payments := await store.of_day(tx, day, after, CHUNK):
        after = (payments[-1].reference, payments[-1].kind)
        ids = {payment.instruction_id for payment in payments if payment.instruction_id is not None}
        found.add(rules.of_statement(payments, await instructions.named(tx, ids), await store.naming(tx, ids)))
        for payment in payments:
            sums = rules.added(sums, payment.kind, payment.fen)
    return sums


async def _ours(tx: Transaction, day: date, found: _Found) -> PaymentSums:
    sums = PaymentSums()
    after: UUID | None = None
    while confirmed := await store.confirmed_on(tx, day, after, CHUNK):
        after = confirmed[-1].instruction_id
        found.add(rules.unpaid(confirmed, await store.naming(tx, [one.instruction_id for one in confirmed])))
        for one in confirmed:
            sums = rules.added(sums, one.kind, one.fen)
    return sums


async def overdue(tx: Transaction) -> Overdue:
    """What is open for longer than it should be."""
    found = {
        kind: (count, fen, sent_at) for kind, count, fen, sent_at in await store.overdue(tx, tx.now - rules.OPEN_FOR)
    }
    charges, charge_fen, _ = found.get("charge", (0, 0, None))
    give_backs, give_back_fen, _ = found.get("give_back", (0, 0, None))
    oldest = min((sent_at for _, _, sent_at in found.values()), default=None)
    return Overdue(PaymentSums(charges, charge_fen, give_backs, give_back_fen), oldest)


async def announce_overdue(tx: Transaction) -> Overdue:
    """Say what is open for too long, where anything is."""
    found = await overdue(tx)
    if found.oldest_sent_at is not None:
        tx.emit(
            PaymentsOverdue(
                member_id=PROGRAMME,
                occurred_at=tx.now,
                charges=found.sums.charges,
                charge_fen=found.sums.charge_fen,
                give_backs=found.sums.give_backs,
                give_back_fen=found.sums.give_back_fen,
                oldest_sent_at=found.oldest_sent_at,
            )
        )
    return found
