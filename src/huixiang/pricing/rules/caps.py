"""What an order takes of the caps of rules: of its member, and of what all share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.pricing.model.priced import Applied
from huixiang.pricing.model.rules import Cap
from huixiang.pricing.model.taken import Taken

LIFE = date(1970, 1, 1)


def starts(in_a: str, day: date, calendar: BusinessCalendar) -> date:
    """The first day of the period that a business day lies in."""
    match in_a:
        case "day":
            return day
        case "week":
            return calendar.day(calendar.week(day).start)
        case "month":
            return day.replace(day=1)
        case _:
            return LIFE


def taken(
    applied: Iterable[Applied], caps: Mapping[str, Sequence[Cap]], per: str, day: date, calendar: BusinessCalendar
) -> list[Taken]:
    """What an order of that day takes under caps `per` member or for all; the copies of one coupon rule are one use."""
    sums: dict[str, tuple[int, int]] = {}
    for one in applied:
        if one.rule in caps:
            fen, pieces = sums.get(one.rule, (0, 0))
            sums[one.rule] = fen + one.saved_fen, pieces + (one.pieces or 0)
    return [
        Taken(rule, in_a, starts(in_a, day, calendar), fen, 1, pieces)
        for rule, (fen, pieces) in sorted(sums.items())
        for in_a in sorted({cap.in_a for cap in caps[rule] if cap.per == per})
    ]


def summed(taken: Iterable[Taken]) -> list[Taken]:
    """What several orders took, once for each rule and period."""
    sums: dict[tuple[str, str, date], tuple[int, int, int]] = {}
    for one in taken:
        fen, uses, pieces = sums.get(one[:3], (0, 0, 0))
        sums[one[:3]] = fen + one.fen, uses + one.uses, pieces + one.pieces
    return [Taken(*key, *counts) for key, counts in sorted(sums.items())]


def exceeded(sums: Iterable[Taken], caps: Mapping[str, Sequence[Cap]]) -> list[tuple[str, Cap]]:
    """The caps of a member that what they took by now is above; each with its rule."""
    return [
        (one.rule, cap)
        for one in sums
        for cap in caps[one.rule]
        if cap.per == "member" and cap.in_a == one.in_a and getattr(one, cap.of) > cap.at_most
    ]


def resource_key(rule: str, of: str, in_a: str, starts_on: date) -> str:
    """Under which stock has what all together may take of a rule in one period."""
    return f"main/{rule}/{of}/{in_a}/{starts_on}"
