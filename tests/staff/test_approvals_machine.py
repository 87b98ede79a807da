"""The life of requests against a small model of it: any course of asking, deciding, withdrawing, disabling, time and
the relay at work leaves every request where the model has it, and runs every command at most once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.platform.access import StaffPrincipal
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import Relay
from huixiang.staff import service
from huixiang.staff.events import ApprovalGranted
from huixiang.staff.model import Role
from huixiang.staff.model.approvals import Change, Decision, Granted, NewApproval
from huixiang.staff.model.errors import ScopeUnknown
from huixiang.staff.service import approvals

pytestmark = pytest.mark.requirement("CON-02")
LIFE = timedelta(days=7)
PERMISSIONS = frozenset({"menu:approve", "approvals:decide", "approvals:read"})
ENDED = ("done", "failed", "refused", "withdrawn", "expired")


@dataclass
class Expected:
    """A request as it should be."""

    maker: int
    base: int
    asked_at: datetime
    state: str = "waiting"

    def at(self, now: datetime) -> str:
        return "expired" if self.state == "waiting" and now >= self.asked_at + LIFE else self.state


@dataclass
class Model:
    """What has to hold, with nothing of how it is done."""

    base: int = 1
    disabled: set[int] = field(default_factory=set)
    requests: dict[UUID, Expected] = field(default_factory=dict)

    def decides(self, one: Expected, by: int, decision: str, now: datetime) -> str:
        """The refusal's code, or nothing where it is decided."""
        if by == one.maker:
            return "approval_own"
        if one.at(now) == "expired":
            return "approval_decided" if one.state == "expired" else "approval_expired"
        if one.state != "waiting":
            return "approval_decided"
        if by in self.disabled:
            return "not_authenticated"
        if decision == "approve" and one.maker in self.disabled:
            return "approval_maker_disabled"
        one.state = "granted" if decision == "approve" else "refused"
        return ""

    def withdraws(self, one: Expected, by: int, now: datetime) -> str:
        if by != one.maker:
            return "approval_of_another"
        if one.at(now) == "expired":
            return "approval_decided" if one.state == "expired" else "approval_expired"
        if one.state != "waiting":
            return "approval_decided"
        one.state = "withdrawn"
        return ""

    def relayed(self) -> None:
        """Commands run in the order in which they were granted; each moves the base, so that others fail."""
        for one in self.requests.values():
            if one.state == "granted":
                one.state = "done" if one.base == self.base else "failed"


class World:
    """The mechanism with three people, and a module whose command refuses what was asked of another base."""

    def __init__(self, db: Database, clock: SettableClock, staff: list[UUID]) -> None:
        self.db, self.clock, self.staff = db, clock, staff
        self.model, self.ran = Model(), list[UUID]()
        self.relay = Relay(db, [Subscription("menu.granted", (ApprovalGranted,), self._granted)])

    async def _granted(self, tx: Transaction, events: Sequence[Event]) -> None:
        for event in events:
            assert isinstance(event, ApprovalGranted)
            await service.carry_out(tx, event.approval_id, self._run)

    async def _run(self, _tx: Transaction, granted: Granted) -> Mapping[str, object]:
        if granted.base != str(self.model.base):
            raise ScopeUnknown(scope="moved")
        self.ran.append(granted.approval_id)
        return {}

    def principal(self, who: int) -> StaffPrincipal:
        return StaffPrincipal(self.staff[who], PERMISSIONS)

    async def said(self, run: Callable[[Transaction], Awaitable[object]]) -> str:
        """The code of the refusal, or nothing."""
        try:
            async with self.db.transaction() as tx:
                await run(tx)
        except DomainError as refusal:
            return refusal.code
        return ""

    async def ask(self, who: int) -> None:
        asked = NewApproval(
            command="menu.change",
            subject="menu:1",
            payload={},
            difference=[Change(path="$", after=1)],
            reason="r",
            decided_by="menu:approve",
            base=str(self.model.base),
        )
        async with self.db.transaction() as tx:
            made = await service.request_approval(tx, asked, self.staff[who])
        self.model.requests[made.approval_id] = Expected(who, self.model.base, self.clock.now())

    async def step(self, draw: Random) -> None:
        act, who = draw.choices(range(8), weights=[4, 9, 2, 1, 2, 3, 1, 1])[0], draw.randrange(3)
        if act == 0 or not self.model.requests:
            await self.ask(who)
        elif act in (1, 2):
            await self.settle(draw, who, withdraw=act == 2)
        elif act in (3, 4):
            await self.switch(who, off=act == 3)
        elif act == 5:
            await self.relay.drain()
            self.model.relayed()
        elif act == 6:
            self.model.base += 1 if not any(one.state == "granted" for one in self.model.requests.values()) else 0
        else:
            self.clock.advance(timedelta(days=draw.choice([1, 3, 7])))
            if draw.random() < 0.5:
                await self.expire()

    async def settle(self, draw: Random, who: int, *, withdraw: bool) -> None:
        approval_id, now = draw.choice(list(self.model.requests)[-4:]), self.clock.now()
        one, by = self.model.requests[approval_id], self.principal(who)
        if withdraw:
            expected = self.model.withdraws(one, who, now)
            assert await self.said(lambda tx: approvals.withdraw(tx, approval_id, "n", by)) == expected
            return
        decision = Decision("approve" if draw.random() < 0.7 else "refuse", "n")
        expected = self.model.decides(one, who, decision.decision, now)
        assert await self.said(lambda tx: approvals.decide(tx, approval_id, decision, by)) == expected

    async def switch(self, who: int, *, off: bool) -> None:
        at = self.clock.now() if off else None
        async with self.db.transaction() as tx:
            await tx.execute("UPDATE staff.account SET disabled_at = $2 WHERE staff_id = $1", self.staff[who], at)
        (self.model.disabled.add if off else self.model.disabled.discard)(who)

    async def expire(self) -> None:
        async with self.db.transaction() as tx:
            await service.expire_due(tx)
        for one in self.model.requests.values():
            one.state = one.at(self.clock.now())

    async def check(self) -> None:
        """Every request is where the model has it; what is done ran once, and nothing else ran."""
        now = self.clock.now()
        async with self.db.transaction() as tx:
            for approval_id, one in self.model.requests.items():
                found = await approvals.approval(tx, approval_id, self.principal(one.maker))
                assert found.state == one.at(now)
                assert (found.checked_by is None) == (found.state in ("waiting", "expired"))
        done = [approval_id for approval_id, one in self.model.requests.items() if one.state == "done"]
        assert sorted(self.ran) == sorted(done)


async def three_people(db: Database) -> list[UUID]:
    async with db.transaction() as tx:
        return [
            (await service.add_account(tx, name, name, Role.OPERATIONS, by="cli")).account.staff_id
            for name in ("lin", "zhou", "chen")
        ]


@pytest.mark.parametrize("number", range(6))
async def test_any_course_of_events_leaves_requests_where_the_model_has_them(
    db: Database, clock: SettableClock, number: int
) -> None:
    draw, world = Random(number), World(db, clock, await three_people(db))
    for _ in range(45):
        await world.step(draw)
        await world.check()
    await world.relay.drain()
    world.model.relayed()
    await world.check()
    states = {one.state for one in world.model.requests.values()}
    assert len(states & set(ENDED)) >= 2, "the course was too dull to show anything"


async def two_connections(
    db: Database, first: Callable[[Transaction], Awaitable[object]], second: Callable[[Transaction], Awaitable[object]]
) -> tuple[str, str]:
    """Both begin, and only then does either act: the codes of their refusals, or nothing."""
    ready = asyncio.Barrier(2)

    async def one(run: Callable[[Transaction], Awaitable[object]]) -> str:
        try:
            async with db.transaction() as tx:
                await tx.fetchval("SELECT 1")
                await ready.wait()
                await run(tx)
        except DomainError as refusal:
            return refusal.code
        return ""

    codes = await asyncio.gather(one(first), one(second))
    return codes[0], codes[1]


@pytest.mark.parametrize("decisions", [("approve", "approve"), ("approve", "refuse"), ("refuse", "withdraw")])
async def test_of_two_who_decide_at_once_on_two_connections_one_wins(
    db: Database, clock: SettableClock, decisions: tuple[str, str]
) -> None:
    world = World(db, clock, await three_people(db))

    def act(decision: str, who: int, approval_id: UUID) -> Callable[[Transaction], Awaitable[object]]:
        if decision == "withdraw":
            return lambda tx: approvals.withdraw(tx, approval_id, "n", world.principal(0))
        said = Decision("approve" if decision == "approve" else "refuse", "n")
        return lambda tx: approvals.decide(tx, approval_id, said, world.principal(who))

    for _ in range(5):
        await world.ask(0)
        approval_id = list(world.model.requests)[-1]
        codes = await two_connections(db, act(decisions[0], 1, approval_id), act(decisions[1], 2, approval_id))
        assert sorted(codes) == ["", "approval_decided"]
    async with db.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM staff.approval_decision") == 5


async def test_of_disabling_the_maker_and_approving_at_once_no_command_of_a_disabled_one_is_granted_later(
    db: Database, clock: SettableClock
) -> None:
    async with db.transaction() as tx:
        admin = (await service.add_account(tx, "admin", "a", Role.ADMIN, by="cli")).account.staff_id
        maker = (await service.add_account(tx, "lin", "l", Role.OPERATIONS, by="cli")).account.staff_id
        checker = (await service.add_account(tx, "zhou", "z", Role.FINANCE, by="cli")).account.staff_id
    world = World(db, clock, [maker, checker, admin])
    await world.ask(0)
    [approval_id] = world.model.requests
    codes = await two_connections(
        db,
        lambda tx: service.disable(tx, maker, "left", admin),
        lambda tx: approvals.decide(tx, approval_id, Decision("approve", "n"), world.principal(1)),
    )
    assert codes in (("", ""), ("", "approval_maker_disabled"))
    await world.ask(0)
    later = list(world.model.requests)[-1]
    approve = Decision("approve", "n")
    assert await world.said(lambda tx: approvals.decide(tx, later, approve, world.principal(1))) == (
        "approval_maker_disabled"
    )
    refuse = Decision("refuse", "n")
    assert await world.said(lambda tx: approvals.decide(tx, later, refuse, world.principal(1))) == ""
