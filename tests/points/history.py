"""Random histories of a few members over some weeks, posted as the program posts: the ground of tests of finance."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.model import (
    GROWTH,
    POINTS,
    Cap,
    Capture,
    ClawBack,
    ClawBackPolicy,
    Command,
    Credit,
    Hold,
    Outcome,
    Parcel,
    Receive,
    Release,
    Return,
    Settle,
    Source,
    Spend,
)

CALENDAR = BusinessCalendar("Asia/Shanghai")
EARNINGS = (("consumption", None), ("campaign", "spring"), ("campaign", "autumn"), ("sign_in", None))


class History:
    """Lives a random past on a database; refusals are part of it."""

    def __init__(self, db: Database, clock: SettableClock, seed: int, members: int = 5) -> None:
        self.random = random.Random(seed)
        self.members = [new_id() for _ in range(members)]
        self.kinds: set[str] = set()
        self._db = db
        self._clock = clock
        self._made: list[tuple[UUID, str, str, int]] = []  # member, kind, key, points
        self._holds: list[tuple[UUID, UUID, int]] = []
        self._sent: list[int] = []
        self._number = 0

    async def live(self, steps: int, at_most: timedelta = timedelta(hours=30)) -> None:
        """So many moments, each with a few commands of several members."""
        for _ in range(steps):
            self._clock.advance(at_most * self.random.random())
            await self.post([self._command() for _ in range(self.random.randint(1, 6))])

    async def earn(self) -> None:
        """One credit, now."""
        await self.post([self._earn(self.members[0])])

    async def post(self, commands: list[Command]) -> None:
        async with self._db.transaction() as tx:
            outcomes = await service.try_post(tx, commands)
        for command, outcome in zip(commands, outcomes, strict=True):
            if isinstance(outcome, Outcome):
                self._remember(command, outcome)

    def _remember(self, command: Command, outcome: Outcome) -> None:
        self.kinds |= {posting.kind for posting in outcome.settled}
        posting = outcome.posting
        if posting is None or outcome.replayed:
            return
        self.kinds.add(posting.kind)
        if isinstance(command, Hold):
            self._holds.append((command.member_id, command.hold_id, command.points))
        elif posting.kind == "transfer_out":
            self._sent.append(-posting.points)
        elif posting.book == POINTS.number:
            self._made.append((posting.member_id, posting.kind, posting.key, abs(posting.points)))

    def _command(self) -> Command:
        ways: list[Callable[[UUID], Command]] = [
            self._earn, self._earn, self._earn, self._spend, self._hold, self._hold, self._finish, self._give_back,
            self._take_back, self._deduct, self._adjust, self._send, self._receive, self._growth, self._settle,
        ]  # fmt: skip
        return self.random.choice(ways)(self.random.choice(self.members))

    def _source(self, cause: str, counter_account: str, budget: str | None = None) -> Source:
        self._number += 1
        late = timedelta(hours=self.random.choice([0, 0, 0, 5, 70]))
        return Source(
            key=f"{cause}:{self._number}",
            cause=cause,
            counter_account=counter_account,
            occurred_at=self._now - late,
            budget=budget,
        )

    @property
    def _now(self) -> datetime:
        return self._clock.now()

    def _day(self, days: int) -> date:
        return CALENDAR.day(self._now) + timedelta(days=days)

    def _earn(self, member: UUID) -> Command:
        cause, budget = self.random.choice(EARNINGS)
        source = self._source(cause, f"issued:{cause}", budget)
        month = CALENDAR.month(CALENDAR.day(source.occurred_at))
        assert month.end is not None
        return Credit(
            member_id=member,
            book=POINTS,
            points=self.random.randint(1, 200),
            source=source,
            expires_on=self._day(self.random.choice([3, 10, 40, 400])),
            matures_at=self.random.choice([None, self._now + timedelta(days=4)]),
            caps=(Cap(7, month.start, month.end, 900, ("sign_in",)),) if cause == "sign_in" else (),
        )

    def _spend(self, member: UUID) -> Command:
        source = self._source("checkout", "redeemed:checkout")
        return Spend(member_id=member, book=POINTS, points=self.random.randint(1, 300), source=source)

    def _hold(self, member: UUID) -> Command:
        return Hold(
            member_id=member,
            book=POINTS,
            hold_id=new_id(),
            points=self.random.randint(1, 120),
            source=self._source("checkout", ""),
            expires_at=self.random.choice([None, self._now + timedelta(hours=20)]),
        )

    def _finish(self, member: UUID) -> Command:
        if not self._holds:
            return self._hold(member)
        owner, hold_id, points = self._holds.pop(self.random.randrange(len(self._holds)))
        if self.random.random() < 0.4:
            source = self._source("cancelled", "")
            return Release(member_id=owner, book=POINTS, hold_id=hold_id, source=source)
        source = self._source("checkout", "redeemed:checkout")
        points = self.random.choice([points, points // 2, 0])
        return Capture(member_id=owner, book=POINTS, hold_id=hold_id, points=points, source=source)

    def _give_back(self, member: UUID) -> Command:
        spent = [made for made in self._made if made[1] in {"spend", "capture"}]
        if not spent:
            return self._spend(member)
        owner, _, key, points = self.random.choice(spent)
        source = self._source("refund", "returned:refund")
        return Return(
            member_id=owner, book=POINTS, points=self.random.randint(1, points or 1), origin_key=key, source=source
        )

    def _take_back(self, member: UUID) -> Command:
        earned = [made for made in self._made if made[1] == "earn"]
        if not earned:
            return self._earn(member)
        owner, _, key, points = self.random.choice(earned)
        return ClawBack(
            member_id=owner,
            book=POINTS,
            points=self.random.choice([points, points, points // 2]) or 1,
            origin_key=key,
            source=self._source("refund", "clawed_back:refund"),
            policy=self.random.choice(list(ClawBackPolicy)),
        )

    def _deduct(self, member: UUID) -> Command:
        return ClawBack(
            member_id=member,
            book=POINTS,
            points=self.random.randint(1, 700),
            origin_key=None,
            source=self._source("breach", "clawed_back:breach"),
        )

    def _adjust(self, member: UUID) -> Command:
        source = self._source("goodwill", "adjusted")
        if self.random.random() < 0.5:
            return Spend(member_id=member, book=POINTS, points=self.random.randint(1, 20), source=source, kind="adjust")
        return Credit(member_id=member, book=POINTS, points=self.random.randint(1, 50), source=source, kind="adjust")

    def _send(self, member: UUID) -> Command:
        source = self._source("transfer", "in_transit")
        return Spend(
            member_id=member, book=POINTS, points=self.random.randint(1, 60), source=source, kind="transfer_out"
        )

    def _receive(self, member: UUID) -> Command:
        if not self._sent:
            return self._send(member)
        points = self._sent.pop()
        source = self._source("transfer", "in_transit")
        return Receive(member_id=member, book=POINTS, parcels=(Parcel(points, self._day(9)),), source=source)

    def _growth(self, member: UUID) -> Command:
        source = self._source("consumption", "issued:consumption")
        return Credit(member_id=member, book=GROWTH, points=self.random.randint(1, 10_000), source=source)

    def _settle(self, member: UUID) -> Command:
        return Settle(member_id=member, book=POINTS)
