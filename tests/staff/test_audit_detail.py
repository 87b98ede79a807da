"""One entry of the audit log with its chain walked, the roots of closed days, and who acted by name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.adapters.signing_keys import FileSigner
from huixiang.staff import service
from huixiang.staff.model import Role
from huixiang.staff.routes.audit import ROUTES
from tests.staff.test_audit_chain import closed, note, owner, signer
from tests.support.http_client import client_of

pytestmark = pytest.mark.requirement("CON-03")
__all__ = ["owner", "signer"]
AUDIT = "/api/console/v1/audit"
TODAY = date(2026, 3, 18)
Owner = psycopg.Connection[tuple[Any, ...]]


@pytest_asyncio.fixture
async def reader(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, ROUTES, "audit:read") as made:
        yield made


async def chain_of(reader: httpx.AsyncClient, action: str) -> dict[str, Any]:
    [entry] = (await reader.get(AUDIT, params={"action": action})).json()["items"]
    answer = await reader.get(f"{AUDIT}/{entry['audit_id']}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["entry"] == entry
    found: dict[str, Any] = answer.json()["chain"]
    return found


async def roots(reader: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await reader.get(f"{AUDIT}/roots", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_entry_stands_under_the_signed_root_of_its_day(
    db: Database, clock: SettableClock, reader: httpx.AsyncClient
) -> None:
    await note(db, "cli", "a.done", "b.done")
    await note(db, "key:1", "c.done")
    unsigned = await chain_of(reader, "b.done")
    assert (unsigned["state"], unsigned["entries"], unsigned["root"]) == ("open", 2, None)
    clock.advance(timedelta(days=1, hours=12))
    assert await closed(db) == [TODAY]
    signed = await chain_of(reader, "b.done")
    assert (signed["state"], signed["entries"], signed["problems"]) == ("signed", 2, [])
    [root] = (await roots(reader))["items"]
    assert signed["root"] == root
    assert (root["day"], root["chains"], root["entries"], root["problem"]) == (str(TODAY), 2, 3, None)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE staff.audit SET reason = 'other' WHERE action = 'a.done'", "1: the entry is not what was recorded"),
        ("DELETE FROM staff.audit WHERE action = 'a.done'", "2: entries 1 to 1 are missing"),
        ("DELETE FROM staff.audit WHERE action = 'c.done'", "the chain ended at entry 3"),
        ("DELETE FROM staff.audit_head", "the chain has no head"),
        ("DELETE FROM staff.audit WHERE action = 'd.done'", "the root is not that of the day's entries"),
        ("UPDATE staff.audit_root SET signature = decode(repeat('00', 64), 'hex')", "the signature is wrong"),
        ("UPDATE staff.audit_root SET previous = root", "the root does not follow that of the day before"),
    ],
)
async def test_what_was_done_to_a_chain_is_said_with_each_of_its_entries(
    db: Database, clock: SettableClock, reader: httpx.AsyncClient, owner: Owner, damage: str, said: str
) -> None:
    await note(db, "cli", "a.done", "b.done", "c.done")
    await note(db, "key:1", "d.done")
    clock.advance(timedelta(days=1, hours=12))
    await closed(db)
    assert owner.execute(damage).rowcount
    found = await chain_of(reader, "b.done")
    assert found["state"] == "broken"
    assert any(said in problem for problem in found["problems"]), found["problems"]


async def test_a_root_that_another_installation_signed_is_not_trusted(
    db: Database, clock: SettableClock, reader: httpx.AsyncClient, tmp_path: Path
) -> None:
    await note(db, "cli", "a.done")
    clock.advance(timedelta(days=1, hours=12))
    await closed(db)
    service.use_root_signer(FileSigner(tmp_path / "other-keys.json"))
    [root] = (await roots(reader))["items"]
    assert "no key of this installation" in root["problem"]
    assert (await chain_of(reader, "a.done"))["state"] == "broken"


async def test_roots_are_leafed_through_and_each_follows_the_one_before(
    db: Database, clock: SettableClock, reader: httpx.AsyncClient
) -> None:
    await note(db, "cli", "a.done")
    clock.advance(timedelta(days=3, hours=12))
    days = await closed(db)
    first = await roots(reader, limit=2)
    rest = await roots(reader, limit=2, cursor=first["next_cursor"])
    items = first["items"] + rest["items"]
    assert [one["day"] for one in items] == [str(day) for day in reversed(days)]
    assert (len(days), rest["next_cursor"]) == (3, None)
    assert {one["problem"] for one in items} == {None}


async def test_entries_are_asked_for_by_business_day_and_name_who_acted(
    db: Database, clock: SettableClock, reader: httpx.AsyncClient
) -> None:
    async with db.transaction() as tx:
        lin = (await service.add_account(tx, "lin", "林晓", Role.OPERATIONS, by="cli")).account
        key = (await service.create_key(tx, "till of S001", ["orders:read"], by="cli")).key
    await note(db, f"staff:{lin.staff_id}", "a.done")
    clock.advance(timedelta(days=1))
    await note(db, f"key:{key.key_id}", "b.done")
    await note(db, f"staff:{new_id()}", "c.done")

    async def listed(**asked: str) -> dict[str, str | None]:
        items = (await reader.get(AUDIT, params=asked)).json()["items"]
        return {one["action"]: one["actor_name"] for one in items if one["action"].endswith(".done")}

    tomorrow = str(TODAY + timedelta(days=1))
    assert await listed() == {"a.done": "林晓", "b.done": "till of S001", "c.done": None}
    assert list(await listed(first_day=tomorrow)) == ["c.done", "b.done"]
    assert list(await listed(last_day=str(TODAY))) == ["a.done"]
    assert await listed(first_day=tomorrow, last_day=str(TODAY)) == {}


async def test_an_entry_that_is_not_there_is_unknown(reader: httpx.AsyncClient) -> None:
    answer = await reader.get(f"{AUDIT}/{new_id()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "audit_unknown")
