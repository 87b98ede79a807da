"""Versions of rule documents: what is current, what stays readable, what is refused."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from huixiang.kernel.errors import InvalidInput, InvariantBroken
from huixiang.platform.db import Database, Transaction
from huixiang.rulebook import service
from huixiang.rulebook.model import (
    RuleDocumentInvalid,
    RuleDocumentUnknown,
    RuleDocumentWithdrawn,
    RuleKindUnknown,
)
from tests.support.fixtures import TestDatabase

pytestmark = pytest.mark.postgres15

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    spend_fen: int
    less_fen: int


class SampleRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    steps: list[Step]


class Undone(Exception):
    """Rolls a transaction back."""


# Another process of the same installation.
WITHDRAW = """
import asyncio, sys
import msgspec
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.platform.db import Database
from huixiang.rulebook import service

class AnyRules(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    steps: list[dict[str, int]]

async def main():
    service.register_kind("sample", AnyRules)
    db = await Database.open(sys.argv[1], calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock())
    async with db.transaction() as tx:
        await service.withdraw(tx, "sample", "spring", 2, by="other", note="")
    await db.close()

asyncio.run(main())
"""


class OtherRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str


def falling(rules: SampleRules) -> None:
    for index, step in enumerate(rules.steps):
        if step.less_fen > step.spend_fen:
            raise InvalidInput(path=f"$.steps[{index}].less_fen", problem="more than is spent")


@pytest.fixture(autouse=True)
def kinds() -> None:
    service.register_kind("sample", SampleRules, falling)


def body(less_fen: int) -> dict[str, Any]:
    return {"name": "满减", "steps": [{"spend_fen": 10_000, "less_fen": less_fen}]}


async def publish(db: Database, less_fen: int, valid_from: datetime, valid_to: datetime | None = None) -> int:
    async with db.transaction() as tx:
        document = await service.publish(
            tx, "sample", "spring", body(less_fen), valid_from, "maker", "spring", valid_to=valid_to
        )
    return document.version


async def less_at(db: Database, at: datetime) -> int:
    async with db.transaction() as tx:
        document = await service.current(tx, "sample", "spring", at)
        line = await service.timeline(tx, "sample", "spring")
        alone = await service.in_force(tx, "sample", "spring", at)
    assert line.at(at) == document == alone
    return document.read(SampleRules).steps[0].less_fen


async def test_current_is_the_highest_version_that_has_begun(db: Database) -> None:
    await publish(db, 1_000, JANUARY)
    await publish(db, 3_000, MARCH)
    await publish(db, 2_000, FEBRUARY)
    assert await less_at(db, JANUARY) == 1_000
    assert await less_at(db, FEBRUARY - INSTANT) == 1_000
    assert await less_at(db, FEBRUARY) == 2_000
    # Version 3 was published last and holds from February on, so it also overrides version 2's March.
    assert await less_at(db, MARCH) == 2_000
    with pytest.raises(RuleDocumentUnknown, match="spring"):
        await less_at(db, JANUARY - INSTANT)


async def test_a_version_that_ends_gives_way_to_the_one_below(db: Database) -> None:
    await publish(db, 1_000, JANUARY)
    await publish(db, 5_000, FEBRUARY, valid_to=MARCH)
    assert await less_at(db, MARCH - INSTANT) == 5_000
    assert await less_at(db, MARCH) == 1_000


async def test_withdrawing_puts_the_version_below_in_force_and_keeps_the_document(db: Database) -> None:
    await publish(db, 1_000, JANUARY)
    second = await publish(db, 2_000, JANUARY)
    async with db.transaction() as tx:
        withdrawn = await service.withdraw(tx, "sample", "spring", second, by="checker", note="too dear")
    assert withdrawn.state == "withdrawn"
    assert await less_at(db, MARCH) == 1_000
    async with db.transaction() as tx:
        kept = await service.version(tx, "sample", "spring", second)
        assert kept.read(SampleRules).steps[0].less_fen == 2_000
        assert (kept.published_by, kept.note) == ("maker", "spring")
        with pytest.raises(RuleDocumentWithdrawn):
            await service.withdraw(tx, "sample", "spring", second, by="checker", note="again")


async def test_what_another_process_changes_holds_for_the_next_decision(db: Database, database_url: str) -> None:
    await publish(db, 1_000, JANUARY)
    await publish(db, 2_000, JANUARY)
    assert await less_at(db, MARCH) == 2_000
    async with db.transaction() as before:
        assert (await service.current(before, "sample", "spring", MARCH)).version == 2
        elsewhere = await asyncio.create_subprocess_exec(sys.executable, "-c", WITHDRAW, database_url)
        assert await elsewhere.wait() == 0
        assert (await service.current(before, "sample", "spring", MARCH)).version == 1
    assert await less_at(db, MARCH) == 1_000


async def test_what_is_read_in_a_transaction_that_is_undone_is_not_kept(db: Database) -> None:
    await publish(db, 1_000, JANUARY)
    with suppress(Undone):
        async with db.transaction() as tx:
            await service.publish(tx, "sample", "spring", body(9_000), JANUARY, "maker", "")
            assert (await service.current(tx, "sample", "spring", MARCH)).version == 2
            raise Undone
    assert await less_at(db, MARCH) == 1_000
    await publish(db, 2_000, JANUARY)
    assert await less_at(db, MARCH) == 2_000


async def test_documents_that_did_not_change_cost_one_statement(db: Database) -> None:
    names = [("sample", "spring"), ("sample", "autumn"), ("sample", "nothing")]
    async with db.transaction() as tx:
        for code in ("spring", "autumn"):
            await service.publish(tx, "sample", code, body(1), JANUARY, "maker", "")
    counts = []
    async with db.pool.acquire() as connection, connection.transaction():
        tx = Transaction(connection, MARCH, db.calendar)
        for asked in (names, names[:2], names[:2]):
            statements: list[Any] = []
            with connection.query_logger(statements.append):
                assert (await service.timelines(tx, asked)).keys() == set(names[:2])
                await asyncio.sleep(0)  # the driver tells of a statement in the turn after it
            counts.append(len(statements))
    assert counts == [2, 1, 1]


async def test_two_withdrawals_at_once_are_one(db: Database) -> None:
    await publish(db, 1_000, JANUARY)

    async def withdraw() -> None:
        async with db.transaction() as tx:
            await service.withdraw(tx, "sample", "spring", 1, by="checker", note="")

    results = await asyncio.gather(withdraw(), withdraw(), return_exceptions=True)
    assert [type(result) for result in results if result] == [RuleDocumentWithdrawn]


async def test_publishes_at_once_take_numbers_in_turn(db: Database) -> None:
    numbers = await asyncio.gather(*(publish(db, less_fen, JANUARY) for less_fen in range(6)))
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


async def test_the_app_role_cannot_change_a_document(clean_database: TestDatabase) -> None:
    with psycopg.connect(clean_database.url("huixiang_app"), autocommit=True) as app:
        for statement in (
            "UPDATE rulebook.document SET body = '{}'",
            "DELETE FROM rulebook.document",
            "UPDATE rulebook.transition SET state = 'published'",
            "DELETE FROM rulebook.transition",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)


async def test_a_body_changed_behind_the_program_is_noticed(db: Database, owner_url: str) -> None:
    number = await publish(db, 1_234, JANUARY)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(
            """UPDATE rulebook.document SET body = jsonb_set(body, '{name}', '"other"'), hash = hash || '1'"""
        )
    async with db.transaction() as tx:
        with pytest.raises(InvariantBroken, match="not what was published"):
            await service.version(tx, "sample", "spring", number)


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ({"name": "满减", "steps": [], "colour": "red"}, "$"),
        ({"name": "满减", "steps": [{"spend_fen": "100", "less_fen": 1}]}, "$.steps[0].spend_fen"),
        ({"name": "满减", "steps": [{"spend_fen": 100.5, "less_fen": 1}]}, "$.steps[0].spend_fen"),
        ({"name": "满减", "steps": [{"spend_fen": 1, "less_fen": 1, "x": 2}]}, "$.steps[0]"),
        ({"name": "满减", "steps": [{"spend_fen": 1, "less_fen": 2}]}, "$.steps[0].less_fen"),
        ({"steps": []}, "$"),
    ],
)
async def test_a_body_of_another_shape_is_refused_with_its_path(
    db: Database, broken: dict[str, Any], path: str
) -> None:
    async with db.transaction() as tx:
        with pytest.raises(RuleDocumentInvalid) as refusal:
            await service.publish(tx, "sample", "spring", broken, JANUARY, "maker", "")
    assert refusal.value.fields["path"] == path
    assert refusal.value.fields["document"] == "spring"


async def test_an_unknown_kind_is_refused(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(RuleKindUnknown):
            await service.current(tx, "horoscope", "spring", JANUARY)


class LooseStep(msgspec.Struct):
    less_fen: int


class LooseRules(msgspec.Struct, forbid_unknown_fields=True):
    steps: list[LooseStep]


class FloatRules(msgspec.Struct, forbid_unknown_fields=True):
    rates: dict[str, float]


class NestedRules(msgspec.Struct, forbid_unknown_fields=True):
    children: list[NestedRules]


def test_a_kind_must_forbid_unknown_fields_and_floats() -> None:
    with pytest.raises(TypeError, match="LooseStep"):
        service.register_kind("loose", LooseRules)
    with pytest.raises(TypeError, match="float"):
        service.register_kind("floating", FloatRules)
    with pytest.raises(ValueError, match="SampleRules"):
        service.register_kind("sample", OtherRules)
    service.register_kind("nested", NestedRules)


async def test_reading_a_body_as_another_shape_is_a_defect(db: Database) -> None:
    await publish(db, 1, JANUARY)
    async with db.transaction() as tx:
        document = await service.current(tx, "sample", "spring", JANUARY)
    with pytest.raises(InvariantBroken):
        document.read(OtherRules)
