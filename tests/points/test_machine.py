"""Random histories of every command against the plain model (PTS-14), through the general door on the real database.

HUIXIANG_LEDGER_STEPS says how many commands and jumps in time, HUIXIANG_LEDGER_SEED from which seed on. Both are
printed.
An example is one transaction that is rolled back, with two members of its own.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
import uvloop
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.model import (
    GROWTH,
    POINTS,
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
    Spend,
)
from tests.points.machine import (
    EXAMPLES_A_ROUND,
    START,
    STEPS_AN_EXAMPLE,
    LedgerGround,
    Model,
    World,
    cap_of,
    limits_of,
)
from tests.points.model_ledger import GAVE, TOOK

member = st.sampled_from([0, 0, 0, 1])
amount = st.integers(1, 60)
pick = st.integers(0, 9)
lifetimes = st.sampled_from([0, 1, 2, 5, 29, 31, 45, 90, None])
causes = st.sampled_from(["sign_in", "share"])
policies = st.sampled_from([ClawBackPolicy.DEBT, *ClawBackPolicy])


class LedgerMachine(LedgerGround):
    @rule(who=member, points=amount, days=lifetimes, ripe=st.sampled_from([None, None, 0, 1, 7]), gift=st.booleans())
    def earn(self, who: int, points: int, days: int | None, ripe: int | None, *, gift: bool) -> None:
        source = self.source()
        until = self.day(days)
        ripe_at = None if ripe is None else self.now + timedelta(days=ripe, hours=1)
        kind = "adjust" if gift else "earn"
        self.keys[who].append(source.key)

        def build(points: int) -> tuple[Model, Command]:
            return (
                lambda ledger, now: ledger.earn(
                    now, source.key, points, source.cause, source.occurred_at, until, ripe_at, (), kind
                ),
                Credit(
                    member_id=self.members[who], book=POINTS, points=points, source=source, expires_on=until,
                    matures_at=ripe_at, kind=kind,  # type: ignore[arg-type]
                ),
            )  # fmt: skip

        self.do(who, build, points)

    @rule(who=member, points=amount, cause=causes, late=st.sampled_from([0, 0, 0, 0, 1, 2, 8, 35, 70]))
    def earn_capped(self, who: int, points: int, cause: str, late: int) -> None:
        source = self.source(cause, self.now - timedelta(days=late))
        limits = limits_of(cause, source.occurred_at)
        until = self.day(60)
        self.keys[who].append(source.key)

        def build(points: int) -> tuple[Model, Command]:
            return (
                lambda ledger, now: ledger.earn(
                    now, source.key, points, cause, source.occurred_at, until, None, tuple(limit for _, limit in limits)
                ),
                Credit(
                    member_id=self.members[who], book=POINTS, points=points, source=source, expires_on=until,
                    caps=tuple(cap_of(*limit) for limit in limits),
                ),
            )  # fmt: skip

        self.do(who, build, points)
        done = self.models[who].done.get(source.key)
        if done and done.points < done.requested:
            World.reached["cut by a cap" if done.points else "cut to nothing"] += 1
            World.reached["late and cut"] += late > 0

    @rule(who=member, parcels=st.lists(st.tuples(amount, lifetimes), min_size=1, max_size=3))
    def receive(self, who: int, parcels: list[tuple[int, int | None]]) -> None:
        source = self.source()
        self.keys[who].append(source.key)

        def build(points: int) -> tuple[Model, Command]:
            kept = tuple((part + points, self_day) for (part, _), self_day in zip(parcels, days, strict=True))
            return (
                lambda ledger, now: ledger.receive(now, source.key, kept, source.occurred_at),
                Receive(
                    member_id=self.members[who], book=POINTS, source=source,
                    parcels=tuple(Parcel(*parcel) for parcel in kept),
                ),
            )  # fmt: skip

        days = [self.day(lifetime) for _, lifetime in parcels]
        self.do(who, build, 0)

    @rule(who=member, points=amount, kind=st.sampled_from(["spend", "transfer_out", "adjust", "merged_out"]))
    def spend(self, who: int, points: int, kind: str) -> None:
        source = self.source()
        points = self.at_most(self.models[who].seen_at(self.now).available, points)
        self.keys[who].append(source.key)

        def build(points: int) -> tuple[Model, Command]:
            return (
                lambda ledger, now: ledger.spend(now, source.key, points, kind, source.occurred_at),
                Spend(member_id=self.members[who], book=POINTS, points=points, source=source, kind=kind),  # type: ignore[arg-type]
            )

        self.do(who, build, points)

    @rule(who=member, points=amount, minutes=st.sampled_from([15, 15, 60 * 24, 60 * 24 * 12, None]))
    def hold(self, who: int, points: int, minutes: int | None) -> None:
        source, hold_id = self.source(), new_id()
        points = self.at_most(self.models[who].seen_at(self.now).available, points)
        until = None if minutes is None else self.now + timedelta(minutes=minutes)
        self.holds[who].append(hold_id)
        self.keys[who].append(f"hold:{hold_id}")

        def build(points: int) -> tuple[Model, Command]:
            return (
                lambda ledger, now: ledger.hold(now, hold_id, points, until, source.occurred_at),
                Hold(
                    member_id=self.members[who], book=POINTS, points=points, source=source, hold_id=hold_id,
                    expires_at=until,
                ),
            )  # fmt: skip

        self.do(who, build, points)

    @rule(who=member, which=pick, share=st.sampled_from(["all", "all", "half", "none", "more"]))
    def capture(self, who: int, which: int, share: str) -> None:
        if not self.models[who].holds and which < 6:
            self.hold(who, which + 10, None)
        self.capture_hold(who, self.a_hold(who, which), share)

    def capture_hold(self, who: int, hold_id: UUID, share: str) -> None:
        source = self.source()
        made = self.models[who].done.get(f"hold:{hold_id}")
        held = made.held if made else 10
        points = {"all": held, "half": held // 2, "none": 0, "more": held + 1}[share]
        self.keys[who].append(source.key)
        late = bool(made and made.finished_by == "release")

        def build(points: int) -> tuple[Model, Command]:
            return (
                lambda ledger, now: ledger.capture(now, source.key, hold_id, points, source.occurred_at),
                Capture(member_id=self.members[who], book=POINTS, points=points, source=source, hold_id=hold_id),
            )

        self.do(who, build, points)
        if done := self.models[who].done.get(source.key):
            World.reached[f"capture {share}{' late' if late else ''}"] += 1
            World.reached["short"] += done.points > done.requested

    @rule(who=member, which=pick)
    def release(self, who: int, which: int) -> None:
        if not self.models[who].holds and which < 6:
            self.hold(who, which + 10, None)
        self.release_hold(who, self.a_hold(who, which))

    def release_hold(self, who: int, hold_id: UUID) -> None:
        source = self.source()
        lots = len(self.models[who].lots)

        def build(_: int) -> tuple[Model, Command]:
            return (
                lambda ledger, now: ledger.release(now, source.key, hold_id, source.occurred_at),
                Release(member_id=self.members[who], book=POINTS, source=source, hold_id=hold_id),
            )

        self.do(who, build, 0)
        if done := self.models[who].done.get(source.key):
            World.reached["released past its day"] += len(self.models[who].lots) > lots
            World.reached["a release paid a debt"] += done.debt < 0

    @rule(who=member, which=pick, points=amount)
    def give_back(self, who: int, which: int, points: int) -> None:
        if which < 6 and not any(self.left_of(who, key, TOOK) for key in self.keys[who]):
            self.spend(who, points, "spend")
        origin = self.a_key(who, which, TOOK)
        self.give_back_of(who, origin, self.at_most(self.left_of(who, origin, TOOK), points))

    def give_back_of(self, who: int, origin: str, points: int) -> None:
        source = self.source()
        self.keys[who].append(source.key)

        def build(points: int) -> tuple[Model, Command]:
            return (
                lambda ledger, now: ledger.give_back(now, source.key, origin, points, source.occurred_at),
                Return(member_id=self.members[who], book=POINTS, points=points, source=source, origin_key=origin),
            )

        self.do(who, build, points)
        if done := self.models[who].done.get(source.key):
            World.reached["returned as a new lot" if done.gave else "returned into its lot"] += 1
            World.reached["a return paid a debt"] += done.debt < 0

    @rule(who=member, which=pick, points=amount, policy=policies, free=st.booleans())
    def claw_back(self, who: int, which: int, points: int, policy: ClawBackPolicy, *, free: bool) -> None:
        """Some deduct, and take back nothing in particular."""
        origin = None if free and which > 4 else self.a_key(who, which, GAVE)
        self.claw_back_from(who, origin, self.at_most(self.left_of(who, origin, GAVE), points), policy)

    def claw_back_from(self, who: int, origin: str | None, points: int, policy: ClawBackPolicy) -> None:
        source = self.source()
        self.keys[who].append(source.key)

        def build(points: int) -> tuple[Model, Command]:
            return (
                lambda ledger, now: ledger.claw_back(now, source.key, origin, points, policy, source.occurred_at),
                ClawBack(
                    member_id=self.members[who], book=POINTS, points=points, source=source, origin_key=origin,
                    policy=policy,
                ),
            )  # fmt: skip

        self.do(who, build, points)
        if done := self.models[who].done.get(source.key):
            World.reached[f"claw-back {policy}"] += 1
            World.reached[f"claw-back {policy} short"] += abs(done.points) + done.lapsed < points
            World.reached["lapsed"] += done.lapsed > 0
            World.reached["a debt"] += done.debt > 0

    @rule(points=amount, way=st.sampled_from(["earn", "earn", "claw_back", "spend"]))
    def growth(self, points: int, way: str) -> None:
        source = self.source()
        self.history[0].append((lambda _: (lambda _, __: self.tally.act(source.key, way, points), command), 0))
        of: dict[str, Any] = {"member_id": self.members[0], "book": GROWTH, "points": points, "source": source}
        command: Command
        if way == "earn":
            command = Credit(**of)
        elif way == "spend":
            command = Spend(**of)
        else:
            command = ClawBack(**of, origin_key=None)
        self.ask(0, *self.history[0][-1])

    @rule(who=member, points=amount, share=st.sampled_from(["all", "half", "none"]), minutes=st.integers(14, 16))
    def capture_late(self, who: int, points: int, share: str, minutes: int) -> None:
        """About the time that the hold ends, and others may have taken what it freed."""
        self.hold(who, points, 15)
        hold_id = self.holds[who][-1]
        self.wait(timedelta(minutes=minutes))
        self.spend(who, 57, "spend")
        self.capture_hold(who, hold_id, share)

    @rule(
        who=member, points=amount, days=st.integers(0, 3), waited=st.integers(0, 5), minutes=st.sampled_from([15, None])
    )
    def outlive(self, who: int, points: int, days: int, waited: int, minutes: int | None) -> None:
        """A hold and its lot end about the same time, in either order; sometimes beside a debt."""
        self.earn(who, points, days, None, gift=False)
        earned = self.keys[who][-1]
        self.hold(who, points, minutes)
        hold_id = self.holds[who][-1]
        if waited % 2:
            self.claw_back_from(who, earned, points, ClawBackPolicy.DEBT)
        self.wait(timedelta(days=waited))
        self.release_hold(who, hold_id)

    @rule(who=member, points=amount, days=st.sampled_from([20, 40]), back=amount, twice=st.booleans())
    def refund(self, who: int, points: int, days: int, back: int, *, twice: bool) -> None:
        """What was earned is taken back when it is spent, and what it was spent on comes back after that."""
        self.earn(who, points, days, None, gift=False)
        earned = self.keys[who][-1]
        self.spend(who, points, "spend")
        spent = self.keys[who][-1]
        self.claw_back_from(who, earned, points, ClawBackPolicy.DEBT)
        self.give_back_of(who, spent, min(back, points))
        for build, asked in self.history[who][-2:] if twice else ():
            self.ask(who, build, asked)

    @rule(who=member, which=pick, other=st.booleans())
    def again(self, who: int, which: int, *, other: bool) -> None:
        """A retry; or the same key with other content."""
        if self.history[who]:
            build, points = self.history[who][-1 - which % len(self.history[who])]
            self.ask(who, build, points + other)

    @rule(count=st.integers(1, 9))
    def gather(self, count: int) -> None:
        """What follows goes to the ledger as one batch."""
        self.together = max(self.together, count)

    @rule(
        jump=st.one_of(
            st.integers(1, 50).map(lambda n: timedelta(minutes=n)),
            st.integers(1, 40).map(lambda n: timedelta(hours=n)),
            st.sampled_from([1, 1, 2, 2, 3, 7, 14, 31, 62, 400]).map(lambda n: timedelta(days=n)),
        )
    )
    def wait(self, jump: timedelta) -> None:
        self.settle_accounts()
        self.now += jump
        self.tx.now = self.now
        World.reached["wait"] += 1

    @rule(who=member)
    def sweep(self, who: int) -> None:
        self.settle_accounts()
        told = self.models[who].settle(self.now)
        outcomes = World.runner.run(self.post([Settle(member_id=self.members[who], book=POINTS)]))
        assert isinstance(outcomes[0], Outcome)
        assert [posting.kind for posting in outcomes[0].settled] == told
        for kind in told:
            World.reached[f"swept {kind}"] += 1
        World.runner.run(self.compare({who}))


REACHED = {
    *(f"{name} posted" for name in ("Credit", "Receive", "Spend", "Hold", "Capture", "Release", "Return", "ClawBack")),
    *(
        f"{name} replayed"
        for name in ("Credit", "Receive", "Spend", "Hold", "Capture", "Release", "Return", "ClawBack")
    ),
    *("cut by a cap", "cut to nothing", "late and cut", "short", "released past its day", "a release paid a debt"),
    *("capture all", "capture half", "capture none", "capture all late", "capture half late", "capture none late"),
    *("returned as a new lot", "returned into its lot", "a return paid a debt", "lapsed", "a debt", "together", "wait"),
    *("claw-back debt", "claw-back cash", "claw-back cash short", "claw-back pending_only"),
    *("claw-back pending_only short", "swept release", "swept mature", "swept expire", "unswept"),
    *("points_insufficient", "hold_unknown", "hold_finished", "capture_exceeds_hold", "posting_origin_unknown"),
    *("posting_exceeds_origin", "posting_conflict", "book_not_spendable"),
}


@pytest.mark.requirement("PTS-04")
@pytest.mark.requirement("PTS-07")
@pytest.mark.requirement("PTS-10")
@pytest.mark.requirement("PTS-12")
@pytest.mark.requirement("PTS-14")
def test_any_history_agrees_with_the_model(database_url: str) -> None:
    steps = int(os.environ.get("HUIXIANG_LEDGER_STEPS", "20000"))
    first_seed = int(os.environ.get("HUIXIANG_LEDGER_SEED", "1"))
    World.reached = Counter()
    rounds = 0
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as World.runner:
        calendar, clock = BusinessCalendar("Asia/Shanghai"), SettableClock(START)
        World.db = World.runner.run(Database.open(database_url, calendar=calendar, clock=clock, max_size=1))
        try:
            while made() < steps:
                play(first_seed + rounds)
                rounds += 1
        finally:
            World.runner.run(World.db.close())
    print(f"ledger machine: {made()} steps, {rounds} seeds from {first_seed} on")  # noqa: T201
    print(msgspec.json.format(msgspec.json.encode(World.reached, order="sorted")).decode())  # noqa: T201
    assert sorted(name for name in REACHED if not World.reached[name]) == []


def play(number: int) -> None:
    """A round of examples from one seed."""
    print(f"ledger machine: seed {number}, after {made()} steps", flush=True)  # noqa: T201
    budget = settings(
        max_examples=EXAMPLES_A_ROUND,
        stateful_step_count=STEPS_AN_EXAMPLE,
        derandomize=False,
    )
    run_state_machine_as_test(seed(number)(LedgerMachine), settings=budget)


def made() -> int:
    """Commands and jumps in time so far."""
    verdicts = ("posted", "replayed", "refused", "nothing")
    return World.reached["wait"] + sum(
        times for name, times in World.reached.items() if name.rpartition(" ")[2] in verdicts
    )
