"""The ledger as one would write it on paper: the plain model that random histories are compared with.

It imports nothing but the standard library. It keeps no sum that it can count, locks nothing, stores nothing, and does
one thing at a time.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

SHANGHAI = timedelta(hours=8)
GAVE = {"earn", "adjust", "transfer_in", "merged_in"}
TOOK = {"spend", "capture", "adjust", "transfer_out", "merged_out"}


def day_of(instant: datetime) -> date:
    return (instant + SHANGHAI).date()


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
class Ledger:
    """One member's account of points."""

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

    def seen_at(self, now: datetime) -> Ledger:
        """As a reader sees it: with all that is due done."""
        if not self._due(now):
            return self
        seen = copy.deepcopy(self)
        seen.settle(now)
        return seen

    # -------------------- what time brings
    def _due(self, now: datetime) -> bool:
        return (
            any(hold.until and hold.until <= now for hold in self.holds.values())
            or any(lot.ripe_at and lot.ripe_at <= now for lot in self.lots)
            or any(lot.free and lot.day < day_of(now) for lot in self.lots)
        )

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
        self, now: datetime, key: str, asked: tuple[object, ...], act: Callable[[], Done], *, takes: bool
    ) -> tuple[str, Done | None]:
        """What became of a command: `posted`, `replayed` or `nothing`. Raises Refused, and then nothing happened."""
        if first := self.done.get(key):
            if first.asked != asked:
                raise Refused("posting_conflict")
            return "replayed", first
        before = copy.deepcopy(self) if self._due(now) else None
        if takes or (self.debt and self.held):
            self.settle(now)
        held, pending, debt = self.held, self.pending, self.debt
        try:
            done = act()
        except Refused:
            if before is not None:
                self.__dict__.update(before.__dict__)
            raise
        done.held, done.pending, done.debt = self.held - held, self.pending - pending, self.debt - debt
        self.net += done.points
        self.done[key] = done
        return "posted", done

    # -------------------- commands
    def earn(  # noqa: PLR0917 - what an earning is
        self,
        now: datetime,
        key: str,
        points: int,
        cause: str,
        occurred_at: datetime,
        day: date,
        ripe_at: datetime | None = None,
        limits: tuple[Limit, ...] = (),
        kind: str = "earn",
    ) -> tuple[str, Done | None]:
        asked = ("credit", points, cause, occurred_at)

        def act() -> Done:
            granted = points
            for limit in limits:
                counted = sum(
                    had for why, at, had in self.earned if why in limit.causes and limit.start <= at < limit.end
                )
                granted = min(granted, max(limit.most - counted, 0))
            if kind == "earn":
                self.earned.append((cause, occurred_at, granted))
            rest = self._pay(granted)
            lots = [self._open(rest, day, ripe_at)] if rest else []
            return Done(kind, asked, granted, points, gave=lots)

        return self._command(now, key, asked, act, takes=False)

    def receive(
        self, now: datetime, key: str, parcels: tuple[tuple[int, date], ...], occurred_at: datetime
    ) -> tuple[str, Done | None]:
        asked = ("receive", parcels, occurred_at)

        def act() -> Done:
            lots = []
            for points, day in sorted(parcels, key=lambda parcel: parcel[1]):
                if rest := self._pay(points):
                    lots.append(self._open(rest, day))
            total = sum(points for points, _ in parcels)
            return Done("transfer_in", asked, total, total, gave=lots)

        return self._command(now, key, asked, act, takes=False)

    def spend(self, now: datetime, key: str, points: int, kind: str, occurred_at: datetime) -> tuple[str, Done | None]:
        asked = ("spend", points, kind, occurred_at)

        def act() -> Done:
            if points > self.available:
                raise Refused("points_insufficient")
            took = self._soonest(points)
            for lot, part in took:
                self._take(lot, part)
            return Done(kind, asked, -points, -points, took=took)

        return self._command(now, key, asked, act, takes=True)

    def hold(
        self, now: datetime, hold_id: UUID, points: int, until: datetime | None, occurred_at: datetime
    ) -> tuple[str, Done | None]:
        asked = ("hold", points, occurred_at)

        def act() -> Done:
            if points > self.available:
                raise Refused("points_insufficient")
            pins = self._soonest(points)
            for lot, part in pins:
                lot.held += part
            self.holds[hold_id] = Hold(pins, until)
            return Done("hold", asked, 0, 0)

        return self._command(now, f"hold:{hold_id}", asked, act, takes=True)

    def _made(self, hold_id: UUID) -> Done:
        made = self.done.get(f"hold:{hold_id}")
        if made is None or made.kind != "hold":
            raise Refused("hold_unknown")
        return made

    def capture(
        self, now: datetime, key: str, hold_id: UUID, points: int, occurred_at: datetime
    ) -> tuple[str, Done | None]:
        asked = ("capture", hold_id, points, occurred_at)

        def act() -> Done:
            made = self._made(hold_id)
            if made.finished_by == "capture":
                raise Refused("hold_finished")
            if points > made.held:
                raise Refused("capture_exceeds_hold")
            made.finished_by = "capture"
            if hold := self.holds.pop(hold_id, None):
                took, rest = _cut(hold.pins, points)
                for lot, part in took:
                    lot.held -= part
                    self._take(lot, part)
                self._unpin(rest, now)
            else:
                took = self._soonest(min(points, self.available))
                for lot, part in took:
                    self._take(lot, part)
            return Done("capture", asked, -sum(part for _, part in took), -points, took=took)

        return self._command(now, key, asked, act, takes=True)

    def release(self, now: datetime, key: str, hold_id: UUID, occurred_at: datetime) -> tuple[str, Done | None]:
        asked = ("release", hold_id, occurred_at)

        def act() -> Done:
            made = self._made(hold_id)
            if made.finished_by:
                raise Refused("hold_finished")
            made.finished_by = "release"
            self._unpin(self.holds.pop(hold_id).pins, now)
            return Done("release", asked, 0, 0)

        return self._command(now, key, asked, act, takes=True)

    def _origin(self, key: str, kinds: set[str], sign: int, points: int) -> Done:
        origin = self.done.get(key)
        if origin is None or origin.kind not in kinds:
            raise Refused("posting_origin_unknown")
        if points > sign * origin.points - origin.reversed:
            raise Refused("posting_exceeds_origin")
        return origin

    def give_back(
        self, now: datetime, key: str, origin_key: str, points: int, occurred_at: datetime
    ) -> tuple[str, Done | None]:
        asked = ("return", origin_key, points, occurred_at)

        def act() -> Done:
            origin = self._origin(origin_key, TOOK, -1, points)
            latest_first = list(reversed(origin.took))
            _, rest = _cut(latest_first, origin.reversed)
            pieces, _ = _cut(rest, points)
            origin.reversed += points
            soon = day_of(now) + timedelta(days=30)
            gave = []
            for lot, part in sorted(pieces, key=lambda piece: piece[0].place):
                back = self._pay(part)
                if back and lot.day >= soon:
                    lot.left += back
                elif back:
                    gave.append(self._open(back, soon, root=lot))
            return Done("return", asked, points, points, gave=gave)

        return self._command(now, key, asked, act, takes=False)

    def claw_back(
        self, now: datetime, key: str, origin_key: str | None, points: int, policy: str, occurred_at: datetime
    ) -> tuple[str, Done | None]:
        asked = ("claw back", origin_key, points, occurred_at)

        def act() -> Done:
            origin = None if origin_key is None else self._origin(origin_key, GAVE, 1, points)
            born = {lot.number for lot in origin.gave} if origin else set()
            own = [lot for lot in self.lots if (lot.root or lot.number) in born]
            lapsed = 0
            if origin:
                lapsed = min(points, sum(lot.lapsed for lot in own) - origin.reversed_lapsed)
                origin.reversed += points
                origin.reversed_lapsed += lapsed
            missing = points - lapsed
            # Own lots that can be spent, own lots that cannot yet, then other people's: the same two, as policy allows.
            for mine, ripe in ((True, True), (True, False), (False, True), (False, False)):
                if not mine and not ripe and policy == "cash":
                    continue
                for lot in sorted(self.lots, key=lambda lot: lot.place):
                    if (lot in own) is mine and (lot.ripe_at is None) is ripe:
                        part = min(lot.free, missing)
                        missing -= part
                        self._take(lot, part)
            owed = missing if policy == "debt" else 0
            self.debt += owed
            return Done("claw_back", asked, -(points - lapsed - missing) - owed, -points, lapsed)

        return self._command(now, key, asked, act, takes=True)


def _cut(pieces: Iterable[tuple[Lot, int]], points: int) -> tuple[list[tuple[Lot, int]], list[tuple[Lot, int]]]:
    """The first `points` of pieces, and the rest."""
    first, rest = [], []
    for lot, piece in pieces:
        part = min(piece, points)
        points -= part
        if part:
            first.append((lot, part))
        if piece > part:
            rest.append((lot, piece - part))
    return first, rest


@dataclass
class Tally:
    """One member's account of growth: it is only added up."""

    net: int = 0
    used: bool = False
    done: dict[str, Done] = field(default_factory=dict)

    def act(self, key: str, way: str, points: int) -> tuple[str, Done]:
        if key in self.done:
            return "replayed", self.done[key]
        if way == "spend":
            raise Refused("book_not_spendable")
        moved = points if way == "earn" else -points
        if self.net + moved < 0:
            raise Refused("points_insufficient")
        self.used = True
        self.net += moved
        self.done[key] = Done(way, (), moved, moved)
        return "posted", self.done[key]
