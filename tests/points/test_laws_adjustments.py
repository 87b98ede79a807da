"""Adjustments by staff, and the journal (PTS-13): random histories against the plain model."""

from __future__ import annotations

import random
from collections.abc import Awaitable
from datetime import date, timedelta
from uuid import UUID

import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform.access import StaffPrincipal
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.points import service
from huixiang.points.handlers import SUBSCRIPTIONS
from huixiang.points.model import NEVER, POINTS, Adjustment, NewAdjustment
from huixiang.points.service import adjust
from huixiang.staff.model.approvals import Decision
from huixiang.staff.service.approvals import decide
from tests.points.model_ledger import Ledger
from tests.points.rules_ground import laws_hold
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("PTS-13")
THRESHOLD = 1000  # of the shipped rules
DECIDED = [one for one in SUBSCRIPTIONS if one.name == "points.approvals"]


class Desk:
    """Three people who adjust one member's points and check one another, and what the model says of it."""

    def __init__(self, db: Database, clock: SettableClock, member: UUID, seed: int) -> None:
        self.paper = Ledger()
        self.states: set[str] = set()
        self._db, self._clock, self._member = db, clock, member
        self._chance = random.Random(seed)
        self._staff = [new_id() for _ in range(3)]
        self._moved: dict[tuple[UUID, date], int] = {}
        self._waiting: dict[UUID, tuple[UUID, NewAdjustment]] = {}

    async def step(self) -> None:
        by = self._chance.choice(self._staff)
        if self._waiting and self._chance.random() < 0.4:
            await self._decide(by)
        else:
            await self._request(by)

    async def _request(self, by: UUID) -> None:
        asked = self._some()
        today = (by, self._db.calendar.day(self._clock.now()))
        above = self._moved.get(today, 0) + abs(asked.points) > THRESHOLD
        made = await self._answer(adjust_request(self._db, self._member, asked, by))
        if not above and self._lacks(asked):
            assert made == "points_insufficient"
        elif above:
            assert isinstance(made, Adjustment)
            assert made.state == "waiting"
            self._waiting[made.adjustment_id] = (by, asked)
        else:
            assert isinstance(made, Adjustment)
            assert made.state == "posted"
            self._moved[today] = self._moved.get(today, 0) + abs(asked.points)
            self._post(made.adjustment_id, asked)

    async def _decide(self, by: UUID) -> None:
        adjustment_id, (maker, asked) = self._chance.choice(list(self._waiting.items()))
        approve = self._chance.random() < 0.7
        made = await self._answer(adjust_decide(self._db, self._member, adjustment_id, by, approve=approve))
        if maker == by:
            assert made == "approval_own"
            return
        assert isinstance(made, Adjustment)
        del self._waiting[adjustment_id]
        if not approve:
            assert made.state == "refused"
        elif self._lacks(asked):
            assert (made.state, made.note) == ("failed", "points_insufficient")
        else:
            assert (made.state, made.checked_by) == ("posted", by)
            self._post(adjustment_id, asked)

    async def _answer(self, asked: Awaitable[Adjustment]) -> Adjustment | str:
        try:
            made = await asked
        except DomainError as refusal:
            self.states.add(refusal.code)
            return refusal.code
        self.states.add(f"{made.ground} {made.state}")
        return made

    def _lacks(self, asked: NewAdjustment) -> bool:
        """A correction takes what is there; a breach is owed."""
        return asked.ground == "correction" and -asked.points > self.paper.available

    def _post(self, adjustment_id: UUID, asked: NewAdjustment) -> None:
        now, key, points = self._clock.now(), f"adjustment:{adjustment_id}", abs(asked.points)
        if asked.ground == "breach":
            self.paper.claw_back(now, key, None, points, "debt", now)
        elif asked.points < 0:
            self.paper.spend(now, key, points, "adjust", now)
        else:
            self.paper.earn(now, key, points, asked.ground, now, NEVER, kind="adjust")

    def _some(self) -> NewAdjustment:
        ground = self._chance.choice(["goodwill", "correction", "breach"])
        most = self._chance.choice([400, 400, 1500])
        sign = {"goodwill": 1, "correction": self._chance.choice([1, -1]), "breach": -1}[ground]
        return NewAdjustment(points=sign * self._chance.randint(1, most), ground=ground, reason="till was down")  # type: ignore[arg-type]


async def adjust_request(db: Database, member: UUID, asked: NewAdjustment, by: UUID) -> Adjustment:
    async with db.transaction() as tx:
        return await adjust.request(tx, member, asked, by)


async def adjust_decide(db: Database, member: UUID, adjustment_id: UUID, by: UUID, *, approve: bool) -> Adjustment:
    """Decide, and let the relay run what was approved."""
    decision = Decision(decision="approve" if approve else "refuse", note="seen")
    async with db.transaction() as tx:
        await decide(tx, adjustment_id, decision, StaffPrincipal(by, frozenset({"points:approve"})))
    await Relay(db, DECIDED).drain()
    async with db.transaction() as tx:
        listed = (await adjust.list_adjustments(tx, member, None, None, 200)).items
    [found] = [one for one in listed if one.adjustment_id == adjustment_id]
    return found


@pytest.mark.parametrize("seed", [1, 2])
async def test_adjustments_are_what_the_journal_says_they_are(seed: int, db: Database, clock: SettableClock) -> None:
    await load_programme(db)
    [member] = await register_members(db, 1)
    desk = Desk(db, clock, member, seed)
    for step in range(60):
        await desk.step()
        async with db.snapshot() as tx:
            await laws_hold(tx)
            read = await service.balance(tx, member, POINTS)
            assert {name: getattr(read, name) for name in desk.paper.figures()} == desk.paper.figures()
        clock.advance(timedelta(hours=7 * step % 9))
    assert desk.states >= {"goodwill posted", "goodwill waiting", "breach posted", "approval_own"}
    assert desk.states >= {"points_insufficient", "correction posted"}
    assert any(state.endswith(" refused") for state in desk.states)
