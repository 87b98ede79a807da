"""Rule sets: compiled once for each version, stale from the statement on that sees another one published."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.service import rule_sets
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import NewSwitch, RuleDocumentUnknown

pytestmark = [pytest.mark.postgres15, pytest.mark.requirement("PRC-14")]

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
NAME = {"zh": "规则", "en": "Rule"}


def body(rate_bp: int, rules: int = 1) -> dict[str, Any]:
    """Many rules are compiled beside the event loop."""
    effect = {"type": "rate", "rate_bp": rate_bp}
    named = (f"r{n}" for n in range(rules))
    return {"rules": [{"layer": "unit", "code": code, "name": NAME, "effect": effect} for code in named]}


async def publish(db: Database, rate_bp: int, rules: int = 1, valid_from: datetime = LONG_AGO) -> int:
    async with db.transaction() as tx:
        document = await rulebook.publish(tx, *rule_sets.DOCUMENT, body(rate_bp, rules), valid_from, "maker", "n")
    return document.version


async def current(db: Database) -> RuleSet:
    async with db.transaction(read_only=True) as tx:
        return await rule_sets.current(tx)


async def at(db: Database, version: int) -> RuleSet:
    async with db.transaction(read_only=True) as tx:
        return await rule_sets.at(tx, version)


@pytest_asyncio.fixture(autouse=True)
async def kinds(db: Database) -> AsyncIterator[Database]:
    register_rule_kinds()
    yield db


async def test_a_version_is_compiled_once_until_the_next(db: Database) -> None:
    await publish(db, 9001)
    first = await current(db)
    assert (first.version, await current(db)) == (1, first)
    await publish(db, 9002)
    second = await current(db)
    assert second.version == 2
    assert second.promotions.rules[0].effect.rate_bp == 9002  # type: ignore[union-attr]
    assert await current(db) is second


@pytest.mark.parametrize("rules", [1, 2 * rule_sets.BESIDE_FROM])
async def test_many_who_ask_at_once_get_the_one_that_was_compiled(db: Database, rules: int) -> None:
    await publish(db, 9100, rules)
    found = await asyncio.gather(*(current(db) for _ in range(20)))
    assert all(one is found[0] for one in found)
    assert len(found[0].promotions.rules) == rules


async def test_who_gives_up_while_compiling_leaves_it_to_the_next(db: Database) -> None:
    await publish(db, 9200, 5 * rule_sets.BESIDE_FROM)
    for _ in range(3):
        first = asyncio.create_task(current(db))
        second = asyncio.create_task(current(db))
        await asyncio.sleep(0.02)
        first.cancel()
        with suppress(asyncio.CancelledError):
            await first
        assert (await second).version == 1


async def test_a_quote_keeps_its_version(db: Database) -> None:
    await publish(db, 9301)
    first = await current(db)
    await publish(db, 9302)
    assert (await current(db)).version == 2
    assert await at(db, 1) is first
    async with db.transaction() as tx:
        await rulebook.withdraw(tx, *rule_sets.DOCUMENT, 1, by="checker", note="a slip")
    assert await at(db, 1) is first
    with pytest.raises(RuleDocumentUnknown, match="version 3"):
        await at(db, 3)


async def test_withdrawing_brings_the_one_below_back(db: Database) -> None:
    await publish(db, 9401)
    first = await current(db)
    await publish(db, 9402)
    assert (await current(db)).version == 2
    async with db.transaction() as tx:
        await rulebook.withdraw(tx, *rule_sets.DOCUMENT, 2, by="checker", note="a slip")
    assert await current(db) is first
    async with db.transaction() as tx:
        await rulebook.withdraw(tx, *rule_sets.DOCUMENT, 1, by="checker", note="a slip too")
    with pytest.raises(RuleDocumentUnknown):
        await current(db)


async def test_a_version_comes_into_force_when_its_time_comes(db: Database, clock: SettableClock) -> None:
    soon = clock.now() + timedelta(hours=1)
    await publish(db, 9501)
    await publish(db, 9502, valid_from=soon)
    assert (await current(db)).version == 1
    clock.set(soon)
    assert (await current(db)).version == 2


@pytest.mark.requirement("PRC-13")
async def test_what_is_switched_off_holds_for_every_version(db: Database) -> None:
    await publish(db, 9601, rules=3)
    await publish(db, 9602, rules=3)
    async with db.transaction() as tx:
        await rulebook.switch(tx, *rule_sets.DOCUMENT, NewSwitch("r1", off=True, reason="a typo"), "staff:1")
    async with db.transaction(read_only=True) as tx:
        for version in (None, 1, 2):
            holds = await rule_sets.in_force(tx, version=version)
            assert (holds.rule_set.version, holds.killed) == (version or 2, frozenset({"r1"}))


async def test_what_did_not_change_costs_one_statement_or_none(db: Database, now: datetime) -> None:
    await publish(db, 9701)
    await publish(db, 9702)
    counts = []
    async with db.pool.acquire() as connection, connection.transaction():
        tx = Transaction(connection, now, db.calendar)
        revision = await rulebook.revision(tx)
        await rule_sets.in_force(tx, version=1)
        await rule_sets.in_force(tx)
        for known, version in ((None, None), (revision, None), (revision, 1)):
            statements: list[Any] = []
            with connection.query_logger(statements.append):
                await rule_sets.in_force(tx, version=version, revision=known)
                await asyncio.sleep(0)  # the driver tells of a statement in the turn after it
            counts.append(len(statements))
    assert counts == [1, 0, 0]


async def test_a_reader_sees_one_version_while_another_is_published(db: Database) -> None:
    await publish(db, 9801)
    async with db.transaction(read_only=True) as tx:
        before = await rule_sets.current(tx)
        await publish(db, 9802)
        assert (await current(db)).version == 2
        assert await rule_sets.current(tx) is before
    assert (await current(db)).version == 2


async def test_so_many_are_kept_and_no_more(db: Database) -> None:
    await publish(db, 9900)
    first = await current(db)
    for version in range(2, rule_sets.KEPT + 1):
        await publish(db, 9900 + version)
        assert (await current(db)).version == version
    assert await at(db, 1) is first
    for version in range(rule_sets.KEPT + 1, 2 * rule_sets.KEPT + 1):
        await publish(db, 9900 + version)
        assert (await current(db)).version == version
    again = await at(db, 1)
    assert again is not first
    assert again.promotions == first.promotions
