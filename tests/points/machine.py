"""What random histories stand on: an example's members, its time, and the comparison of the ledger with the model."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database, Transaction
from huixiang.points import service
from huixiang.points.events import TransferSent
from huixiang.points.model import (
    GROWTH,
    NEVER,
    POINTS,
    Cap,
    Command,
    Outcome,
    Source,
)
from huixiang.points.rules.caps import counter_id
from tests.points.model_account import SHANGHAI, Done, Limit, Refused, day_of
from tests.points.model_ledger import Ledger, Tally

START = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
STEPS_AN_EXAMPLE = 100
EXAMPLES_A_ROUND = 33
MEMBERS = 2

Verdict = tuple[str, Done | None]
Model = Callable[[Ledger, datetime], Verdict]
Builder = Callable[[int], tuple[Model, Command]]

LOTS = """
    SELECT lot_no, expires_on, original, remaining, matures_at, origin_lot, held, lapsed
    FROM points.lot WHERE member_id = $1 AND book = 1 ORDER BY lot_no
"""
ACCOUNT = """
    SELECT a.balance, a.held, a.pending, a.debt, a.seq, count(p.seq), coalesce(sum(p.points), 0)::bigint,
           coalesce(sum(p.held_delta), 0)::bigint, coalesce(sum(p.pending_delta), 0)::bigint,
           coalesce(sum(p.debt_delta), 0)::bigint
    FROM points.account AS a LEFT JOIN points.posting AS p USING (member_id, book)
    WHERE member_id = $1 AND book = $2 GROUP BY a.member_id, a.book
"""


class _Undo(Exception):
    pass


class World:
    """What all examples of a run share. `members` are registered; what an example does to them is rolled back."""

    runner: asyncio.Runner
    db: Database
    members: Iterator[UUID]
    reached: Counter[str]


def period(span: str, occurred_at: datetime) -> tuple[datetime, datetime]:
    """The day, week or month of Shanghai that an instant is in."""
    first = day_of(occurred_at)
    after = first + timedelta(days=1)
    if span == "week":
        first -= timedelta(days=first.weekday())
        after = first + timedelta(days=7)
    if span == "month":
        first = first.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    return tuple(datetime.combine(day, datetime.min.time(), UTC) - SHANGHAI for day in (first, after))  # type: ignore[return-value]


def limits_of(cause: str, occurred_at: datetime) -> list[tuple[str, Limit]]:
    """A day of both causes, a week of sharing, a month of both."""
    both = ("sign_in", "share")
    spans = [("day", 50, both), ("month", 260, both), *([("week", 70, ("share",))] if cause == "share" else [])]
    return [(span, Limit(*period(span, occurred_at), most, counted)) for span, most, counted in spans]


def cap_of(span: str, limit: Limit) -> Cap:
    return Cap(counter_id(span, *limit.causes), limit.start, limit.end, limit.most, limit.causes)


def told(outcome: Outcome | DomainError) -> tuple[str, Any]:
    """An outcome in the model's words."""
    if isinstance(outcome, DomainError):
        return "refused", outcome.code
    posting = outcome.posting
    if posting is None:
        return "nothing", None
    figures = (
        posting.kind, posting.points, posting.requested, posting.lapsed, posting.held_delta, posting.pending_delta,
        posting.debt_delta,
    )  # fmt: skip
    assert outcome.short == abs(posting.requested) - posting.lapsed - abs(posting.points)
    return "replayed" if outcome.replayed else "posted", figures


class LedgerGround(RuleBasedStateMachine):
    @initialize(hour=st.integers(0, 23))
    def open(self, hour: int) -> None:
        self.now = START + timedelta(hours=hour)
        self.members = [next(World.members) for _ in range(MEMBERS)]
        self.models = [Ledger() for _ in range(MEMBERS)]
        # The same histories, but no sweep ever came by.
        self.unswept: list[Ledger | None] = [Ledger() for _ in range(MEMBERS)]
        self.tally = Tally()
        self.history: list[list[tuple[Builder, int]]] = [[] for _ in range(MEMBERS)]
        self.holds: list[list[UUID]] = [[] for _ in range(MEMBERS)]
        self.keys: list[list[str]] = [[] for _ in range(MEMBERS)]
        self.waiting: list[tuple[int, Command, Any]] = []
        self.lasting: dict[tuple[int, str], str] = {}
        self.on_the_way: list[TransferSent] = []
        self.sends: list[tuple[int, UUID, UUID, int]] = []
        self.together = self.compared = self.numbered = 0
        self.context = World.db.transaction(now=self.now)
        self.tx: Transaction = World.runner.run(self.context.__aenter__())

    def teardown(self) -> None:
        if hasattr(self, "tx"):
            try:
                self.settle_accounts()
                for (who, key), policy in self.lasting.items():
                    done = self.models[who].done.get(key)
                    World.reached[f"expired {policy}"] += done is not None and any(lot.lapsed for lot in done.gave)
            finally:
                World.runner.run(self.context.__aexit__(_Undo, _Undo(), None))

    # -------------------- doing
    def source(self, cause: str = "test", occurred_at: datetime | None = None) -> Source:
        """With a key that no command had."""
        self.numbered += 1
        return Source(key=f"k{self.numbered}", cause=cause, counter_account="test", occurred_at=occurred_at or self.now)

    def do(self, who: int, build: Builder, points: int) -> None:
        """Ask the model at once, and the ledger when the batch is full."""
        self.history[who].append((build, points))
        self.ask(who, build, points)

    def ask(self, who: int, build: Builder, points: int) -> None:
        call, command = build(points)
        expected = self.expect(who, call, growth=command.book is GROWTH)
        World.reached[f"{type(command).__name__} {expected[0]}"] += 1
        self.waiting.append((who, command, expected))
        if self.together:
            self.together -= 1
        else:
            self.settle_accounts()

    def expect(self, who: int, call: Model, *, growth: bool) -> tuple[str, Any]:
        if (twin := self.unswept[who]) is not None and not growth:
            with suppress(Refused):
                call(twin, self.now)
        try:
            verdict, done = call(self.models[who], self.now)
        except Refused as refused:
            World.reached[str(refused)] += 1
            return "refused", str(refused)
        return verdict, done.figures if done else None

    def settle_accounts(self) -> None:
        """Post what waits, and compare everything."""
        if not self.waiting:
            return
        waiting, self.waiting, self.together = self.waiting, [], 0
        World.reached["together"] += len(waiting) > 1
        World.runner.run(self.post_and_compare(waiting))

    async def post_and_compare(self, waiting: list[tuple[int, Command, Any]]) -> None:
        outcomes = await self.post([command for _, command, _ in waiting])
        for (_, command, expected), outcome in zip(waiting, outcomes, strict=True):
            assert told(outcome) == expected, command
        await self.compare({who for who, _, _ in waiting})

    async def post(self, commands: list[Command]) -> list[Outcome | DomainError]:
        """One command goes through the door that raises, several through the one that answers."""
        if len(commands) > 1:
            return await service.try_post(self.tx, commands)
        try:
            return list(await service.post(self.tx, commands))
        except DomainError as refusal:
            return [refusal]

    async def compare(self, touched: set[int]) -> None:
        for who in touched:
            model, member_id = self.models[who], self.members[who]
            row = await self.tx.fetchrow(ACCOUNT, member_id, POINTS.number)
            if row is None:
                continue
            balance, held, pending, debt, seq, postings, net, *deltas = row
            assert (balance, held, pending, debt) == (model.balance, model.held, model.pending, model.debt)
            # The identity: the journal's sums are the account's.
            assert (seq, net, deltas) == (postings, balance - debt, [held, pending, debt])
            assert balance - held - pending >= 0
            assert not debt or balance == held
            lots = [tuple(lot) for lot in await self.tx.fetch(LOTS, member_id)]
            assert lots == [
                (lot.number, lot.day, lot.original, lot.left, lot.ripe_at, lot.root, lot.held, lot.lapsed)
                for lot in model.lots
            ]
            self.compared += 1
            if self.compared % 4 == 0:
                await self.compare_reading(who)
        if self.tally.used:
            row = await self.tx.fetchrow(ACCOUNT, self.members[0], GROWTH.number)
            assert row is not None
            assert (row[0], row[3], row[6]) == (max(self.tally.net, 0), max(-self.tally.net, 0), self.tally.net)

    async def compare_reading(self, who: int) -> None:
        seen = self.models[who].seen_at(self.now)
        read = await service.balance(self.tx, self.members[who], POINTS)
        assert {name: getattr(read, name) for name in seen.figures()} == seen.figures()
        days = seen.by_day()
        assert [(one.expires_on, one.points) for one in read.expiring] == [
            (day, days[day]) for day in sorted(days) if day < NEVER
        ][:3]
        if (twin := self.unswept[who]) is None:
            return
        if seen.has_tie():
            # Lots of one day go in the order in which they were opened, and a sweep opens lots.
            self.unswept[who] = None
            return
        unswept = twin.seen_at(self.now)
        assert (unswept.figures(), unswept.by_day()) == (seen.figures(), days)
        World.reached["unswept"] += 1

    # -------------------- choosing
    def day(self, lifetime: int | None) -> date:
        return NEVER if lifetime is None else day_of(self.now) + timedelta(days=lifetime)

    def a_hold(self, who: int, which: int) -> UUID:
        """An open one, one that may be finished, or one that is not there."""
        holds = list(self.models[who].holds) if which < 6 else self.holds[who]
        return holds[-1 - which % len(holds)] if holds and which < 9 else new_id()

    def a_key(self, who: int, which: int, kinds: set[str]) -> str:
        """Of something that can be reversed, of anything, or of nothing."""
        done = self.models[who].done
        keys = [key for key in self.keys[who] if which > 6 or self.left_of(who, key, kinds)]
        return keys[-1 - which % len(keys)] if keys and which < 9 else f"nothing {len(done)}"

    def left_of(self, who: int, key: str | None, kinds: set[str]) -> int:
        done = self.models[who].done.get(key or "")
        return abs(done.points) - done.reversed if done and done.kind in kinds else 0

    def at_most(self, left: int, points: int) -> int:
        """What is left of an origin, sometimes more than that."""
        return min(points, left) if left and points < 58 else points

    def affordable(self, who: int, points: int) -> int:
        """What is available, sometimes more than that; something mostly is."""
        available = self.models[who].seen_at(self.now).available
        return self.at_most(available, points)

    def waits(self, who: int, key: str) -> bool:
        done = self.models[who].done.get(key)
        return done is not None and any(lot.ripe_at for lot in done.gave)
