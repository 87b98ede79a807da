"""Reports of finance as tables: a header and rows, for CSV and for the command line."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from huixiang.kernel.sheet import Cell
from huixiang.points.model.finance import Liability, RollForward, RollLine, TrialBalance


class Sheet(NamedTuple):
    header: list[str]
    rows: list[list[Cell]]


def trial_sheet(report: TrialBalance) -> Sheet:
    rows: list[list[Cell]] = [[line.side, line.account, line.cause, line.budget, line.points] for line in report.lines]
    rows.append(["total", None, None, None, report.total])
    rows += [["part", what, None, None, points] for what, points in _parts(report)]
    rows += [["tie", tie.what, None, None, tie.difference] for tie in report.ties]
    return Sheet(["side", "account", "cause", "budget", "points"], rows)


def _parts(report: TrialBalance) -> list[tuple[str, int]]:
    parts = [("held", report.held), ("pending", report.pending)]
    return parts if report.pools is None else [*parts, ("in family pools", report.pools)]


def roll_sheet(report: RollForward) -> Sheet:
    rows: list[list[Cell]] = [[str(line.period), *msgspec.structs.astuple(line)[1:]] for line in report.lines]
    return Sheet(list(RollLine.__struct_fields__), rows)


def liability_sheet(report: Liability) -> Sheet:
    """One row for each figure: what it is about, which one, points (or basis points, where it says so), fen."""
    rows: list[list[Cell]] = [
        ["outstanding", str(report.as_of), report.outstanding, report.gross_fen],
        ["held", None, report.held, None],
        ["pending", None, report.pending, None],
        ["debts", None, report.debts, None],
    ]
    if report.breakage is None:
        rows.append(["breakage", report.why, None, None])
    else:
        said = report.breakage
        rows += [
            ["breakage", "expected", said.expected, None],
            ["breakage", "low", said.low, None],
            ["breakage", "high", said.high, None],
            ["breakage", "uncovered", said.uncovered, None],
            ["breakage in basis points", "expected", said.expected_bp, None],
            ["breakage in basis points", "low", said.low_bp, None],
            ["breakage in basis points", "high", said.high_bp, None],
            ["net", "expected", report.outstanding - said.expected, report.net_fen],
            ["net", "low", report.outstanding - said.high, report.net_low_fen],
            ["net", "high", report.outstanding - said.low, report.net_high_fen],
        ]
    rows += [["age in months", str(one.months), one.points, one.fen] for one in report.by_age]
    rows += [["expires in", str(one.expires_in or "never"), one.points, one.fen] for one in report.by_expiry]
    for cohort in report.cohorts:
        month = str(cohort.earned_in)
        rows += [
            ["earned in: credited", month, cohort.credited, None],
            ["earned in: used", month, cohort.used, None],
            ["earned in: expired", month, cohort.expired, None],
            ["earned in: left otherwise", month, cohort.otherwise, None],
            ["earned in: outstanding", month, cohort.outstanding, None],
        ]
    for test in report.back_tests:
        which = f"{test.months_ago} months ago"
        rows.append(["back-test: expired since", which, test.actual, None])
        if test.estimate is not None:
            rows.append(["back-test: expected", which, test.estimate.expected, None])
            rows.append(["back-test: within", "yes" if test.within else "no", None, None])
    rows += [["tie", tie.what, tie.difference, None] for tie in report.ties]
    return Sheet(["figure", "which", "points", "fen"], rows)
