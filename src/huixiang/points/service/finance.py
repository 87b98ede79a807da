"""Reports for finance: trial balance, roll-forward, liability. Exact against the journal, whatever days are closed."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Literal

from huixiang.kernel.calendar import end_of_month
from huixiang.kernel.errors import InvalidInput
from huixiang.platform.db import Transaction
from huixiang.points.model import BEGINNING, POINTS, Book
from huixiang.points.model.finance import (
    BookWithoutLots,
    DayOpen,
    Detail,
    Group,
    Liability,
    NoDayClosed,
    RollForward,
    Tie,
    TrialBalance,
)
from huixiang.points.model.spending import SpendingRules
from huixiang.points.rules import breakage, finance, liability
from huixiang.points.store import finance as store
from huixiang.points.store.finance import JournalSum, Range
from huixiang.points.store.lot_moves import LotMove, lot_moves
from huixiang.rulebook import service as rulebook

SPENDING = ("spending", "default")


async def trial_balance(
    tx: Transaction,
    book: Book,
    *,
    day: date | None = None,
    at: datetime | None = None,
    detail: Detail = Detail.BUDGET,
    from_journal: bool = False,
) -> TrialBalance:
    """What stands on every account at the end of a business day, or just before an instant; neither: now, and tied to
    the accounts and lots themselves. from_journal: leave the sums of closed days aside.

    Raises InvalidInput where it would be too long: then it can be asked for with less detail.
    """
    until = at if day is None else tx.calendar.start_of(day + timedelta(days=1))
    if until is not None and until > tx.now:
        until = None
    within = await _range(tx, until, from_journal=from_journal)
    sums = await store.journal_sums(
        tx, book, tx.calendar.day(BEGINNING), "day", within, at_most=finance.LINES_AT_MOST + 1,
        causes=detail is not Detail.ACCOUNT, budgets=detail is Detail.BUDGET,
    )  # fmt: skip
    if len(sums) > finance.LINES_AT_MOST:
        raise InvalidInput(
            path="detail", problem=f"{detail} makes more than {finance.LINES_AT_MOST} lines: ask for less of it"
        )
    lines = finance.trial_lines(sums)
    return TrialBalance(
        book=book.code,
        as_of=until or tx.now,
        postings=sum(one.postings for one in sums),
        held=sum(one.held_delta for one in sums),
        pending=sum(one.pending_delta for one in sums),
        pools=await store.pool_balances(tx, book) if until is None else None,
        lines=lines,
        total=sum(line.points for line in lines),
        ties=await _ties(tx, book, sums) if until is None else [],
    )


async def _ties(tx: Transaction, book: Book, sums: list[JournalSum]) -> list[Tie]:
    """The journal against the accounts, lots, transfers and exchanges of this moment: exact where the transaction reads
    one snapshot."""
    balance, held, pending, debt = await store.account_sums(tx, book)
    debts = sum(one.debt_incurred - one.debt_paid for one in sums)
    balances = sum(one.points for one in sums) + debts
    holds = sum(one.held_delta for one in sums)
    waiting = sum(one.pending_delta for one in sums)
    ties = [
        Tie("accounts: balance", balances, balance),
        Tie("accounts: held", holds, held),
        Tie("accounts: pending", waiting, pending),
        Tie("accounts: debt", debts, debt),
    ]
    if book.has_lots:
        remaining, pinned, immature = await store.lot_sums(tx, book)
        ties += [
            Tie("lots: remaining", balances, remaining),
            Tie("lots: held", holds, pinned),
            Tie("lots: pending", waiting, immature),
            Tie("transfers: on the way", finance.stands(sums, "in_transit"), await store.on_the_way(tx, book)),
        ]
    if book == POINTS:
        ties.append(Tie("partners: exchanged", finance.stands(sums, "partner"), await store.exchanged(tx)))
    return ties


async def roll_forward(
    tx: Transaction,
    book: Book,
    first: date,
    last: date,
    by: Literal["day", "month"] = "month",
    group: Group = Group.NONE,
    *,
    from_journal: bool = False,
) -> RollForward:
    """How the book came from one balance to the next, by business day or whole month of recording.

    by month: from the start of the first month to the end of the last. Raises InvalidInput.
    """
    if last < first:
        raise InvalidInput(path="to", problem="lies before from")
    if by == "month":
        first, last = first.replace(day=1), end_of_month(last)
    if (last - first).days >= (finance.DAYS_AT_MOST if by == "day" else 31 * finance.MONTHS_AT_MOST):
        raise InvalidInput(path="to", problem=f"is too far from the first day for a line by {by}")
    within = await _range(tx, tx.calendar.start_of(last + timedelta(days=1)), from_journal=from_journal)
    sums = await store.journal_sums(
        tx, book, first, by, within, at_most=finance.SUMS_AT_MOST + 1,
        causes=group is Group.CAUSE, budgets=group is Group.BUDGET,
    )  # fmt: skip
    periods = finance.periods_of(first, last, by)
    lines = len(periods) * (1 if group is Group.NONE else len({finance.group_of(one, group) for one in sums}))
    if lines > finance.LINES_AT_MOST or len(sums) > finance.SUMS_AT_MOST:
        raise InvalidInput(
            path="group", problem=f"makes {lines} lines or more, above {finance.LINES_AT_MOST}: ask for fewer days"
        )
    closed = await store.closed_before(tx, None)
    return RollForward(
        book=book.code,
        by=by,
        group=group,
        first=first,
        last=last,
        closed_until=closed[0] if closed else None,
        lines=finance.roll_lines(sums, periods, group),
    )


async def _range(tx: Transaction, until: datetime | None, *, from_journal: bool) -> Range:
    closed = None if from_journal else await store.closed_before(tx, until)
    if closed is None:
        return Range(open_day=tx.calendar.day(BEGINNING), open_from=BEGINNING, until=until)
    day, ends_at = closed
    return Range(open_day=day + timedelta(days=1), open_from=ends_at, until=until)


async def liability_of(
    tx: Transaction, book: Book, as_of: date | None = None, value: tuple[int, int] | None = None
) -> Liability:
    """What a book owes at the end of a closed day; None: the last one. value: (points, fen); None: the base rate of
    spending in force at the end of that day.

    Raises NoDayClosed, DayOpen, BookWithoutLots, RuleDocumentUnknown.
    """
    if not book.has_lots:
        raise BookWithoutLots(book=book.code)
    closed = await store.closed_before(tx, None)
    if closed is None:
        raise NoDayClosed
    day = as_of or closed[0]
    if day > closed[0]:
        raise DayOpen(day=str(day), last=str(closed[0]))
    until = tx.calendar.start_of(day + timedelta(days=1))
    version = None
    if value is None:
        terms = await rulebook.current(tx, *SPENDING, at=until)
        rate = terms.read(SpendingRules).rate
        value, version = (rate.points, rate.fen), terms.version
    within = await _range(tx, until, from_journal=False)
    sums = await store.journal_sums(tx, book, day, "day", within)
    moves = await lot_moves(tx, book, day)
    return await asyncio.to_thread(_liability, book, day, sums, moves, value, version)  # it reckons for a while


def _liability(
    book: Book, day: date, sums: list[JournalSum], moves: list[LotMove], value: tuple[int, int], version: int | None
) -> Liability:
    there = breakage.outstanding(moves)
    points = sum(parcel.points for parcel in there)
    debts = sum(one.debt_incurred - one.debt_paid for one in sums)
    fen = liability.worth(points, *value)
    last_month = liability.last_whole_month(day)
    table = breakage.life_table(moves, last_month)
    said, why = breakage.estimate(there, table, day)
    net = (
        None
        if said is None
        else [liability.worth(points - part, *value) for part in (said.expected, said.high, said.low)]
    )
    return Liability(
        book=book.code,
        as_of=day,
        outstanding=points,
        held=sum(one.held_delta for one in sums),
        pending=sum(one.pending_delta for one in sums),
        debts=debts,
        value_points=value[0],
        value_fen=value[1],
        value_version=version,
        gross_fen=fen,
        breakage=said,
        why=why,
        net_fen=net[0] if net else None,
        net_low_fen=net[1] if net else None,
        net_high_fen=net[2] if net else None,
        by_age=liability.by_age(there, day, fen),
        by_expiry=liability.by_expiry(there, fen),
        cohorts=liability.cohorts(moves),
        basis=liability.basis(moves, table, last_month),
        back_tests=breakage.back_tests(moves, last_month),
        ties=[Tie("lots: remaining", sum(one.points for one in sums) + debts, points)],
    )
