"""A condition asked of one member in memory and of all members in SQL gives the same answer, for any condition and any
member, whatever is not known of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime
from functools import cache
from random import Random
from typing import Any, get_args
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huixiang.conditions import model, sql
from huixiang.conditions.check import check
from huixiang.conditions.depends import History, attributes_of, histories_of
from huixiang.conditions.facts import Facts, Purchase, Values
from huixiang.conditions.model import Condition, decode, encode, walk
from huixiang.conditions.moments import today
from huixiang.conditions.predicate import compile as compile_predicate
from huixiang.conditions.registry import Attribute, Registry
from huixiang.entry.attributes import load_registry
from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.members.service import define_attributes
from huixiang.platform.db import Database
from tests.conditions import draws
from tests.conditions.population import Person, definitions, insert, people

PEOPLE = 120
SEED = 20260318
CONTEXTS: tuple[Values, ...] = (
    {},
    {"channel": "till", "experiment.colour": "red"},
    {"channel": "app", "store": "gold", "tenders": frozenset({"fresh", "home"})},
)


@cache
def calendar_of(zone: str) -> BusinessCalendar:
    return BusinessCalendar(zone)


class Ground:
    """The members in both forms, and the database that has them."""

    def __init__(self, runner: asyncio.Runner, database: Database, those: list[Person]) -> None:
        self.runner = runner
        self.database = database
        self.people = those
        self.registry = runner.run(self._registry())
        self._known: dict[str, list[Values]] = {}
        self._bought = [person.bought() for person in those]

    async def _registry(self) -> Registry:
        register_rule_kinds()
        async with self.database.transaction() as tx:
            await define_attributes(tx, definitions())
            return await load_registry(tx)

    def facts(self, now: datetime, calendar: BusinessCalendar, context: Values) -> Iterator[tuple[UUID, Facts]]:
        if calendar.zone_name not in self._known:
            self._known[calendar.zone_name] = [person.known(calendar) for person in self.people]
        for person, known in zip(self.people, self._known[calendar.zone_name], strict=True):
            yield (
                person.member_id,
                Facts(now=now, calendar=calendar, member=known, context=context, purchases=person.bought()),
            )

    def fetch(self, text: str, *parameters: Any) -> list[Any]:
        async def fetched() -> list[Any]:
            async with self.database.transaction() as tx:
                return await tx.fetch(text, *parameters)

        return self.runner.run(fetched())


@pytest.fixture
def ground(database_url: str, superuser: psycopg.Connection[Any]) -> Iterator[Ground]:
    shanghai = calendar_of("Asia/Shanghai")
    those = people(Random(SEED), PEOPLE, shanghai)
    insert(superuser, those)
    with asyncio.Runner() as runner:
        database = runner.run(Database.open(database_url, calendar=shanghai, clock=SystemClock(), max_size=2))
        yield Ground(runner, database, those)
        runner.run(database.close())


def of_members(attribute: Attribute) -> bool:
    return attribute.scope == "member"


def of_context(attribute: Attribute) -> bool:
    return attribute.scope == "context"


def kinds_of(written: Condition) -> Collection[type]:
    return {type(node) for _, _, node in walk(written)}


@pytest.mark.requirement("PRC-06")
def test_in_memory_and_in_sql_a_condition_says_the_same_of_everybody(ground: Ground) -> None:
    of_someone = draws.leaves_of(ground.registry, of_members)
    of_occasion = draws.leaves_of(ground.registry, of_context)
    each = [of_someone, of_someone, of_someone, draws.of_history(), draws.of_time(), of_occasion]
    leaves = st.sampled_from(each).flatmap(lambda leaf: leaf)
    reached: Counter[type] = Counter()
    told: Counter[tuple[type, bool]] = Counter()

    @settings(max_examples=settings().max_examples * 4)
    @given(
        written=draws.conditions(leaves),
        now=draws.INSTANTS,
        zone=st.sampled_from(draws.ZONES),
        context=st.sampled_from(CONTEXTS),
    )
    def agrees(written: Condition, now: datetime, zone: str, context: Values) -> None:
        calendar = calendar_of(zone)
        assert check(written, ground.registry) == []
        assert decode(encode(written)) == written
        query = sql.compile(written, ground.registry, now=now, calendar=calendar, context=context)
        found = {row["member_id"] for row in ground.fetch(query.text, *query.parameters)}
        asked = compile_predicate(written, ground.registry)
        assert found == {member for member, facts in ground.facts(now, calendar, context) if asked(facts)}
        reached.update(kinds_of(written))
        told[type(written), bool(found)] += 1

    agrees()
    nowhere = {model.BasketSum}  # members have no basket
    assert set(reached) == set(get_args(Condition)) - nowhere, reached
    assert {kind for kind, some in told if some} >= {model.All, model.Any, model.Not}
    assert sum(told.values()) >= settings().max_examples * 3


def at_a_bound(ground: Ground, now: datetime, calendar: BusinessCalendar) -> Iterator[Condition]:
    """Questions whose bound is a value that some member has, neither the first nor the last of them."""
    for code in (
        "custom.size",
        "points",
        "growth",
        "orders",
        "joined_on",
        "custom.wedding",
        "tier_since",
        "last_order_on",
    ):
        values = {value for person in ground.people if (value := person.known(calendar).get(code)) is not None}
        middle: Any = sorted(values, key=str)[len(values) // 2]
        if isinstance(middle, date):
            passed = abs((today(calendar, now) - middle).days)
            yield from (model.Elapsed(code, at_least=passed), model.Elapsed(code, at_most=passed))
            middle = middle.isoformat()
        for op in get_args(model.Op):
            yield model.Compare(code, op, middle)
        yield from (model.Between(code, middle), model.Between(code, None, middle), model.Between(code, middle, middle))
        other: Any = min(values)
        two = (middle, other.isoformat() if isinstance(other, date) else other)
        yield from (model.OneOf(code, two), model.NoneOf(code, two))
    for code in ("birthday", "custom.wedding"):
        yield from (
            model.Anniversary(code, "month"),
            model.Anniversary(code, before=2),
            model.Anniversary(code, after=19),
        )
    for code in ("plans", "benefits", "custom.likes", "custom.fears"):
        yield from (model.Has(code, ("fresh", "home")), model.Has(code, ("fresh", "home"), "all"))
    for code in ("tier", "custom.house", "custom.pets"):
        known: set[Any] = {person.known(calendar).get(code) for person in ground.people} - {None}
        yield from (model.Compare(code, "eq", max(known)), model.Compare(code, "ne", max(known)), model.Known(code))
    day = today(calendar, now)
    for person in ground.people[:25]:
        for one in person.bought()[:3]:
            days = (day - one.day).days + 1  # the first day of them is that of the order
            of: dict[str, Any] = {"category": one.category, "sku": one.sku}
            yield model.Bought("spend_fen", days, **of, at_most=one.spend_fen)
            yield model.Bought("orders", days, **of, at_least=1)
            if days > 1:
                yield model.Bought("quantity", days - 1, **of, at_least=one.quantity)


def test_both_sides_have_the_same_bounds(ground: Ground) -> None:
    calendar, now = calendar_of("Asia/Shanghai"), datetime.fromisoformat("2026-03-20T04:00:00Z")
    everybody = list(ground.facts(now, calendar, {}))
    divided: Counter[type] = Counter()
    for leaf in at_a_bound(ground, now, calendar):
        query = sql.compile(leaf, ground.registry, now=now, calendar=calendar)
        found = {row["member_id"] for row in ground.fetch(query.text, *query.parameters)}
        asked = compile_predicate(leaf, ground.registry)
        assert found == {member for member, facts in everybody if asked(facts)}, leaf
        divided[type(leaf)] += 0 < len(found) < len(everybody)
    of_member = {model.Compare, model.Between, model.OneOf, model.NoneOf, model.Has, model.Known, model.Elapsed}
    assert {kind for kind, times in divided.items() if times} == of_member | {model.Anniversary, model.Bought}
    assert divided.total() > 100  # answers that are all alike could agree by chance


def test_what_is_loaded_of_members_is_what_is_known_of_them(ground: Ground) -> None:
    """The statements that read facts for predicates, against the facts that were written."""
    codes = sorted(code for code, one in ground.registry.attributes.items() if one.scope == "member")
    everybody = [person.member_id for person in ground.people]
    for zone in draws.ZONES:
        calendar = calendar_of(zone)
        asked = sql.select_values(codes, ground.registry, calendar)
        rows = ground.fetch(asked.text, everybody, *asked.parameters)
        loaded = {row[0]: sql.values_of(codes, row[1:]) for row in rows}
        assert loaded == {person.member_id: person.known(calendar) for person in ground.people}


def test_the_purchases_that_are_loaded_are_enough_for_who_asked(ground: Ground) -> None:
    written = [
        model.Bought("orders", 30, at_least=1),
        model.Bought("quantity", 60, category="fresh", at_least=2),
        model.Bought("spend_fen", 7, category="fresh", at_least=1),
        model.Bought("spend_fen", 60, sku="milk", at_most=900),
    ]
    now = datetime.fromisoformat("2026-02-20T00:00:00Z")
    calendar = calendar_of("Asia/Shanghai")
    wanted = histories_of(written)
    assert wanted == {
        History(None, None, 30, quantity=False),
        History("fresh", None, 60, quantity=True),
        History(None, "milk", 60, quantity=False),
    }
    asked = sql.select_purchases(wanted, ground.registry, calendar, today(calendar, now))
    loaded: dict[UUID, list[Purchase]] = {person.member_id: [] for person in ground.people}
    for member, day, category, sku, orders, quantity, spend_fen in ground.fetch(
        asked.text, list(loaded), *asked.parameters
    ):
        loaded[member].append(
            Purchase(day=day, category=category, sku=sku, orders=orders, quantity=quantity, spend_fen=spend_fen)
        )
    day = today(calendar, now)
    spans = {(one.category, one.sku): range(one.days) for one in wanted}
    for person in ground.people:
        within = [one for one in person.bought() if (day - one.day).days in spans.get((one.category, one.sku), ())]
        assert sorted(loaded[person.member_id], key=repr) == sorted(within, key=repr)
    for condition in written:
        holds = compile_predicate(condition, ground.registry)
        answers = []
        for person in ground.people:
            by_all, by_loaded = (
                holds(Facts(now=now, calendar=calendar, purchases=those))
                for those in (person.bought(), loaded[person.member_id])
            )
            assert by_all == by_loaded
            answers.append(by_all)
        assert len(set(answers)) == 2, condition


def test_the_attributes_that_conditions_ask_for() -> None:
    written = model.Any((model.Known("tier"), model.Not(model.Elapsed("joined_on", at_least=1)), model.Weekdays((1,))))
    assert attributes_of([written, model.Known("points")]) == {"tier", "joined_on", "points"}
