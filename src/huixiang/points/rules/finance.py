"""Double entry and roll-forward: sums of the journal set out as finance reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol

from huixiang.kernel.calendar import first_of_month
from huixiang.points.model.finance import Group, RollLine, TrialLine

# The column of a counter-account, by what stands before its colon.
COLUMN = {
    "issued": "issued",
    "redeemed": "redeemed",
    "fee": "redeemed",
    "expired": "expired",
    "clawed_back": "clawed_back",
    "returned": "returned",
    "in_transit": "transfers",
    "partner": "transfers",
    "merged": "transfers",
    "adjusted": "adjustments",
}
TAKEN = ("redeemed", "expired", "clawed_back")  # columns that are shown as what was taken
ALWAYS_SHOWN = ("in_transit",)
MONTHS_AT_MOST = 120
DAYS_AT_MOST = 400
LINES_AT_MOST = 100_000
SUMS_AT_MOST = 400_000  # that lines are made of: a line adds up several counter-accounts


class Summed(Protocol):
    """Postings that agree in these; see `store.finance.JournalSum`."""

    @property
    def period(self) -> date | None: ...
    @property
    def cause(self) -> str: ...
    @property
    def counter_account(self) -> str: ...
    @property
    def budget(self) -> str: ...
    @property
    def points(self) -> int: ...
    @property
    def debt_incurred(self) -> int: ...
    @property
    def debt_paid(self) -> int: ...


def trial_lines(sums: Sequence[Summed]) -> list[TrialLine]:
    """The members' side, then the counter-accounts by name, cause and budget."""
    debts = sum(one.debt_incurred - one.debt_paid for one in sums)
    points = sum(one.points for one in sums)
    counter: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in sums:
        if one.counter_account or one.points:
            counter[one.counter_account, one.cause, one.budget] -= one.points
    lines = [
        TrialLine("members", "balances", None, None, points + debts),
        TrialLine("members", "debts", None, None, -debts),
    ]
    silent = set(ALWAYS_SHOWN) - {account for account, _, _ in counter}
    lines += [TrialLine("counter", account, None, None, 0) for account in sorted(silent)]
    lines += [
        TrialLine("counter", account, cause or None, budget or None, amount)
        for (account, cause, budget), amount in counter.items()
    ]
    return sorted(lines, key=lambda line: (line.side == "counter", line.account, line.cause or "", line.budget or ""))


def stands(sums: Iterable[Summed], kind: str) -> int:
    """What stands on the counter-accounts of a kind: `partner` is all of partner:code."""
    return -sum(one.points for one in sums if one.counter_account.partition(":")[0] == kind)


def roll_lines(sums: Iterable[Summed], periods: Sequence[date], group: Group) -> list[RollLine]:
    """A line for each group and period, opening on what came before."""
    opening: dict[str, list[Summed]] = defaultdict(list)
    within: dict[str, dict[date, list[Summed]]] = defaultdict(lambda: defaultdict(list))
    for one in sums:
        label = group_of(one, group)
        if one.period is None:
            opening[label].append(one)
        else:
            within[label][one.period].append(one)
    labels = {""} if group is Group.NONE else {*opening, *within}
    return [line for label in sorted(labels) for line in _roll(label, opening[label], within[label], periods)]


def group_of(one: Summed, group: Group) -> str:
    match group:
        case Group.NONE:
            return ""
        case Group.CAUSE:
            return one.cause
        case Group.BUDGET:
            return one.budget


def _roll(
    label: str, before: Iterable[Summed], within: Mapping[date, Sequence[Summed]], periods: Sequence[date]
) -> Iterator[RollLine]:
    before = list(before)
    points = sum(one.points for one in before)
    debt = sum(one.debt_incurred - one.debt_paid for one in before)
    for period in periods:
        sums = within.get(period, ())
        incurred = sum(one.debt_incurred for one in sums)
        paid = sum(one.debt_paid for one in sums)
        closing = points + sum(one.points for one in sums)
        yield RollLine(
            period=period,
            group=label,
            opening=points,
            **_columns(sums),
            closing=closing,
            debt_opening=debt,
            debt_incurred=incurred,
            debt_paid=paid,
            debt_closing=debt + incurred - paid,
        )
        points, debt = closing, debt + incurred - paid


def _columns(sums: Iterable[Summed]) -> dict[str, int]:
    columns = dict.fromkeys((*COLUMN.values(), "other"), 0)
    for one in sums:
        columns[column_of(one.counter_account)] += one.points
    return {name: -points if name in TAKEN else points for name, points in columns.items()}


def column_of(counter_account: str) -> str:
    return COLUMN.get(counter_account.partition(":")[0], "other")


def periods_of(first: date, last: date, by: str) -> list[date]:
    """The days, or the first days of the months, from `first` to `last`."""
    if by == "day":
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [first_of_month(first, n) for n in range(months_between(first, last) + 1)]


def months_between(first: date, last: date) -> int:
    """From the month of `first` to the month of `last`; negative where that is the earlier one."""
    return (last.year - first.year) * 12 + last.month - first.month
