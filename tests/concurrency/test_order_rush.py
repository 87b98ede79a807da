"""Hundreds place orders at one flash price, and for what the first hundred of a day get: over HTTP, with real
connections to two API processes, one of which may be killed, as may Valkey (CHK-02, PRC-05)."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from huixiang.entry.background import HOLDERS
from huixiang.kernel.clock import SettableClock, SystemClock
from huixiang.platform.db import Database
from huixiang.platform.embedded.valkey import EmbeddedValkey
from huixiang.pricing.model.effects import Off, OffStep, Price
from huixiang.pricing.model.rules import Cap, OrderRule, Rule, UnitRule
from huixiang.stock import service as stock
from tests.checkout.counter import Counter, done
from tests.concurrency.api_processes import Answers, Api, serving, token_for
from tests.coupons.ground import breaches
from tests.pricing.quoting import Answer, good, named, open_shop, pieces
from tests.support.programme import register_members

pytestmark = [pytest.mark.requirement("CHK-02"), pytest.mark.requirement("PRC-05"), pytest.mark.requirement("BEN-05")]

CONNECTIONS = 64
PEOPLE = 400
GIVEN = 100
GREEDY = 8  # who place twice at once
FEWER = 40  # where something is killed
FORGOTTEN_S = 1.5  # the gate says for a second that something is exhausted, though it was freed meanwhile
BASKETS = {"flash": [pieces("eggs")], "first": [pieces("beef")]}


def rules(given: int) -> list[Rule]:
    """A price for so many pieces, one a member; and so much off for the first so many orders of a day, one a member."""
    caps = (Cap("pieces", given), Cap("pieces", 1, "member"))
    flash = UnitRule(code="flash", name=named("flash"), effect=Price(990), label="flash", caps=caps)
    off = Off((OffStep(4_000, 1_000),))
    firsts = (Cap("uses", given, "all", "day"), Cap("uses", 1, "member", "day"))
    return [flash, OrderRule(code="first", name=named("first"), effect=off, caps=firsts)]


class Rush:
    """People who each have a quote with the rule, and place it over the processes, turn by turn."""

    def __init__(self, db: Database, apis: Sequence[Api], people: Sequence[UUID]) -> None:
        self.db = db
        self.counters = [Counter(db, api.client) for api in apis]
        self.people = people
        self.quotes: dict[int, Answer] = {}

    async def quote(self, rule: str) -> None:
        async def one(number: int) -> None:
            quote = await self._at(number).quote(BASKETS[rule], self.people[number])
            assert [applied["rule"] for applied in quote["priced"]["applied"]] == [rule]
            self.quotes[number] = quote

        await _at_once(one, range(len(self.people)))

    async def place_two_each(self, rule: str, numbers: Sequence[int]) -> None:
        """Each has two quotes with the rule, and places both at once under keys of their own, one at each process."""

        async def one(number: int) -> None:
            counters = self.counters[:2]
            asked = [await counter.quote(BASKETS[rule], self.people[number]) for counter in counters]
            said = await asyncio.gather(
                *(
                    counter.try_place(quote, f"{rule}-{number}-{way}", key=f"{rule}-{number}-{way}")
                    for way, (counter, quote) in enumerate(zip(counters, asked, strict=True))
                )
            )
            placed, refused = sorted(said, key=lambda answer: answer.status_code)
            assert (placed.status_code, refused.status_code) == (201, 409), refused.text
            assert [error["path"] for error in refused.json()["errors"]] == [f"$.rules[{rule}]"]
            assert rule not in [applied["rule"] for applied in refused.json()["quote"]["priced"]["applied"]]

        await _at_once(one, numbers)

    async def place(self, numbers: Sequence[int], rule: str, answers: Answers, at: int | None = None) -> Answers:
        """at: by one of the processes alone. Each fourth sends its command twice at once."""

        async def one(number: int) -> None:
            counter = self.counters[at] if at is not None else self._at(number)
            twins = 2 if number % 4 == 0 else 1
            try:
                said = await asyncio.gather(*(self._send(counter, rule, number) for _ in range(twins)))
            except httpx.TransportError:
                answers.lost.append(number)
                return
            # Of two at once one may be told that it came too late, while the other has it.
            for each in sorted(said, key=lambda answer: -answer.status_code):
                _note(each, number, rule, answers)

        await _at_once(one, numbers)
        return answers

    async def _send(self, counter: Counter, rule: str, number: int) -> httpx.Response:
        """Again where the process has too much to do."""
        while True:
            answer: httpx.Response = await counter.try_place(
                self.quotes[number], f"{rule}-{number}", key=f"{rule}-{number}"
            )
            if answer.status_code != 503:
                return answer
            await asyncio.sleep(0.2)

    def _at(self, number: int) -> Counter:
        return self.counters[number % len(self.counters)]


def _note(answer: httpx.Response, number: int, rule: str, answers: Answers) -> None:
    if answer.status_code == 409:
        refusal = answer.json()
        assert refusal["code"] == "quote_not_honoured", refusal
        assert [one["path"].startswith("$.stock[") for one in refusal["errors"]] == [True]
        assert rule not in [one["rule"] for one in refusal["quote"]["priced"]["applied"]]
        answers.refused[number] = refusal
        return
    placed = done(answer, 201)
    assert answers.placed.setdefault(number, placed) == placed
    answers.refused.pop(number, None)


async def _at_once(one: Any, numbers: Sequence[int]) -> None:
    """Over so many connections, without a pause."""
    left = iter(numbers)

    async def work() -> None:
        for number in left:
            await one(number)

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(work())


@asynccontextmanager
async def rushing(
    db: Database, database_url: str, home: Path, people: int, given: int, valkey: str | None = None
) -> AsyncIterator[tuple[Rush, list[Api]]]:
    """Two processes, each with half of the connections."""
    await open_shop(db)
    token = await token_for(db, database_url, home)
    members = await register_members(db, people)
    async with serving(database_url, home, token, 2, CONNECTIONS // 2, valkey) as apis:
        rush = Rush(db, apis, members)
        shop = rush.counters[0]
        await shop.stock(good("eggs", 1_990), good("beef", 5_000))
        await shop.publish(rules(given))
        yield rush, apis


async def standing(db: Database, rule: str) -> tuple[int, int, int]:
    """Orders that are placed with the rule, by how many members, and what their tickets have of it."""
    async with db.transaction(read_only=True) as tx:
        row = await tx.fetchrow(
            """
            SELECT count(*) AS orders, count(DISTINCT member_id) AS members,
                   (SELECT sum(t.amount) FROM stock.ticket AS t JOIN stock.resource AS r USING (resource_id)
                    WHERE starts_with(r.key, 'main/' || $1 || '/'))::bigint AS taken
            FROM checkout.placed WHERE starts_with(external_id, $1 || '-') AND state = 'placed'
            """,
            rule,
        )
    assert row is not None
    return row["orders"], row["members"], row["taken"]


async def settled(rush: Rush) -> list[Any]:
    """What follows from what was committed, done; what breaks a law then."""
    await rush.counters[0].relay()
    return await breaches(rush.db)


async def away_from_midnight(db: Database) -> None:
    """The first hundred are those of a business day, which this must not be at the end of."""
    now = SystemClock().now()
    ends = db.calendar.start_of(db.calendar.day(now) + timedelta(days=1))
    if ends - now < timedelta(minutes=2):
        await asyncio.sleep((ends - now).total_seconds() + 1)


async def test_a_hundred_have_the_flash_price_and_a_hundred_are_the_first_of_the_day(
    db: Database, database_url: str, home: Path, valkey: EmbeddedValkey
) -> None:
    async with rushing(db, database_url, home, PEOPLE, GIVEN, valkey.url) as (rush, _):
        await away_from_midnight(db)
        for rule in BASKETS:
            await rush.quote(rule)
            await rush.place_two_each(rule, range(GREEDY))
            assert await standing(db, rule) == (GREEDY, GREEDY, GREEDY)
            said = await rush.place(range(GREEDY, PEOPLE), rule, Answers())
            assert (len(said.placed), len(said.refused), said.lost) == (GIVEN - GREEDY, PEOPLE - GIVEN, [])
            assert await standing(db, rule) == (GIVEN, GIVEN, GIVEN)
            # What is refused is quoted anew, and can be had for that.
            number, refusal = next(iter(said.refused.items()))
            assert (await rush.counters[1].place(refusal["quote"]))["member_id"] == str(rush.people[number])
        assert await settled(rush) == []


async def test_valkey_may_die_in_the_middle_of_orders(
    db: Database, database_url: str, home: Path, valkey: EmbeddedValkey
) -> None:
    async with rushing(db, database_url, home, 120, FEWER, valkey.url) as (rush, _):
        await rush.quote("flash")
        said = Answers()
        placing = asyncio.create_task(rush.place(range(120), "flash", said))
        await _until(said, 15)
        os.kill(valkey.pid, signal.SIGKILL)
        await placing
        assert (len(said.placed), len(said.refused), said.lost) == (FEWER, 80, [])
        assert await standing(db, "flash") == (FEWER, FEWER, FEWER)
        assert await settled(rush) == []


async def test_what_a_killed_process_had_not_placed_is_had_by_others(
    db: Database, database_url: str, home: Path, clock: SettableClock
) -> None:
    """Tickets of orders that died are others' after their time to live; an order that was placed and not answered is
    found by its command."""
    async with rushing(db, database_url, home, 120, FEWER) as (rush, apis):
        await rush.quote("flash")
        said = Answers()
        placing = asyncio.create_task(rush.place(range(80), "flash", said))
        await _until(said, 10)
        await apis[0].kill()
        await placing
        assert said.lost
        clock.set(max(clock.now(), await _last_ticket(db)) + timedelta(seconds=1))
        async with db.transaction() as tx:
            await stock.sweep(tx, HOLDERS)
        await asyncio.sleep(FORGOTTEN_S)
        orders, _, taken = await standing(db, "flash")
        assert len(said.placed) <= orders == taken <= FEWER
        # Who had no answer asks again, by the other process; then others.
        lost = sorted(set(said.lost))
        said.lost.clear()
        await rush.place([*lost, *range(80, 120)], "flash", said, at=1)
        assert said.lost == []
        assert await standing(db, "flash") == (FEWER, FEWER, FEWER)
        assert {str(one["order_id"]) for one in said.placed.values()} == await _orders(db)
        assert await settled(rush) == []


async def _until(said: Answers, count: int) -> None:
    async with asyncio.timeout(120):
        while len(said.placed) < count:  # noqa: ASYNC110 - others make it so
            await asyncio.sleep(0.001)


async def _last_ticket(db: Database) -> datetime:
    """When the last ticket expires, by the processes' own clock."""
    async with db.transaction(read_only=True) as tx:
        at = await tx.fetchval("SELECT max(expires_at) FROM stock.ticket")
    assert isinstance(at, datetime)
    return at


async def _orders(db: Database) -> set[str]:
    async with db.transaction(read_only=True) as tx:
        return {str(row["order_id"]) for row in await tx.fetch("SELECT order_id FROM checkout.placed")}
