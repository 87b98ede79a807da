"""Each command of the ledger, drawn at random beside the model's: the rules of a history that name one account."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from huixiang.kernel.ids import new_id
from huixiang.points.model import (
    GROWTH,
    NEVER,
    POINTS,
    Capture,
    ClawBack,
    ClawBackPolicy,
    Clear,
    Command,
    Credit,
    Expiry,
    Hold,
    Parcel,
    Receive,
    Release,
    Return,
    Spend,
)
from huixiang.points.model.commands import MoveOut
from huixiang.points.rules.validity import expires_on
from tests.points.machine import LedgerGround, Model, World, cap_of, limits_of
from tests.points.model_account import day_of, last_day
from tests.points.model_ledger import GAVE, TOOK

member = st.sampled_from([0, 0, 0, 1])
amount = st.integers(1, 60)
pick = st.integers(0, 9)
lifetimes = st.sampled_from([0, 1, 2, 5, 29, 31, 45, 90, None])
causes = st.sampled_from(["sign_in", "share"])
policies = st.sampled_from([ClawBackPolicy.DEBT, *ClawBackPolicy])
LASTING = {
    "never": Expiry("never"),
    "year": Expiry("year_end", grace_days=3),
    "next year": Expiry("year_end", years=1),
    "days": Expiry("days", days=12),
    "months": Expiry("months", months=1, grace_days=2),
    "month": Expiry("days", days=9, end_of="month"),
    "quarter": Expiry("months", months=2, end_of="quarter"),
    "end of year": Expiry("months", months=11, end_of="year"),
}
PAPER: dict[str, dict[str, Any]] = {
    "year": {"years": 0, "grace": 3},
    "next year": {"years": 1},
    "days": {"days": 12},
    "months": {"months": 1, "grace": 2},
    "month": {"days": 9, "end_of": "month"},
    "quarter": {"months": 2, "end_of": "quarter"},
    "end of year": {"months": 11, "end_of": "year"},
}


class LedgerCommands(LedgerGround):
    @rule(who=member, points=amount, days=lifetimes, ripe=st.sampled_from([None, None, 0, 1, 7]), gift=st.booleans())
    def earn(self, who: int, points: int, days: int | None, ripe: int | None, *, gift: bool) -> None:
        ripe_at = None if ripe is None else self.now + timedelta(days=ripe, hours=1)
        self.credit(who, points, self.day(days), ripe_at, "adjust" if gift else "earn")

    @rule(who=member, points=amount, policy=st.sampled_from(sorted(LASTING)))
    def earn_lasting(self, who: int, points: int, policy: str) -> None:
        self.credit_lasting(who, points, policy)

    def credit_lasting(self, who: int, points: int, policy: str) -> date:
        """Until when, the rules and the model each reckon from the policy."""
        today = day_of(self.now)
        until = expires_on(LASTING[policy], today)
        assert until == (NEVER if policy == "never" else last_day(today, **PAPER[policy]))
        self.lasting[who, self.credit(who, points, until)] = policy
        return until

    def credit(
        self,
        who: int,
        points: int,
        until: date,
        ripe_at: datetime | None = None,
        kind: Literal["earn", "adjust"] = "earn",
    ) -> str:
        """The key that it has."""
        source = self.source()
        self.keys[who].append(source.key)

        def build(points: int) -> tuple[Model, Command]:
            return (
                lambda ledger, now: ledger.earn(
                    now, source.key, points, source.cause, source.occurred_at, until, ripe_at, (), kind
                ),
                Credit(
                    member_id=self.members[who], book=POINTS, points=points, source=source, expires_on=until,
                    matures_at=ripe_at, kind=kind,
                ),
            )  # fmt: skip

        self.do(who, build, points)
        return source.key

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

    @rule(
        who=member,
        parcels=st.lists(st.tuples(amount, lifetimes, st.sampled_from([None, None, -1, 3])), min_size=1, max_size=3),
        merged=st.booleans(),
    )
    def receive(self, who: int, parcels: list[tuple[int, int | None, int | None]], *, merged: bool) -> None:
        source = self.source()
        self.keys[who].append(source.key)
        kind: Literal["merged_in", "transfer_in"] = "merged_in" if merged else "transfer_in"
        sent = [
            (points, self.day(days), None if ripe is None else self.now + timedelta(days=ripe))
            for points, days, ripe in parcels
        ]

        def build(more: int) -> tuple[Model, Command]:
            kept = tuple((points + more, day, ripe_at) for points, day, ripe_at in sent)
            return (
                lambda ledger, now: ledger.receive(now, source.key, kept, source.occurred_at, kind),
                Receive(
                    member_id=self.members[who], book=POINTS, source=source, kind=kind,
                    parcels=tuple(Parcel(*parcel) for parcel in kept),
                ),
            )  # fmt: skip

        self.do(who, build, 0)

    @rule(who=member, points=amount, kind=st.sampled_from(["spend", "transfer_out", "adjust"]))
    def spend(self, who: int, points: int, kind: str) -> None:
        source = self.source()
        points = self.affordable(who, points)
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
        points = self.affordable(who, points)
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

    @rule(who=member, which=pick, points=amount)
    def clear(self, who: int, which: int, points: int) -> None:
        waiting = [key for key in self.keys[who] if self.waits(who, key)]
        if which < 6 and not waiting:
            waiting = [self.credit(who, points, self.day(60), self.now + timedelta(days=7))]
        origin = waiting[-1 - which % len(waiting)] if waiting and which < 8 else self.a_key(who, which, GAVE)
        source = self.source()

        def build(_: int) -> tuple[Model, Command]:
            return (
                lambda ledger, now: ledger.clear(now, source.key, origin, source.occurred_at),
                Clear(member_id=self.members[who], book=POINTS, source=source, origin_key=origin),
            )

        self.do(who, build, 0)

    @rule(who=member, now=st.sampled_from([True, False, False]))
    def move_out(self, who: int, *, now: bool) -> None:
        """As a merge does: after what is due, with nothing held; and asked twice."""
        self.settle_accounts()
        seen = self.models[who].seen_at(self.now)
        points = seen.balance - seen.debt
        if not now or seen.held or not points:
            return
        source = self.source()
        numbers = tuple(lot.number for lot in sorted(seen.lots, key=lambda lot: lot.place) if lot.left)
        self.keys[who].append(source.key)

        def build(more: int) -> tuple[Model, Command]:
            asked = points + more
            return (
                lambda ledger, now: ledger.move_out(now, source.key, numbers, asked, source.occurred_at),
                MoveOut(member_id=self.members[who], book=POINTS, points=asked, lots=numbers, source=source),
            )

        self.unswept[who] = None  # Which lots there are, a sweep decides too.
        self.do(who, build, 0)
        self.ask(who, build, 0)

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
