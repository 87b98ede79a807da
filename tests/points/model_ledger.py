"""The ledger as one would write it on paper: the plain model that random histories are compared with.

It imports nothing but the standard library. It locks nothing, stores nothing, and does one thing at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from tests.points.model_account import Account, Done, Hold, Limit, Lot, Refused, day_of

GAVE = {"earn", "adjust", "transfer_in", "merged_in"}
TOOK = {"spend", "capture", "adjust", "transfer_out", "merged_out"}
Parcel = tuple[int, date, datetime | None]  # points, their last day, when they can be spent


@dataclass
class Ledger(Account):
    """What can be asked of one member's account."""

    sent: dict[str, tuple[UUID, int]] = field(default_factory=dict)

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
        self, now: datetime, key: str, parcels: tuple[Parcel, ...], occurred_at: datetime, kind: str = "transfer_in"
    ) -> tuple[str, Done | None]:
        asked = ("receive", parcels, occurred_at)

        def act() -> Done:
            lots = []
            for points, day, ripe_at in sorted(parcels, key=lambda parcel: parcel[1]):
                if rest := self._pay(points):
                    lots.append(self._open(rest, day, ripe_at if ripe_at and ripe_at > now else None))
            total = sum(points for points, _, _ in parcels)
            return Done(kind, asked, total, total, gave=lots)

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
        if points > max(sign * origin.points - origin.reversed, 0):
            raise Refused("posting_exceeds_origin")
        return origin

    def give_back(
        self, now: datetime, key: str, origin_key: str, points: int, occurred_at: datetime, least_days: int = 30
    ) -> tuple[str, Done | None]:
        asked = ("return", origin_key, points, occurred_at)

        def act() -> Done:
            origin = self._origin(origin_key, TOOK, -1, points)
            latest_first = list(reversed(origin.took))
            _, rest = _cut(latest_first, origin.reversed)
            pieces, _ = _cut(rest, points)
            origin.reversed += points
            soon = day_of(now) + timedelta(days=least_days)
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
        self,
        now: datetime,
        key: str,
        origin_key: str | None,
        points: int,
        policy: str,
        occurred_at: datetime,
        kind: str = "claw_back",
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
            return Done(kind, asked, -(points - lapsed - missing) - owed, -points, lapsed)

        return self._command(now, key, asked, act, takes=True)

    def clear(self, now: datetime, key: str, origin_key: str, occurred_at: datetime) -> tuple[str, Done | None]:
        asked = ("clear", origin_key, occurred_at)

        def act() -> Done | None:
            waiting = [lot for lot in self._origin(origin_key, GAVE, 1, 0).gave if lot.ripe_at]
            for lot in waiting:
                lot.ripe_at = None
            return Done("mature", asked, 0, 0) if waiting else None

        return self._command(now, key, asked, act, takes=True)

    def move_out(
        self, now: datetime, key: str, numbers: tuple[int, ...], points: int, occurred_at: datetime
    ) -> tuple[str, Done | None]:
        """Lots whole, pending or not, or the debt."""
        asked = ("move out", points, occurred_at)

        def act() -> Done:
            moved = [(lot, lot.left) for lot in self.lots if lot.number in numbers]
            for lot, left in moved:
                self._take(lot, left)
            self.debt -= sum(left for _, left in moved) - points
            return Done("merged_out", asked, -points, -points, took=sorted(moved, key=lambda move: move[0].place))

        return self._command(now, key, asked, act, takes=True)

    # -------------------- transfers
    def send(self, now: datetime, transfer: str, to: UUID, points: int, fee: int) -> tuple[str, Done | None]:
        """Out of here, with the fee beside it: both or neither."""
        first = self.done.get(f"{transfer}:out")
        if first is not None:
            if self.sent[transfer] != (to, points):
                raise Refused("posting_conflict")
            return "replayed", first
        if points + fee > self.seen_at(now).available:
            raise Refused("points_insufficient")
        self.sent[transfer] = (to, points)
        sent = self.spend(now, f"{transfer}:out", points, "transfer_out", now)
        self.spend(now, f"{transfer}:fee", fee, "spend", now)
        return sent

    def get_back(self, now: datetime, transfer: str, parcels: tuple[Parcel, ...], fee: int, sent_at: datetime) -> None:
        """What could not be received, with the days it had, and the fee."""
        self.receive(now, f"{transfer}:back", parcels, sent_at)
        self.give_back(now, f"{transfer}:fee_back", f"{transfer}:fee", fee, sent_at, least_days=0)


def parcels_of(sent: Done) -> tuple[Parcel, ...]:
    """What a transfer has on its way."""
    return tuple((points, lot.day, None) for lot, points in sent.took)


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
    """One member's account of growth: it is only added up, and what a claw-back does not find is owed."""

    net: int = 0
    used: bool = False
    done: dict[str, Done] = field(default_factory=dict)

    def act(self, key: str, way: str, points: int) -> tuple[str, Done]:
        if key in self.done:
            return "replayed", self.done[key]
        if way == "spend":
            raise Refused("book_not_spendable")
        moved = points if way == "earn" else -points
        self.used = True
        owed = max(-self.net, 0)
        self.net += moved
        self.done[key] = Done(way, (), moved, moved, debt=max(-self.net, 0) - owed)
        return "posted", self.done[key]
