"""Random histories of every command against the plain model (PTS-14), through the general door on the real database.

HUIXIANG_TEST_LEDGER_STEPS says how many commands and jumps in time (20,000, unless fewer are asked for on another
server), HUIXIANG_TEST_LEDGER_SEED from which seed on. Both are printed.
An example is one transaction that is rolled back, with two members of its own.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from datetime import timedelta
from itertools import cycle
from uuid import UUID

import msgspec
import pytest
import uvloop
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points.model import ClawBackPolicy
from huixiang.points.service.sweep import Due
from huixiang.rulebook import service as rulebook
from tests.points.machine import EXAMPLES_A_ROUND, MEMBERS, START, STEPS_AN_EXAMPLE, World
from tests.points.machine_commands import LASTING, amount, member, pick
from tests.points.machine_movement import FEE, LedgerMovement
from tests.points.model_account import day_of
from tests.points.test_transfer import RULES
from tests.support.programme import load_programme, register_members


class LedgerMachine(LedgerMovement):
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

    @rule(
        who=member, points=amount, policy=st.sampled_from(sorted(LASTING)), held=st.booleans(),
        due=st.sampled_from([None, *Due]),
    )  # fmt: skip
    def live_through(self, who: int, points: int, policy: str, due: Due | None, *, held: bool) -> None:
        """Something expires, something matures and a hold may end, and nobody comes by until a sweep does."""
        until = self.credit_lasting(who, points, policy)
        self.credit(who, points, self.day(900), self.now + timedelta(days=1))
        if held:
            self.hold(who, points, 15)
        self.wait(min(until - day_of(self.now), timedelta(days=700)) + timedelta(days=1))
        if due is None:
            self.sweep(who)
        else:
            self.sweep_chunk(due)

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


COMMANDS = ("Credit", "Receive", "Spend", "Hold", "Capture", "Release", "Return", "ClawBack", "Clear", "MoveOut")
ENOUGH = 20_000  # steps of a run of CI, in which everything below is reached
REACHED = {
    *(f"{name} {verdict}" for name in COMMANDS for verdict in ("posted", "replayed")),
    *("Clear nothing", "cut by a cap", "cut to nothing", "late and cut", "short", "together", "wait", "unswept"),
    *("capture all", "capture half", "capture none", "capture all late", "capture half late", "capture none late"),
    *("released past its day", "a release paid a debt", "returned as a new lot", "returned into its lot"),
    *("a return paid a debt", "lapsed", "a debt", "claw-back debt", "claw-back cash", "claw-back cash short"),
    *("claw-back pending_only", "claw-back pending_only short", "swept release", "swept mature", "swept expire"),
    *(f"expired {policy}" for policy in LASTING if policy != "never"),
    *("expiry sweep did expire", "expiry sweep did mature", "expiry sweep left expire", "expiry sweep left release"),
    *("maturity sweep did mature", "maturity sweep did expire", "maturity sweep left mature"),
    *("holds sweep left release", "holds sweep left mature", "holds sweep left expire"),
    *("transfer posted", "transfer replayed", "transfer points_insufficient", "transfer posting_conflict"),
    *("transfer arrived at 0", "transfer arrived at 1", "transfer came back"),
    *("points_insufficient", "hold_unknown", "hold_finished", "capture_exceeds_hold", "posting_origin_unknown"),
    *("posting_exceeds_origin", "posting_conflict", "book_not_spendable"),
}


@pytest.mark.requirement("PTS-09")
@pytest.mark.requirement("PTS-11")
@pytest.mark.requirement("PTS-04")
@pytest.mark.requirement("PTS-07")
@pytest.mark.requirement("PTS-10")
@pytest.mark.requirement("PTS-12")
@pytest.mark.requirement("PTS-14")
def test_any_history_agrees_with_the_model(database_url: str) -> None:
    steps = int(os.environ.get("HUIXIANG_TEST_LEDGER_STEPS", ENOUGH))
    first_seed = int(os.environ.get("HUIXIANG_TEST_LEDGER_SEED", "1"))
    World.reached = Counter()
    rounds = 0
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as World.runner:
        calendar, clock = BusinessCalendar("Asia/Shanghai"), SettableClock(START)
        World.db = World.runner.run(Database.open(database_url, calendar=calendar, clock=clock, max_size=1))
        try:
            World.members = cycle(World.runner.run(grounded(World.db)))
            while made() < steps:
                play(first_seed + rounds)
                rounds += 1
        finally:
            World.runner.run(World.db.close())
    print(f"ledger machine: {made()} steps, {rounds} seeds from {first_seed} on")  # noqa: T201
    print(msgspec.json.format(msgspec.json.encode(World.reached, order="sorted")).decode())  # noqa: T201
    if steps >= ENOUGH:
        assert sorted(name for name in REACHED if not World.reached[name]) == []


async def grounded(db: Database) -> list[UUID]:
    """Registered members who may send as much as they like."""
    await load_programme(db)
    unlimited = {
        "min_points": 1, "max_points": 10**9, "daily_points": 10**9, "monthly_points": 10**9, "fee_points": FEE,
        "fee_bp": 0, "waiting_days": 0,
    }  # fmt: skip
    async with db.transaction() as tx:
        await rulebook.publish(tx, "transfer", "default", RULES | unlimited, tx.now, "test", "test")
    return await register_members(db, MEMBERS * EXAMPLES_A_ROUND)


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
        times
        for name, times in World.reached.items()
        if name.rpartition(" ")[2] in verdicts or name.startswith("transfer ") or " sweep " in name
    )
