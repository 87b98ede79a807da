"""Random histories of orders on quotes, with retries, deaths between commands and inside them, sweeps and time, against
a model that imports no domain code: CHK-01 to CHK-06 and PTS-24."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from huixiang.benefits import service as benefits
from huixiang.benefits.model import NewEntitlement
from huixiang.checkout.jobs import CancelUnpaid, LookForUnpaid, cancel_unpaid, look_for_unpaid
from huixiang.checkout.model.placing import PlaceRequest, QuoteNotHonoured
from huixiang.checkout.service import placing, settling
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.points import service as points
from huixiang.points.model import POINTS as POINT
from huixiang.pricing.model.effects import Gift, GiftOver, Off, OffStep
from huixiang.pricing.model.rules import CouponRule, OrderRule, Promotions, Rule
from huixiang.pricing.service import promise, tokens
from huixiang.pricing.service.reads import Reads
from tests.checkout import loop_model as model
from tests.checkout.counter import Answer, Counter, opened
from tests.checkout.loop_model import ModelMember, ModelOrder
from tests.checkout.machine_shares import MINE, PLUS_TIMES, Shares
from tests.pricing.quoting import good, named, open_shop, pieces
from tests.support.programme import register_members

START = datetime(2026, 3, 18, 1, 0, tzinfo=UTC)
DAY = timedelta(hours=14)  # of which the clock tells: all of it on one business day
EXPIRIES = [(START + timedelta(days=days)).date() for days in (40, 60, 80)]  # before those of what orders bring
MEMBERS = 3
GOODS = {"beef": 5_200, "milk": 1_000, "chicken": 3_980}
TEMPLATE = {"rule": "present", "name": {"zh": "赠券", "en": "Present"}, "days": 30, "grant": True}
KEPT_QUOTES = 3
DELIVERY_FEN, PACKAGING_FEN = 600, 100
GIFT_FEN = 2_500  # more than the cheapest goods cost, so that parts keep some of it back
MEMBER = st.integers(0, MEMBERS - 1)
BASKET = st.lists(st.tuples(st.sampled_from(sorted(GOODS)), st.integers(1, 3)), min_size=1, max_size=4)
POINTS = st.sampled_from([0, 100, 700])
DEATHS = st.sampled_from(["", "", "", "before", "within"])
POLICIES = ("proportional", "keep", "reckon")
runs = count()


class Died(Exception):
    pass


class Desk:
    """How services read, outside a request."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.now = db.clock.now()
        self.calendar = db.calendar

    async def query(self, run: Callable[[Transaction], Awaitable[Any]]) -> Any:
        async with self._db.transaction() as tx:
            return await run(tx)

    query_once = query


class Orders(RuleBasedStateMachine):
    url: ClassVar[str] = ""
    reached: ClassVar[Tally[str]] = Tally()
    runner: ClassVar[asyncio.Runner]

    @initialize(policy=st.sampled_from(POLICIES), used_gifts=st.sampled_from(["off_refund", "let_go"]))
    def open(self, policy: str, used_gifts: str) -> None:
        self.number = next(runs)
        self.shares = Shares(self.number, START.date().isoformat())
        self.gift_fen = GIFT_FEN if used_gifts == "off_refund" else 0
        self.clock = SettableClock(START)
        self.members = [ModelMember() for _ in range(MEMBERS)]
        self.lots_given = [Tally[date]() for _ in range(MEMBERS)]
        self.quotes: list[tuple[int, Answer]] = []
        self.keys = (f"{self.number}/{one}" for one in count())
        self.unsettled = False
        self.run(self._open(policy, used_gifts))

    async def _open(self, policy: str, used_gifts: str) -> None:
        self.stack = AsyncExitStack()
        calendar = BusinessCalendar("Asia/Shanghai")
        self.db = await Database.open(self.url, calendar=calendar, clock=self.clock, max_size=2)
        self.stack.push_async_callback(self.db.close)
        await open_shop(self.db)
        self.ids = await register_members(
            self.db, MEMBERS, prefix=f"o{self.number}-", registered_at=START - timedelta(days=9)
        )
        self.counter: Counter = await self.stack.enter_async_context(opened(self.db))
        await self.counter.stock(*(good(sku, fen) for sku, fen in GOODS.items() if sku != "chicken"))
        await self.counter.stock(good("chicken", GOODS["chicken"], unit="gram", estimated_g=1_000))
        gift = GiftOver(9_000, Gift("coupon", f"present{self.number}", 1, GIFT_FEN))
        thanks = GiftOver(7_000, Gift("points", "points", 70, 70))
        rules: list[Rule] = [
            CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),))),
            CouponRule(code="present", name=named("present"), effect=Off((OffStep(501, 500),))),
            OrderRule(code="gift", name=named("g"), effect=gift),
            OrderRule(code="thanks", name=named("t"), effect=thanks),
        ]
        promotions = Promotions(rules=(*rules, *self.shares.rules), budgets=self.shares.budgets)
        await self.counter.publish(promotions)
        await self.counter.document("benefit", self.shares.plus, {"name": TEMPLATE["name"], "times": PLUS_TIMES})
        async with self.db.transaction() as tx:
            for owner in self.ids:
                await benefits.entitle(tx, owner, NewEntitlement(benefit=self.shares.plus, source="test"))
        await self.counter.document("coupon_template", f"present{self.number}", TEMPLATE)
        terms = {"name": TEMPLATE["name"], "policy": policy, "refund_policy": policy, "used_gifts": used_gifts}
        await self.counter.document("fulfilment", "default", {**terms, "overweight_bp": 500})

    def run(self, doing: Awaitable[Any]) -> Any:
        async def awaited() -> Any:
            return await doing

        return self.runner.run(awaited())

    def note(self, what: str) -> None:
        self.reached[what] += 1
        self.unsettled = True

    # What can be done.

    @rule(member=MEMBER, points=st.integers(1, 2_000), expires_on=st.sampled_from(EXPIRIES), coupon=st.booleans())
    def give(self, member: int, points: int, expires_on: date, *, coupon: bool) -> None:
        self.run(self.counter.give_points(self.ids[member], points, expires_on=expires_on))
        self.lots_given[member][expires_on] += points
        self.members[member].total += points
        self.members[member].given += points
        if coupon:
            ends = START + timedelta(days=20)
            self.members[member].coupons[self.run(self.counter.grant(self.ids[member], "ten", ends))] = "issued"
        self.note("give")

    @precondition(lambda self: len(self.quotes) < KEPT_QUOTES)
    @rule(member=MEMBER, basket=BASKET, points=POINTS)
    def quote(self, member: int, basket: list[tuple[str, int]], points: int) -> None:
        """One that is placed on later, or never."""
        self.quotes.append((member, self.run(self.quoted(member, basket, points))))
        self.note("quote")

    async def quoted(self, member: int, basket: list[tuple[str, int]], points: int) -> Answer:
        lines = [pieces(sku, number) for sku, number in basket]
        delivery = {"fee_fen": DELIVERY_FEN}
        return await self.counter.quote(
            lines, self.ids[member], points=points, delivery=delivery, packaging_fen=PACKAGING_FEN
        )

    @rule(member=MEMBER, basket=BASKET, points=POINTS, again=st.booleans(), died=DEATHS)
    def place(self, member: int, basket: list[tuple[str, int]], points: int, died: str, *, again: bool) -> None:
        self.place_on(member, self.run(self.quoted(member, basket, points)), died, again=again, paid=False)

    @precondition(lambda self: self.quotes)
    @rule(data=st.data(), died=DEATHS, paid=st.booleans())
    def place_on_an_old_one(self, data: st.DataObject, died: str, *, paid: bool) -> None:
        self.place_on(*self.quotes.pop(data.draw(st.integers(0, len(self.quotes) - 1))), died, again=True, paid=paid)

    def place_on(self, member: int, quote: Answer, died: str, *, again: bool, paid: bool) -> None:
        key, body = next(self.keys), {"paid": paid}
        if died and not self.expired(quote):
            self.run(self.die_placing(member, quote, key, within=died == "within"))
            self.note("died before")
        answer = self.run(self.counter.try_place(quote, key, key, **body))
        if again:
            second = self.run(self.counter.try_place(quote, key, key, **body))
            assert (second.status_code, second.json().get("code")) == (answer.status_code, answer.json().get("code"))
            if answer.status_code == 201:
                assert second.json() == answer.json()
            self.note("place again")
        told = answer.json()
        if answer.status_code == 201:
            model.place(self.members[member], member, told, self.shares.off, self.shares.plus)
            self.note("placed")
        else:
            assert answer.status_code == 409
            expired = told["code"] == "quote_expired"
            assert expired == self.expired(quote)
            if not expired:
                assert told["code"] == "quote_not_honoured"
                assert told["quote"]["token"]
                self.quotes = [*self.quotes[-KEPT_QUOTES:], (member, told["quote"])]
            self.note(f"refused {told['code']}")

    def expired(self, quote: Answer) -> bool:
        return datetime.fromisoformat(quote["expires_at"]) <= self.clock.now()

    async def die_placing(self, member: int, quote: Answer, key: str, *, within: bool) -> None:
        """Somebody took the tickets, and died before the order was stored, or while it was."""
        desk: Reads = Desk(self.db)
        promised = await promise.promised(desk, tokens.read_token(quote["token"]))
        planned = placing.plan(desk, self.ids[member], key, promised)
        planned = await placing.take(self.db, planned, key)
        if within:
            asked = PlaceRequest(token=quote["token"], source="app", external_id=key)
            await self.die(lambda tx: placing.place(tx, planned, asked, b""))

    def some(self, data: st.DataObject, *states: str) -> ModelOrder:
        return data.draw(st.sampled_from([one for one in self.orders if one.state in states]))

    @property
    def orders(self) -> list[ModelOrder]:
        return [order for member in self.members for order in member.orders]

    def has(self, *states: str) -> bool:
        return any(order.state in states for order in self.orders)

    def act(self, order: ModelOrder, act: str, died: Callable[[Transaction], Awaitable[Any]], **body: Any) -> Answer:
        """The command, once or twice under its key, after it was begun by somebody who died."""
        key = next(self.keys)
        self.run(self.die(died))
        answer: Answer = self.run(self.counter.act(order.placed, act, key, **body))
        assert self.run(self.counter.act(order.placed, act, key, **body)) == answer
        return answer

    async def die(self, begin: Callable[[Transaction], Awaitable[Any]]) -> None:
        with suppress(Died, QuoteNotHonoured):
            await self.begun(begin)
        self.note("died within")

    async def begun(self, begin: Callable[[Transaction], Awaitable[Any]]) -> None:
        async with self.db.transaction() as tx:
            await begin(tx)
            raise Died

    @precondition(lambda self: self.has("placed"))
    @rule(data=st.data())
    def fulfil(self, data: st.DataObject) -> None:
        order = self.some(data, "placed")
        picks = []
        for line in order.placed["lines"]:
            most = line["quantity"] + (line["quantity"] // 10 if line["measure"] == "gram" else 0)
            if data.draw(st.booleans()):
                picks.append({"line_id": line["line_id"], "quantity": data.draw(st.integers(0, most))})
        if not any(
            next((pick["quantity"] for pick in picks if pick["line_id"] == line["line_id"]), line["quantity"])
            for line in order.placed["lines"]
        ):
            answer = self.run(self.counter.try_act(order.placed, "fulfil", picked=picks))
            assert answer.json()["code"] == "nothing_picked"
            self.note("nothing picked")
            return
        owner, order_id = self.owner(order)
        answer = self.act(
            order, "fulfil", lambda tx: settling.fulfil_placed(tx, owner, order_id, []), picked=picks
        )  # fmt: skip
        model.fulfil(order, answer)
        self.note("fulfilled")

    def owner(self, order: ModelOrder) -> tuple[UUID, UUID]:
        return self.ids[order.member], UUID(order.placed["order_id"])

    @precondition(lambda self: self.has(*model.OPEN))
    @rule(data=st.data())
    def pay(self, data: st.DataObject) -> None:
        order = self.some(data, *model.OPEN)
        self.run(self.counter.act(order.placed, "paid"))
        order.payment = "none" if order.payment == "none" else "paid"
        order.unpaid = False
        self.note("paid")

    @precondition(lambda self: self.has(*model.OPEN))
    @rule(data=st.data())
    def complete(self, data: st.DataObject) -> None:
        order = self.some(data, *model.OPEN)
        member = self.members[order.member]
        owner, order_id = self.owner(order)
        before = self.run(self.total(order.member))
        self.act(order, "complete", lambda tx: settling.complete_placed(tx, owner, order_id, paid=True), paid=True)
        told = self.run(self.counter.order(order.placed))
        rewarded = self.run(self.total(order.member)) - before - told["points"] + order.spent
        model.complete(member, order, told, rewarded)
        promised = [one["gift"] for one in order.placed["applied"] if one["gift"]]
        assert rewarded >= sum(gift["count"] for gift in promised if gift["kind"] == "points")
        coupons = sum(gift["count"] for gift in promised if gift["kind"] == "coupon")
        order.gifts = [one for one in self.run(self.coupons(order.member)) if one not in member.coupons]
        assert len(order.gifts) == coupons
        member.coupons |= dict.fromkeys(order.gifts, "issued")
        order.payment = "paid" if order.payment == "due" else order.payment
        self.note("completed")

    @precondition(lambda self: self.has(*model.OPEN))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order = self.some(data, *model.OPEN)
        owner, order_id = self.owner(order)
        self.act(order, "cancel", lambda tx: settling.cancel_placed(tx, owner, order_id, "died"), reason="test")
        model.cancel(self.members[order.member], order)
        self.note("cancelled")

    @precondition(lambda self: any(order.state == "completed" and not order.whole for order in self.orders))
    @rule(data=st.data(), all_of_it=st.booleans(), fees=st.sampled_from(["none", "some", "all"]))
    def refund(self, data: st.DataObject, *, all_of_it: bool, fees: str) -> None:
        order = data.draw(st.sampled_from([one for one in self.orders if one.state == "completed" and not one.whole]))
        there = {line_id: quantity for line_id, quantity in order.left.items() if quantity}
        chosen = (
            sorted(there) if all_of_it else data.draw(st.lists(st.sampled_from(sorted(there)), min_size=1, unique=True))
        )
        lines = {one: there[one] if all_of_it else data.draw(st.integers(1, there[one])) for one in chosen}
        self.give_back(order, lines, {"none": 0, "some": order.fees_fen // 2, "all": order.fees_fen}[fees])

    def give_back(self, order: ModelOrder, lines: dict[str, int], fees_fen: int) -> None:
        answer = self.run(self.counter.refund(order.placed, next(self.keys), sorted(lines.items()), fees_fen))
        assert answer["fees_fen"] == fees_fen
        model.refund(self.members[order.member], order, lines, answer, self.gift_fen)
        self.note("refunded whole" if order.whole else "refunded")
        self.run(self.counter.relay())

    @precondition(lambda self: any(order.state == "completed" and order.fees_fen for order in self.orders))
    @rule(data=st.data())
    def refund_fees(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from([one for one in self.orders if one.state == "completed" and one.fees_fen]))
        self.refund_of_fees(order, 1 + order.fees_fen // 3)
        refused = self.run(self.counter.try_refund(order.placed, next(self.keys), fees_fen=order.fees_fen + 1))
        assert refused.json()["code"] == "refund_fees_too_much"

    def refund_of_fees(self, order: ModelOrder, fees_fen: int) -> None:
        answer = self.run(self.counter.refund(order.placed, next(self.keys), fees_fen=fees_fen))
        assert answer["fees_fen"] == fees_fen
        assert {answer[one] for one in ("refund_fen", "points", "points_returned", "reward", "growth")} == {0}
        order.fees_fen -= fees_fen
        self.note("fees refunded")

    @precondition(lambda self: any(order.state == "completed" for order in self.orders))
    @rule(data=st.data())
    def refund_too_much(self, data: st.DataObject) -> None:
        order = self.some(data, "completed")
        line_id = data.draw(st.sampled_from(sorted(line for line, had in order.left.items())))
        answer = self.run(self.counter.try_refund(order.placed, next(self.keys), [(line_id, order.left[line_id] + 1)]))
        assert answer.json()["code"] in {"refund_too_much", "refund_line_unknown"}
        self.note("too much")

    @precondition(lambda self: self.unsettled)
    @rule(minutes=st.sampled_from([1, 3, 10, 31]))
    def wait(self, minutes: int) -> None:
        if self.clock.now() + timedelta(minutes=minutes) < START + DAY:
            self.clock.advance(timedelta(minutes=minutes))
        self.run(self.unpaid())
        for order in self.orders:
            late = datetime.fromisoformat(order.placed["placed_at"]) + timedelta(minutes=30) <= self.clock.now()
            if order.state in model.OPEN and order.unpaid and late:
                model.cancel(self.members[order.member], order)
                self.note("unpaid")
        self.note("wait")

    async def unpaid(self) -> None:
        async with self.db.transaction() as tx:
            await look_for_unpaid(tx, LookForUnpaid())
            rows = await tx.fetch(
                "SELECT member_id, order_id FROM checkout.placed WHERE member_id = ANY ($1)", self.ids
            )
        for row in rows:
            async with self.db.transaction() as tx:
                await cancel_unpaid(tx, CancelUnpaid(row["member_id"], row["order_id"]))

    @precondition(lambda self: self.unsettled)
    @rule()
    def settle(self) -> None:
        """What follows has followed, and what the dead left is found: then what is left is all that nobody has."""
        self.run(self.settled())
        self.shares.agree(self.run(self.left()), self.orders, settled=True)
        self.unsettled = False
        self.note("settled")

    async def settled(self) -> None:
        await self.counter.relay()
        if self.clock.now() + timedelta(minutes=3) < START + DAY:
            self.clock.advance(timedelta(minutes=3))
        else:
            self.clock.advance(timedelta(seconds=125))
        await self.counter.sweep()
        await self.counter.relay()

    async def left(self) -> list[int | None]:
        async with self.db.transaction() as tx:
            return await self.shares.left(tx)

    # What holds after each.

    async def total(self, member: int) -> int:
        balance = await self.counter.balance(self.ids[member])
        return balance.balance - balance.debt

    async def coupons(self, member: int) -> dict[str, str]:
        async with self.db.transaction() as tx:
            rows = await tx.fetch("SELECT coupon_id, state FROM coupons.coupon WHERE member_id = $1", self.ids[member])
        return {str(row["coupon_id"]): row["state"] for row in rows}

    @invariant()
    def agrees(self) -> None:
        if hasattr(self, "db"):
            self.run(self._agrees())

    async def _agrees(self) -> None:
        async with self.db.transaction() as tx:
            for number, member in enumerate(self.members):
                owner = self.ids[number]
                balance = await points.balance(tx, owner, POINT)
                assert (balance.balance - balance.debt, balance.held) == (member.total, member.held)
                rows = await tx.fetch("SELECT coupon_id, state FROM coupons.coupon WHERE member_id = $1", owner)
                assert {str(row["coupon_id"]): row["state"] for row in rows} == member.coupons
                uses, plus, growth = await tx.fetchrow(  # type: ignore[misc]  # there is a row
                    """
                    SELECT (SELECT coalesce(sum(uses), 0)::bigint FROM pricing.member_use WHERE member_id = $1),
                           (SELECT used FROM benefits.entitlement WHERE member_id = $1),
                           (SELECT coalesce(sum(points), 0)::bigint FROM points.posting
                            WHERE member_id = $1 AND book = 2)
                    """,
                    owner,
                )
                assert (uses, plus, growth) == (member.uses, member.benefit_uses, member.growth)
                assert (uses <= MINE, plus <= PLUS_TIMES) == (True, True)
            left = await self.shares.left(tx)
        self.shares.agree(left, self.orders, settled=False)

    def teardown(self) -> None:
        if not hasattr(self, "db"):
            return
        try:
            self.as_if_nothing_had_been()
        finally:
            self.run(self.stack.aclose())

    def as_if_nothing_had_been(self) -> None:
        """Cancel what is open and give back the rest: then points, lots, coupons, quotas, growth and stock are as they
        were, but for what was given to start with, and no law is broken."""
        for order in self.orders:
            if order.state in model.OPEN:
                self.run(self.counter.act(order.placed, "cancel", reason="the end"))
                model.cancel(self.members[order.member], order)
        for order in self.orders:
            if order.state == "completed" and not order.whole:
                rest = {line_id: quantity for line_id, quantity in order.left.items() if quantity}
                self.give_back(order, rest, order.fees_fen)
            elif order.state == "completed" and order.fees_fen:
                self.refund_of_fees(order, order.fees_fen)
        self.run(self.settled())
        self.run(self._agrees())
        for number, member in enumerate(self.members):
            assert (member.held, member.uses, member.benefit_uses, member.growth) == (0, 0, 0, 0)
            assert {state for coupon, state in member.coupons.items() if coupon not in self.gifts} <= {"issued"}
            assert member.total == member.given
            lots = self.run(self.lots(number))
            assert sum(lots.values()) == member.given
            if not member.mingled:
                assert lots == self.lots_given[number]
            self.note("mingled" if member.mingled else "not mingled")
        self.shares.agree(self.run(self.left()), [], settled=True)
        if self.number % 2 == 0:
            assert self.run(self.counter.breaches()) == []
        self.note("as before")

    @property
    def gifts(self) -> set[str]:
        return {gift for order in self.orders for gift in order.gifts}

    async def lots(self, member: int) -> dict[Any, int]:
        """What is left of lots, by the day on which they expire."""
        async with self.db.transaction() as tx:
            rows = await tx.fetch(
                "SELECT expires_on, sum(remaining)::bigint AS left FROM points.lot WHERE member_id = $1 GROUP BY 1",
                self.ids[member],
            )
        return {row["expires_on"]: row["left"] for row in rows if row["left"]}
