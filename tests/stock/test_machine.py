"""Random histories of stock against a model of dicts that imports no domain code."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database
from huixiang.stock import service
from huixiang.stock.model import Holder
from tests.stock import ground
from tests.stock.ground import row, want

START = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
LIMITS = {"a": None, "b": 3, "c": None}
PARTS = {"a": 1, "b": 2, "c": 5}
TTL = timedelta(minutes=5)
reached: Counter[str] = Counter()
runs = count()


class Held:
    """What the model knows of a holder's part of a resource."""

    def __init__(self, member: int, wanted: int, until: datetime) -> None:
        self.member, self.wanted, self.amount, self.until = member, wanted, wanted, until
        self.state = "reserved"
        self.given: dict[str, int] = {}


class Stock(RuleBasedStateMachine):
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.run_number = next(runs)
        self.clock = SettableClock(START)
        self.capacity = dict.fromkeys(LIMITS, 6)
        self.version = dict.fromkeys(LIMITS, 1)
        self.held: dict[int, dict[str, Held]] = {}

    @initialize()
    def open(self) -> None:
        calendar = BusinessCalendar("Asia/Shanghai")
        self.db = self.runner.run(Database.open(self.url, calendar=calendar, clock=self.clock, max_size=1))
        for name in LIMITS:
            assert self.define(name) == "created"

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.runner.run(self.db.close())
        self.runner.close()

    def key(self, name: str) -> str:
        return f"{self.run_number}/{name}"

    def define(self, name: str) -> str:
        limits = {"shards": PARTS[name], "per_member": LIMITS[name], "version": self.version[name]}
        return self.runner.run(ground.define(self.db, row(self.key(name), self.capacity[name], **limits)))[0]

    def holder(self, number: int) -> Holder:
        return Holder("order", UUID(int=(self.run_number + 1) << 64 | number))

    def left(self, name: str) -> int:
        return self.capacity[name] - sum(of[name].amount for of in self.held.values() if name in of)

    def room(self, name: str, member: int) -> int:
        mine = sum(of[name].amount for of in self.held.values() if name in of and of[name].member == member)
        limit = LIMITS[name]
        return 10**9 if limit is None else limit - mine

    def ask(self, asked: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any, **named: Any) -> str:
        """The code of what was refused, else nothing."""
        try:
            self.runner.run(asked(self.db, *arguments, **named))
        except DomainError as refusal:
            return refusal.code
        return ""

    @rule(name=st.sampled_from(sorted(LIMITS)), capacity=st.integers(0, 12))
    def resize(self, name: str, capacity: int) -> None:
        reached["raised" if capacity > self.capacity[name] else "lowered"] += 1
        self.capacity[name] = capacity
        self.version[name] += 1
        assert self.define(name) == "updated"

    @rule(
        number=st.integers(0, 14),
        member=st.integers(0, 2),
        wanted=st.dictionaries(st.sampled_from(sorted(LIMITS)), st.integers(1, 4), min_size=1),
    )
    def reserve(self, number: int, member: int, wanted: dict[str, int]) -> None:
        of = self.held.get(number, {})
        told = self.ask(
            ground.reserve, self.holder(number), *(want(self.key(name), n) for name, n in wanted.items()),
            member=UUID(int=member),
        )  # fmt: skip
        known = [(of[name], n) for name, n in wanted.items() if name in of]
        fresh = {name: n for name, n in wanted.items() if name not in of}
        if any((one.member, one.wanted) != (member, n) for one, n in known):
            expected = "ticket_conflict"
        elif any(one.state == "freed" for one, _ in known):
            expected = "ticket_freed"
        elif any(n > self.room(name, member) for name, n in fresh.items()):
            expected = "stock_already_held"
        elif any(n > self.left(name) for name, n in fresh.items()):
            expected = "stock_exhausted"
        else:
            expected = ""
            until = self.clock.now() + TTL
            self.held.setdefault(number, {}).update({name: Held(member, n, until) for name, n in fresh.items()})
        assert told == expected
        reached[expected or ("reserved" if fresh else "again")] += 1

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def reserve_again(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.held)))
        name = data.draw(st.sampled_from(sorted(self.held[number])))
        one = self.held[number][name]
        self.reserve(number, one.member, {name: one.wanted})

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.held)))
        of = self.held[number]
        lost = any(one.state == "freed" and sum(one.given.values()) < one.wanted for one in of.values())
        assert self.ask(ground.confirm, self.holder(number)) == ("ticket_freed" if lost else "")
        for one in of.values():
            if not lost and one.state == "reserved":
                one.state = "confirmed"
        reached["confirm"] += 1

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def free(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.held)))
        assert self.ask(ground.free, self.holder(number)) == ""
        for one in self.held[number].values():
            one.state, one.amount = "freed", 0
        reached["free"] += 1

    @precondition(lambda self: self.held)
    @rule(data=st.data(), key=st.sampled_from("xyz"), amount=st.integers(1, 3))
    def give_back(self, data: st.DataObject, key: str, amount: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.held)))
        name = data.draw(st.sampled_from(sorted(self.held[number])))
        one = self.held[number][name]
        told = self.ask(ground.give_back, self.holder(number), key, **{self.key(name): amount})
        if key in one.given:
            assert told == ("" if one.given[key] == amount else "ticket_conflict")
        elif amount > one.amount:
            assert told == "ticket_too_small"
        else:
            assert told == ""
            one.given[key] = amount
            one.amount -= amount
            one.state = one.state if one.amount else "freed"
        reached["give_back"] += 1

    @rule(minutes=st.sampled_from([1, 4, 6]), stand=st.sets(st.integers(0, 14)))
    def expire(self, minutes: int, stand: set[int]) -> None:
        self.clock.advance(timedelta(minutes=minutes))
        standing = {self.holder(number).holder_id for number in stand}

        class Orders:
            async def outcome(self, _tx: Any, ids: Any) -> Any:
                return {one: "stands" if one in standing else "gone" for one in ids}

        async def sweep() -> None:
            async with self.db.transaction() as tx:
                await service.sweep(tx, {"order": Orders()})

        self.runner.run(sweep())
        for number, of in self.held.items():
            if any(one.state == "reserved" and one.until <= self.clock.now() for one in of.values()):
                self.settle(number, number in stand)
                reached["swept"] += 1

    def settle(self, number: int, stands: bool) -> None:  # noqa: FBT001 - what became of it
        """A holder stands or is gone as a whole, whichever of its tickets is past its time."""
        for one in self.held[number].values():
            if not stands:
                one.state, one.amount = "freed", 0
            elif one.state == "reserved":
                one.state = "confirmed"

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "db"):
            return
        keys = [self.key(name) for name in LIMITS]
        assert self.runner.run(ground.left(self.db, *keys)) == [self.left(name) for name in LIMITS]

    @rule()
    def laws(self) -> None:
        assert self.runner.run(ground.breaches(self.db)) == []


@pytest.mark.requirement("BEN-05")
@pytest.mark.requirement("CPN-04")
@pytest.mark.requirement("PRC-05")
def test_random_histories_agree_with_the_model(database_url: str) -> None:
    Stock.url = database_url
    reached.clear()
    run_state_machine_as_test(Stock, settings=settings(max_examples=40, stateful_step_count=40))
    every = {
        "raised", "lowered", "reserved", "again", "confirm", "free", "give_back", "swept", "ticket_conflict",
        "ticket_freed", "stock_already_held", "stock_exhausted",
    }  # fmt: skip
    assert every <= {name for name, times in reached.items() if times}
