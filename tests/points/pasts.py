"""Random pasts of the ledger, posted through its general door: what tests of replay and proof look back on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.model import (
    GROWTH,
    NEVER,
    POINTS,
    Capture,
    ClawBack,
    ClawBackPolicy,
    Command,
    Credit,
    Hold,
    Parcel,
    Receive,
    Release,
    Return,
    Settle,
    Source,
    Spend,
)


class Chronicle:
    """Draws commands that make sense often enough, and remembers what it may reverse."""

    def __init__(self, seed: int, members: Sequence[UUID], clock: SettableClock) -> None:
        self._random = random.Random(seed)
        self._members = members
        self._clock = clock
        self._number = 0
        self._earned: list[tuple[UUID, str]] = []
        self._spent: list[tuple[UUID, str]] = []
        self._held: list[tuple[UUID, UUID]] = []

    async def live(self, db: Database, steps: int, *, day_every: int = 12) -> None:
        """So many commands, a few in one transaction; a day or a month passes now and then."""
        left = steps
        while left > 0:
            commands = [self._draw() for _ in range(min(left, self._random.randint(1, 6)))]
            left -= len(commands)
            async with db.transaction() as tx:
                await service.try_post(tx, commands)
            if not self._random.randrange(day_every):
                self._clock.advance(timedelta(days=self._random.choice([1, 1, 1, 2, 40])))
            self._clock.advance(timedelta(seconds=self._random.randint(0, 900)))

    def _draw(self) -> Command:
        self._number += 1
        member = self._random.choice(self._members)
        draws = [self._earn, self._earn, self._receive, self._spend, self._hold, self._end_hold, self._end_hold]
        draws += [self._give_back, self._claw_back, self._claw_back, self._settle, self._grow]
        return self._random.choice(draws)(member)

    def _source(self, cause: str) -> Source:
        fields: dict[str, object] = {"budget": "春", "rule": "earning.default", "rule_version": 3}
        chosen = {name: value for name, value in fields.items() if self._random.random() < 0.5}
        return Source(
            key=f"{cause}:{self._number}",
            cause=cause,
            counter_account=f"issued:{cause}",
            occurred_at=self._clock.now(),
            order_ref=UUID(int=self._number) if self._random.random() < 0.5 else None,
            **chosen,  # type: ignore[arg-type]
        )

    def _points(self) -> int:
        return self._random.choice([1, 3, 20, 75, 200])

    def _earn(self, member: UUID) -> Command:
        now = self._clock.now()
        source = self._source("consumption")
        self._earned.append((member, source.key))
        expires = self._random.choice([NEVER, (now + timedelta(days=self._random.randint(0, 90))).date()])
        matures = self._random.choice([None, None, now + timedelta(days=7)])
        return Credit(
            member_id=member, book=POINTS, points=self._points(), source=source, expires_on=expires, matures_at=matures
        )

    def _receive(self, member: UUID) -> Command:
        days = [self._clock.now().date() + timedelta(days=days) for days in (3, 30)]
        parcels = tuple(Parcel(self._points(), day) for day in days)
        return Receive(member_id=member, book=POINTS, parcels=parcels, source=self._source("gift"))

    def _spend(self, member: UUID) -> Command:
        source = self._source("cash_off")
        self._spent.append((member, source.key))
        return Spend(member_id=member, book=POINTS, points=self._points(), source=source)

    def _hold(self, member: UUID) -> Command:
        hold_id = UUID(int=10**6 + self._number)
        self._held.append((member, hold_id))
        ends = self._random.choice([None, self._clock.now() + timedelta(minutes=15)])
        return Hold(
            member_id=member, book=POINTS, hold_id=hold_id, points=self._points(), source=self._source("checkout"),
            expires_at=ends,
        )  # fmt: skip

    def _end_hold(self, member: UUID) -> Command:
        if not self._held:
            return self._hold(member)
        owner, hold_id = self._random.choice(self._held[-4:])
        if self._random.random() < 0.3:
            return Release(member_id=owner, book=POINTS, hold_id=hold_id, source=self._source("cancelled"))
        source = self._source("captured")
        self._spent.append((owner, source.key))
        return Capture(member_id=owner, book=POINTS, hold_id=hold_id, points=self._points(), source=source)

    def _give_back(self, member: UUID) -> Command:
        if not self._spent:
            return self._spend(member)
        owner, key = self._random.choice(self._spent[-6:])
        return Return(
            member_id=owner, book=POINTS, points=self._points(), origin_key=key, source=self._source("refund_spent")
        )

    def _claw_back(self, member: UUID) -> Command:
        if not self._earned:
            return self._earn(member)
        owner, key = self._random.choice(self._earned[-8:])
        return ClawBack(
            member_id=owner, book=POINTS, points=self._points(), source=self._source("refund"), origin_key=key,
            policy=self._random.choice(list(ClawBackPolicy)),
        )  # fmt: skip

    def _settle(self, member: UUID) -> Command:
        return Settle(member_id=member, book=POINTS)

    def _grow(self, member: UUID) -> Command:
        return Credit(member_id=member, book=GROWTH, points=self._points(), source=self._source("growth"))
