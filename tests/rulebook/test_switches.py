"""Switching one rule of a document off: at once, whichever version has it, and on the record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.rulebook import service
from huixiang.rulebook.model import NewSwitch, RuleDocumentUnknown, RulePartUnknown
from huixiang.rulebook.routes import ROUTES
from tests.rulebook.sample import CODE, KIND, menu, register
from tests.support.fixtures import TestDatabase
from tests.support.http_client import client_of

pytestmark = [pytest.mark.postgres15, pytest.mark.requirement("PRC-13")]

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


@pytest_asyncio.fixture(autouse=True)
async def document(db: Database) -> AsyncIterator[None]:
    register()
    async with db.transaction() as tx:
        await service.publish(tx, KIND, CODE, menu(tofu=1800, eel=6800), LONG_AGO, "maker", "spring")
    yield


async def turn(db: Database, part: str, *, off: bool, reason: str = "salmonella") -> None:
    async with db.transaction() as tx:
        await service.switch(tx, KIND, CODE, NewSwitch(part, off, reason), "chef")


async def off(db: Database) -> frozenset[str]:
    async with db.transaction() as tx:
        return (await service.standing(tx, KIND, CODE)).off


async def test_off_and_on_again(db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]) -> None:
    assert await off(db) == frozenset()
    await turn(db, "eel", off=True)
    assert await off(db) == {"eel"}
    clock.set(clock.now() + timedelta(minutes=1))
    await turn(db, "eel", off=False, reason="it was the mayonnaise")
    assert await off(db) == frozenset()
    async with db.transaction() as tx:
        turns = await service.turns(tx, KIND, CODE)
    assert [(one.part, one.off, one.by, one.reason) for one in turns] == [
        ("eel", False, "chef", "it was the mayonnaise"),
        ("eel", True, "chef", "salmonella"),
    ]
    rows = superuser.execute(
        "SELECT action, after ->> 'part', reason FROM staff.audit WHERE action LIKE 'rule.switched%' ORDER BY audit_id"
    ).fetchall()
    assert rows == [
        ("rule.switched_off", "eel", "salmonella"),
        ("rule.switched_on", "eel", "it was the mayonnaise"),
    ]


async def test_pressing_twice_is_pressing_once(db: Database) -> None:
    await asyncio.gather(*(turn(db, "eel", off=True) for _ in range(6)))
    async with db.transaction() as tx:
        assert len(await service.turns(tx, KIND, CODE)) == 1


async def test_a_later_version_does_not_switch_it_on(db: Database) -> None:
    await turn(db, "eel", off=True)
    async with client_of(db, ROUTES, "rulebook:publish_alone") as client:
        answer = await client.post(
            "/api/v1/rulebook/menu/spring/versions/alone",
            json={"base": 1, "note": "n", "body": menu(eel=1, crab=2)},
            headers={"Idempotency-Key": "k"},
        )
    assert answer.json()["warnings"] == [
        {"path": "$", "problem": "eel is switched off, and stays so until it is switched on"}
    ]
    assert await off(db) == {"eel"}


async def test_only_what_is_or_will_be_in_force_can_be_switched(db: Database, clock: SettableClock) -> None:
    soon, ended = clock.now() + timedelta(days=1), clock.now() - timedelta(days=1)
    async with db.transaction() as tx:
        await service.publish(tx, KIND, CODE, menu(crab=1), soon, "maker", "next")
        await service.publish(tx, KIND, CODE, menu(goose=1), LONG_AGO, "maker", "was", valid_to=ended)
    await turn(db, "crab", off=True)
    for part in ("goose", "nothing"):
        with pytest.raises(RulePartUnknown, match=part):
            await turn(db, part, off=True)
    assert await off(db) == {"crab"}


async def test_how_a_document_stands_costs_one_statement_or_none(db: Database, now: datetime) -> None:
    counts = []
    async with db.pool.acquire() as connection, connection.transaction():
        tx = Transaction(connection, now, db.calendar)
        name = await service.revision(tx)
        for known in (None, None, name, name):
            statements: list[Any] = []
            with connection.query_logger(statements.append):
                assert (await service.standing(tx, KIND, CODE, known)).latest == 1
                await asyncio.sleep(0)  # the driver tells of a statement in the turn after it
            counts.append(len(statements))
    assert counts == [3, 1, 0, 0]


async def test_the_revision_is_a_fact_that_others_read(db: Database) -> None:
    async with db.transaction() as tx:
        before = await service.revision(tx)
        assert before == await tx.fetchval("SELECT revision FROM rulebook.rulebook_revision_facts")
    await turn(db, "eel", off=True)
    async with db.transaction() as tx:
        assert await service.revision(tx) != before


async def test_how_a_document_stands_at_an_instant(db: Database, clock: SettableClock) -> None:
    async with db.transaction() as tx:
        await service.publish(tx, KIND, CODE, menu(crab=1), clock.now(), "maker", "next")
        stands = await service.standing(tx, KIND, CODE)
        assert (stands.latest, stands.at(clock.now()).version, stands.at(LONG_AGO).version) == (2, 2, 1)
        assert stands.numbered(1).hash != stands.numbered(2).hash
        with pytest.raises(RuleDocumentUnknown, match="version 3"):
            stands.numbered(3)
        with pytest.raises(RuleDocumentUnknown, match="2024"):
            stands.at(LONG_AGO - timedelta(days=1))


async def test_over_http(db: Database) -> None:
    async with client_of(db, ROUTES, "rulebook:read", "rulebook:switch") as client:
        for at in ("/api/v1", "/api/console/v1"):
            path = f"{at}/rulebook/menu/spring/switches"
            body = {"part": "eel", "off": True, "reason": at}
            answer = await client.post(path, json=body, headers={"Idempotency-Key": at})
            assert answer.status_code == 201, answer.text
            assert (answer.json()["part"], answer.json()["reason"]) == ("eel", "/api/v1")
            shown = (await client.get(path)).json()
            assert (shown["off"], len(shown["turns"])) == (["eel"], 1)
            unknown = await client.post(path, json=body | {"part": "x"}, headers={"Idempotency-Key": at + "x"})
            assert (unknown.status_code, unknown.json()["code"]) == (404, "rule_part_unknown")


async def test_the_log_of_switches_is_only_added_to(clean_database: TestDatabase) -> None:
    with psycopg.connect(clean_database.url("huixiang_app"), autocommit=True) as app:
        for statement in ("UPDATE rulebook.switch SET off = false", "DELETE FROM rulebook.switch"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
