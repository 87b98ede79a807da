"""An account as one would keep it on paper: what it has, and what time brings to it. See `model_ledger`.

It imports nothing but the standard library. It keeps no sum that it can count, and stores nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

SHANGHAI = timedelta(hours=8)
QUARTER_MONTHS = 3
YEAR_MONTHS = 12


def day_of(instant: datetime) -> date:
    return (instant + SHANGHAI).date()


def month_end(day: date) -> date:
    following = day.replace(day=28) + timedelta(days=4)
    return following.replace(day=1) - timedelta(days=1)


def last_day(
    day: date, *, years: int | None = None, days: int = 0, months: int = 0, end_of: str | None = None, grace: int = 0
) -> date:
    """Of points earned on a day: the end of the year so many years later, or so many days and months later, to the end
    of what that falls in."""
    if years is not None:
        return date(day.year + years, 12, 31) + timedelta(days=grace)
    over = day.month - 1 + months
    first = date(day.year + over // YEAR_MONTHS, over % YEAR_MONTHS + 1, 1)
    then = min(first + timedelta(days=day.day - 1), month_end(first)) + timedelta(days=days)
    if end_of == "month":
        then = month_end(then)
    elif end_of == "quarter":
        then = month_end(then.replace(month=(then.month + 2) // QUARTER_MONTHS * QUARTER_MONTHS, day=1))
    elif end_of == "year":
        then = date(then.year, 12, 31)
    return then + timedelta(days=grace)


class Refused(Exception):
    """Its argument is the code of the refusal."""


@dataclass
class Lot:
    number: int
    day: date
    original: int
    left: int
    ripe_at: datetime | None = None
    root: int | None = None
    held: int = 0
    lapsed: int = 0

    @property
    def free(self) -> int:
        return self.left - self.held

    @property
    def place(self) -> tuple[date, int]:
        return (self.day, self.number)


@dataclass
class Hold:
    pins: list[tuple[Lot, int]]
    until: datetime | None


@dataclass(frozen=True)
class Limit:
    """No more than `most` points earned by `causes` from `start` to before `end`."""

    start: datetime
    end: datetime
    most: int
    causes: tuple[str, ...]


@dataclass
class Done:
    """What a command did: `took` from which lots, in order; `gave` which lots; how much of it was reversed since."""

    kind: str
    asked: tuple[object, ...]
    points: int
    requested: int
    lapsed: int = 0
    held: int = 0
    pending: int = 0
    debt: int = 0
    took: list[tuple[Lot, int]] = field(default_factory=list)
    gave: list[Lot] = field(default_factory=list)
    reversed: int = 0
    reversed_lapsed: int = 0
    finished_by: str | None = None

    @property
    def figures(self) -> tuple[object, ...]:
        return (self.kind, self.points, self.requested, self.lapsed, self.held, self.pending, self.debt)


@dataclass
class Account:
    """One member's points."""

    lots: list[Lot] = field(default_factory=list)
    holds: dict[UUID, Hold] = field(default_factory=dict)
    done: dict[str, Done] = field(default_factory=dict)
    earned: list[tuple[str, datetime, int]] = field(default_factory=list)
    debt: int = 0
    net: int = 0

    # -------------------- what it has
    @property
    def balance(self) -> int:
        return sum(lot.left for lot in self.lots)

    @property
    def held(self) -> int:
        return sum(lot.held for lot in self.lots)

    @property
    def pending(self) -> int:
        return sum(lot.left for lot in self.lots if lot.ripe_at)

    @property
    def available(self) -> int:
        return self.balance - self.held - self.pending

    def figures(self) -> dict[str, int]:
        return {
            "balance": self.balance,
            "available": self.available,
            "held": self.held,
            "pending": self.pending,
            "debt": self.debt,
        }

    def by_day(self) -> dict[date, int]:
        """What remains, by the day on which it expires."""
        days: dict[date, int] = {}
        for lot in self.lots:
            if lot.left:
                days[lot.day] = days.get(lot.day, 0) + lot.left
        return days

    def has_tie(self) -> bool:
        """Whether points that came back stand beside others of the same day."""
        days = [lot.day for lot in self.lots if lot.left]
        return any(lot.root and lot.left and days.count(lot.day) > 1 for lot in self.lots)

    def seen_at(self, now: datetime) -> Account:
        """As a reader sees it: with all that is due done."""
        if not self.due(now):
            return self
        twins = {lot.number: copy.copy(lot) for lot in self.lots}
        seen = Account(lots=list(twins.values()), debt=self.debt, net=self.net)
        for key, hold in self.holds.items():
            seen.holds[key] = Hold([(twins[lot.number], points) for lot, points in hold.pins], hold.until)
            seen.done[f"hold:{key}"] = copy.copy(self.done[f"hold:{key}"])
        seen.settle(now)
        return seen

    # -------------------- what time brings
    def due(self, now: datetime) -> set[str]:
        """What waits to be done."""
        waits = {
            "holds": any(hold.until and hold.until <= now for hold in self.holds.values()),
            "maturity": any(lot.ripe_at and lot.ripe_at <= now for lot in self.lots),
            "expiry": any(lot.free and lot.day < day_of(now) for lot in self.lots),
        }
        return {what for what, so in waits.items() if so}

    def settle(self, now: datetime) -> list[str]:
        """Do what is due; the kinds of what was done."""
        told = []
        over = [(hold.until, key.bytes, key) for key, hold in self.holds.items() if hold.until and hold.until <= now]
        for until, _, key in sorted(over):
            self._unpin(self.holds.pop(key).pins, until)
            self.done[f"hold:{key}"].finished_by = "release"
            told.append("release")
        ripe = [lot for lot in self.lots if lot.ripe_at and lot.ripe_at <= now]
        for lot in ripe:
            lot.ripe_at = None
        told += ["mature"] if ripe else []
        past = [lot for lot in self.lots if lot.free and lot.day < day_of(now)]
        for lot in past:
            self.net -= lot.free
            lot.lapsed += lot.free
            self._take(lot, lot.free)
        return told + (["expire"] if past else [])

    def _settled(self, now: datetime) -> Callable[[], None] | None:
        """Do what is due; how to undo that."""
        if not self.due(now):
            return None
        lots = [(lot, copy.copy(vars(lot))) for lot in self.lots]
        holds, debt, net = dict(self.holds), self.debt, self.net
        self.settle(now)

        def undo() -> None:
            for lot, before in lots:
                vars(lot).update(before)
            self.lots = [lot for lot, _ in lots]
            self.holds, self.debt, self.net = holds, debt, net
            for key in holds:
                self.done[f"hold:{key}"].finished_by = None

        return undo

    def _unpin(self, pins: Iterable[tuple[Lot, int]], at: datetime) -> None:
        """Pay the debt first. What has outlived its day lives on for a day as a new lot."""
        for lot, points in pins:
            lot.held -= points
            paid = min(self.debt, points)
            self.debt -= paid
            lot.left -= paid
            if points > paid and lot.day < day_of(at):
                lot.left -= points - paid
                self._open(points - paid, day_of(at + timedelta(hours=24)), root=lot)

    # -------------------- parts
    def _open(self, points: int, day: date, ripe_at: datetime | None = None, root: Lot | None = None) -> Lot:
        lot = Lot(len(self.lots) + 1, day, points, points, ripe_at, (root.root or root.number) if root else None)
        self.lots.append(lot)
        return lot

    def _take(self, lot: Lot, points: int) -> None:
        lot.left -= points
        if not lot.left:
            lot.ripe_at = None

    def _pay(self, points: int) -> int:
        """Pay the debt; what is left."""
        paid = min(self.debt, points)
        self.debt -= paid
        return points - paid

    def _soonest(self, points: int) -> list[tuple[Lot, int]]:
        """Which available points go first."""
        found = []
        for lot in sorted(self.lots, key=lambda lot: lot.place):
            part = 0 if lot.ripe_at else min(lot.free, points)
            points -= part
            if part:
                found.append((lot, part))
        return found

    def _command(
        self, now: datetime, key: str, asked: tuple[object, ...], act: Callable[[], Done | None], *, takes: bool
    ) -> tuple[str, Done | None]:
        """What became of a command: `posted`, `replayed` or `nothing`. Raises Refused, and then nothing happened."""
        if first := self.done.get(key):
            if first.asked != asked:
                raise Refused("posting_conflict")
            return "replayed", first
        undo = self._settled(now) if takes or (self.debt and self.held) else None
        held, pending, debt = self.held, self.pending, self.debt
        try:
            done = act()
        except Refused:
            if undo is not None:
                undo()
            raise
        if done is None:
            return "nothing", None
        done.held, done.pending, done.debt = self.held - held, self.pending - pending, self.debt - debt
        self.net += done.points
        self.done[key] = done
        return "posted", done
