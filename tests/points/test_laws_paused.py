"""Credits that wait behind a pause, and the journal (PTS-23).

Random histories against the plain model: a paused credit is one that is never spendable until it is released, and a
voided one is taken back. After each step the laws of the data hold.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database, Transaction
from huixiang.points import service
from huixiang.points.model import (
    NEVER,
    POINTS,
    Capture,
    ClawBack,
    Credit,
    Hold,
    NewPause,
    Parcel,
    Receive,
    Release,
    Return,
    Source,
    Spend,
    Verdict,
)
from huixiang.points.model.breaker import PAUSED, Pause, PausedKey
from huixiang.points.model.errors import CausePaused
from huixiang.points.rules.pauses import admit
from huixiang.points.service import breaker, pauses
from tests.points.model_ledger import Ledger
from tests.points.rules_ground import laws_hold

CAUSES = ("sign_in", "share", "order")


class Waiting:
    """A member's past under pauses, with the model beside it."""

    def __init__(self, member: UUID, clock: SettableClock, seed: int) -> None:
        self.member = member
        self.paper = Ledger()
        self.waits: dict[str, tuple[UUID, datetime | None]] = {}  # pause, and when it would be spendable
        self.released: dict[str, datetime] = {}
        self.decided: set[str] = set()
        self.pauses: dict[str, Pause] = {}
        self._clock = clock
        self._chance = random.Random(seed)
        self._number = 0

    @property
    def now(self) -> datetime:
        return self._clock.now()

    async def step(self, tx: Transaction) -> str:
        way = self._chance.choice(
            [self.earn, self.earn, self.earn, self.refund, self.spend, self.toggle, self.judge, self.judge, self.clear]
        )
        await way(tx)
        return way.__name__

    async def earn(self, tx: Transaction) -> None:
        cause, points = self._chance.choice(CAUSES), self._chance.randint(1, 90)
        due_at = self._chance.choice([None, self.now + timedelta(days=3)])
        source = self._source(cause)
        paused = self.pauses.get(cause)
        credit = Credit(member_id=self.member, book=POINTS, points=points, source=source, matures_at=due_at)
        await service.post(tx, [credit])
        self.paper.earn(self.now, source.key, points, cause, self.now, NEVER, PAUSED if paused else due_at)
        if paused:
            self.waits[source.key] = (paused.pause_id, due_at)

    async def refund(self, tx: Transaction) -> None:
        """Some of an earning is taken back, whatever became of it."""
        if key := self._some_earning():
            points = self._chance.randint(1, self._left(key))
            source = self._source("refund")
            command = ClawBack(member_id=self.member, book=POINTS, points=points, source=source, origin_key=key)
            await service.post(tx, [command])
            self.paper.claw_back(self.now, source.key, key, points, "debt", self.now)

    async def spend(self, tx: Transaction) -> None:
        available = self.paper.seen_at(self.now).available
        if available:
            points = self._chance.randint(1, available)
            source = self._source("till")
            await service.post(tx, [Spend(member_id=self.member, book=POINTS, points=points, source=source)])
            self.paper.spend(self.now, source.key, points, "spend", self.now)

    async def toggle(self, tx: Transaction) -> None:
        cause = self._chance.choice(CAUSES)
        if paused := self.pauses.pop(cause, None):
            await breaker.resume(tx, paused.pause_id, "staff:a", "seen")
        else:
            self.pauses[cause] = await breaker.pause(tx, NewPause(side="issue", cause=cause, reason="odd"), "staff:a")

    async def judge(self, tx: Transaction) -> None:
        """Some that wait behind one pause, and one that does not or no longer does, which is passed over."""
        if not self.waits:
            return
        pause_id = self._chance.choice(sorted({pause_id for pause_id, _ in self.waits.values()}))
        keys = [key for key, (of, _) in self.waits.items() if of == pause_id]
        chosen = self._chance.sample(keys, self._chance.randint(1, len(keys)))
        decision = self._chance.choice(["release", "void"])
        asked = [*chosen, *sorted(self.decided)[:1]]
        verdict = Verdict(decision=decision, reason="seen", credits=[PausedKey(self.member, key) for key in asked])  # type: ignore[arg-type]
        assert (await breaker.judge(tx, pause_id, verdict, "staff:b")).decided == len(chosen)
        for key in sorted(chosen):
            _, due_at = self.waits.pop(key)
            self.decided.add(key)
            if decision == "void":
                if left := self._left(key):
                    self.paper.claw_back(self.now, f"void:{key}", key, left, "debt", self.now)
            elif due_at is None or due_at <= self.now:
                self.paper.clear(self.now, f"clear:{key}", key, self.now)
            else:
                self.released[key] = due_at

    async def clear(self, tx: Transaction) -> None:
        due = {key: at for key, at in self.released.items() if at <= self.now}
        assert await breaker.clear_due(tx, 100) == len(due)
        for key in due:
            del self.released[key]
            self.paper.clear(self.now, f"clear:{key}", key, self.now)

    def _some_earning(self) -> str | None:
        earned = [key for key, done in self.paper.done.items() if done.kind == "earn" and self._left(key)]
        return self._chance.choice(earned) if earned else None

    def _left(self, key: str) -> int:
        done = self.paper.done[key]
        return done.points - done.reversed

    def _source(self, cause: str) -> Source:
        self._number += 1
        return Source(key=f"{self._number}", cause=cause, counter_account=f"issued:{cause}", occurred_at=self.now)


@pytest.mark.requirement("PTS-23")
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_paused_credits_are_what_the_journal_has_waiting(seed: int, db: Database, clock: SettableClock) -> None:
    pauses.forget()
    past = Waiting(new_id(), clock, seed)
    done = set[str]()
    for _ in range(80):
        async with db.transaction() as tx:
            done.add(await past.step(tx))
        async with db.snapshot() as tx:
            await laws_hold(tx)
            seen = past.paper.seen_at(past.now).figures()
            read = await service.balance(tx, past.member, POINTS)
            assert {name: getattr(read, name) for name in seen} == seen
            rows = await tx.fetch("SELECT key FROM points.paused_credit WHERE state = 'waiting'")
            assert {row["key"] for row in rows} == past.waits.keys()
        clock.advance(timedelta(hours=random.Random(f"{seed}{past.now}").randint(0, 20)))
        pauses.forget()
    assert done == {"earn", "refund", "spend", "toggle", "judge", "clear"}
    assert past.decided
    pauses.forget()


PAUSES = tuple(
    Pause(
        pause_id=new_id(), asset="points", side=side, cause="till", rule=None, place=None, reason="odd",
        started_at=PAUSED, started_by="staff:a",
    )
    for side in ("issue", "burn")
)  # fmt: skip


@pytest.mark.requirement("PTS-23")
@pytest.mark.parametrize(
    ("command", "becomes"),
    [
        (Credit, "pending"),
        (Spend, "refused"),
        (Hold, "refused"),
        (Capture, "posted"),
        (Release, "posted"),
        (Receive, "posted"),
        (Return, "posted"),
        (ClawBack, "posted"),
    ],
)
def test_a_pause_stops_what_begins_and_lets_end_what_began(command: Any, becomes: str) -> None:
    """What is earned waits and what would be spent is refused. What was set aside before is captured, or checkout would
    not go on; what comes from another account or comes back was issued before, and would be lost on its way."""
    more: dict[Any, dict[str, Any]] = {
        Credit: {"points": 5},
        Spend: {"points": 5},
        Hold: {"points": 5, "hold_id": PAUSES[0].pause_id, "expires_at": None},
        Capture: {"points": 5, "hold_id": PAUSES[0].pause_id},
        Release: {"hold_id": PAUSES[0].pause_id},
        Receive: {"parcels": (Parcel(5, NEVER),)},
        Return: {"points": 5, "origin_key": "a"},
        ClawBack: {"points": 5, "origin_key": None},
    }
    source = Source(key="k", cause="till", counter_account="till", occurred_at=PAUSED)
    asked = command(member_id=PAUSES[0].pause_id, book=POINTS, source=source, **more[command])
    if becomes == "refused":
        with pytest.raises(CausePaused):
            admit(PAUSES, asked)
        return
    admitted = admit(PAUSES, asked)
    assert getattr(admitted, "matures_at", None) == (PAUSED if becomes == "pending" else None)
    assert (admitted == asked) is (becomes == "posted")
