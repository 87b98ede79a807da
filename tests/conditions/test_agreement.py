"""A condition asked of one member in memory and of all members in SQL gives the same answer, for any condition and any
member, whatever is not known of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
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
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.platform.db import Database
from tests.conditions import draws
from tests.conditions.population import Person, insert, people

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
        async with self.database.transaction() as tx:
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


def test_leaves_of_every_kind_are_true_of_some_members_and_false_of_others(ground: Ground) -> None:
    """Answers that are all alike could agree by chance."""
    differing: Counter[type] = Counter()

    @settings(max_examples=settings().max_examples * 4)
    @given(
        leaf=st.one_of(draws.leaves_of(ground.registry, of_members), draws.of_history()),
        now=draws.INSTANTS,
    )
    def agrees(leaf: Condition, now: datetime) -> None:
        calendar = calendar_of("Asia/Shanghai")
        query = sql.compile(leaf, ground.registry, now=now, calendar=calendar)
        found = {row["member_id"] for row in ground.fetch(query.text, *query.parameters)}
        asked = compile_predicate(leaf, ground.registry)
        assert found == {member for member, facts in ground.facts(now, calendar, {}) if asked(facts)}
        differing[type(leaf)] += 0 < len(found) < len(ground.people)

    agrees()
    of_one = {model.Compare, model.Between, model.OneOf, model.NoneOf, model.Known, model.Elapsed, model.Anniversary}
    assert {kind for kind, times in differing.items() if times} >= of_one | {model.Bought, model.Has}, differing


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
    assert sum(map(len, loaded.values())) < sum(len(person.bought()) for person in ground.people)
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
