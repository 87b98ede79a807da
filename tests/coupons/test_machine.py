"""Random histories of one member's copies against a model of dicts that imports no domain code."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
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

from huixiang.coupons import service
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from tests.coupons.ground import breaches, publish_template
from tests.support.programme import load_programme, register_members

START = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
MIDNIGHT = timedelta(hours=13, minutes=30)  # from START to the next midnight in Shanghai
LIMIT = 2
RETURNED = {"a": 2, "b": 5}  # returned_days, by template
VALID = {"a": 3, "b": 6}  # whole days after the day of issue
COPIES = st.integers(0, 4)
ORDERS = st.integers(0, 1)
reached: Counter[str] = Counter()


class Copy:
    def __init__(self, template: str, end: timedelta) -> None:
        self.template, self.end, self.state, self.order = template, end, "issued", -1


class Wallet(RuleBasedStateMachine):
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = SettableClock(START)
        self.passed = timedelta()
        self.copies: dict[int, Copy] = {}
        self.ids = [new_id() for _ in range(6)]
        self.orders = [new_id() for _ in range(3)]

    @initialize()
    def open(self) -> None:
        self.db = self.runner.run(
            Database.open(self.url, calendar=BusinessCalendar("Asia/Shanghai"), clock=self.clock, max_size=1)
        )
        [self.owner] = self.runner.run(self.register())

    async def register(self) -> list[UUID]:
        await load_programme(self.db)
        for template, days in VALID.items():
            await publish_template(self.db, template, days=days, per_member=LIMIT, returned_days=RETURNED[template])
        return await register_members(self.db, 1, prefix=str(new_id()))

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.runner.run(self.db.close())
        self.runner.close()

    def ask(self, verb: Any, *arguments: Any) -> Any:
        async def asked() -> Any:
            async with self.db.transaction() as tx:
                return await verb(tx, self.owner, *arguments)

        try:
            return self.runner.run(asked())
        except DomainError as refusal:
            return refusal.code

    def now(self, copy: Copy) -> str:
        """Its state as one who looks at the time sees it."""
        return "expired" if copy.state == "issued" and copy.end <= self.passed else copy.state

    def numbers(self, copies: Any) -> set[int]:
        return {self.ids.index(one) for one in copies}

    def back(self, copy: Copy) -> None:
        copy.state, copy.order = "issued", -1
        copy.end = max(copy.end, self.passed + timedelta(days=RETURNED[copy.template]))

    @rule(number=COPIES, template=st.sampled_from("ab"))
    def issue(self, number: int, template: str) -> None:
        if number in self.copies:
            template = self.copies[number].template
        told = self.ask(service.issue, template, self.ids[number], "test")
        mine = sum(one.template == template for one in self.copies.values())
        if number in self.copies:
            assert told.state == self.copies[number].state
            reached["again"] += 1
        elif mine == LIMIT:
            assert told == "coupon_limit_reached"
            reached["limit"] += 1
        else:
            days = (self.passed - MIDNIGHT) // timedelta(days=1) + 1  # midnights that have passed
            end = MIDNIGHT + timedelta(days=days + VALID[template])
            assert told.expires_at - START == end
            self.copies[number] = Copy(template, end)

    @rule(wanted=st.lists(COPIES, min_size=1, max_size=4, unique=True), order=ORDERS)
    def hold(self, wanted: list[int], order: int) -> None:
        told = self.ask(service.hold, [self.ids[one] for one in wanted], self.orders[order])
        held, refused = set(), {}
        for one in wanted:
            copy = self.copies.get(one)
            if copy is None:
                refused[one] = "unknown"
            elif self.now(copy) == "issued" or (copy.state, copy.order) == ("held", order):
                copy.state, copy.order = "held", order
                held.add(one)
            else:
                refused[one] = self.now(copy)
        assert self.numbers(told.held) == held
        assert {self.ids.index(one): why for one, why in told.refused.items()} == refused
        reached.update(["held"] * bool(held) + [f"refused {why}" for why in refused.values()])

    @precondition(lambda self: any(self.now(one) != "issued" for one in self.copies.values()))
    @rule(order=ORDERS)
    def hold_all(self, order: int) -> None:
        self.hold(sorted(self.copies), order)

    def orders_with(self, state: str) -> list[int]:
        return sorted({one.order for one in self.copies.values() if one.state == state})

    @precondition(lambda self: self.orders_with("held"))
    @rule(data=st.data())
    def use_what_is_held(self, data: st.DataObject) -> None:
        self.use(data.draw(st.sampled_from(self.orders_with("held"))))

    @precondition(lambda self: self.orders_with("used"))
    @rule(data=st.data())
    def give_back_what_is_used(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.orders_with("used")))
        used = [n for n, one in self.copies.items() if (one.state, one.order) == ("used", order)]
        self.give_back(order, data.draw(st.lists(st.sampled_from(used), min_size=1, unique=True)))

    @rule(order=ORDERS)
    def use(self, order: int) -> None:
        told = self.numbers(self.ask(service.use, self.orders[order]))
        mine = {n: one for n, one in self.copies.items() if (one.state, one.order) == ("held", order)}
        assert told == set(mine)
        for one in mine.values():
            one.state = "used"
        reached["used"] += len(mine)

    @rule(order=ORDERS)
    def release(self, order: int) -> None:
        told = self.ask(service.release, self.orders[order])
        mine = {n: one for n, one in self.copies.items() if (one.state, one.order) == ("held", order)}
        assert self.numbers(one.coupon_id for one in told) == set(mine)
        for one in mine.values():
            self.back(one)
        reached["released"] += len(mine)

    @rule(order=ORDERS, wanted=st.lists(COPIES, max_size=4, unique=True))
    def give_back(self, order: int, wanted: list[int]) -> None:
        told = self.ask(service.give_back, self.orders[order], [self.ids[one] for one in wanted])
        mine = {
            n: one for n, one in self.copies.items() if n in wanted and (one.state, one.order) == ("used", order)
        }  # fmt: skip
        assert self.numbers(one.coupon_id for one in told) == set(mine)
        for one in mine.values():
            self.back(one)
        reached["returned"] += len(mine)

    @rule(number=COPIES)
    def void(self, number: int) -> None:
        told = self.ask(service.void, self.ids[number])
        copy = self.copies.get(number)
        if copy is None:
            assert told == "coupon_unknown"
        elif copy.state in {"issued", "voided"}:
            assert told.state == "voided"
            copy.state = "voided"
            reached["voided"] += 1
        else:
            assert told == "coupon_state_fixed"

    @rule(hours=st.sampled_from([5, 24, 49, 200]))
    def wait(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))
        self.passed += timedelta(hours=hours)

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "owner"):
            return
        rows = self.runner.run(self.read())
        found = {self.ids.index(row["coupon_id"]): row for row in rows}
        assert found.keys() == self.copies.keys()
        for number, copy in self.copies.items():
            row = found[number]
            order = self.orders.index(row["order_id"]) if row["order_id"] else -1
            assert (row["state"], order, row["expires_at"] - START) == (copy.state, copy.order, copy.end)

    async def read(self) -> list[Any]:
        async with self.db.transaction(read_only=True) as tx:
            return await tx.fetch("SELECT * FROM coupons.coupon WHERE member_id = $1", self.owner)

    @rule()
    def laws(self) -> None:
        assert self.runner.run(breaches(self.db)) == []


@pytest.mark.requirement("CPN-03")
@pytest.mark.requirement("CHK-05")
def test_random_histories_agree_with_the_model(database_url: str) -> None:
    Wallet.url = database_url
    reached.clear()
    run_state_machine_as_test(Wallet, settings=settings(max_examples=25, stateful_step_count=40))
    every = {
        "again", "limit", "held", "used", "released", "returned", "voided", "refused unknown", "refused used",
        "refused held", "refused expired", "refused voided",
    }  # fmt: skip
    assert every <= {name for name, times in reached.items() if times}
