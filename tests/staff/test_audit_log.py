"""Reading the audit log at the console, and verifying it on the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.entry.cli import audit
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.staff import service
from huixiang.staff.model import AuditEntry
from huixiang.staff.routes.audit import ROUTES
from tests.staff.test_cli import Terminal, terminal
from tests.support.http_client import client_of

__all__ = ["terminal"]
AUDIT = "/api/console/v1/audit"


@pytest_asyncio.fixture
async def reader(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, ROUTES, "audit:read") as made:
        yield made


async def listed(reader: httpx.AsyncClient, **asked: Any) -> list[str]:
    answer = await reader.get(AUDIT, params=asked)
    assert answer.status_code == 200, answer.text
    return [one["action"] for one in answer.json()["items"]]


@pytest.mark.requirement("CON-03")
async def test_the_log_is_read_by_who_what_whom_and_when(
    db: Database, clock: SettableClock, reader: httpx.AsyncClient
) -> None:
    member = new_id()
    noon = clock.now() + timedelta(hours=1)
    written = [
        AuditEntry(actor="cli", action="key.created", subject="key:1", after={"name": "till"}, reason="new till"),
        AuditEntry(actor="staff:1", action="adjustment.posted", subject="adjustment:1", member_id=member),
        AuditEntry(actor="staff:1", action="key.revoked", subject="key:1", before={"name": "till"}),
    ]
    for entry in written:
        async with db.transaction() as tx:
            await service.record(tx, entry)
        clock.advance(timedelta(hours=1))
    assert await listed(reader) == ["key.revoked", "adjustment.posted", "key.created"]
    assert await listed(reader, actor="staff:1") == ["key.revoked", "adjustment.posted"]
    assert await listed(reader, action="key.created") == ["key.created"]
    assert await listed(reader, subject="key:1") == ["key.revoked", "key.created"]
    assert await listed(reader, member_id=str(member)) == ["adjustment.posted"]
    assert await listed(reader, **{"from": noon.isoformat()}) == ["key.revoked", "adjustment.posted"]
    assert await listed(reader, to=noon.isoformat()) == ["key.created"]
    assert await listed(reader, actor="staff:1", subject="key:1") == ["key.revoked"]
    [first] = (await reader.get(AUDIT, params={"action": "key.created"})).json()["items"]
    assert (first["after"], first["before"], first["reason"], first["seq"]) == ({"name": "till"}, None, "new till", 1)
    page = (await reader.get(AUDIT, params={"limit": 2})).json()
    rest = (await reader.get(AUDIT, params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert [one["action"] for one in page["items"] + rest["items"]] == await listed(reader)
    assert rest["next_cursor"] is None


@pytest.mark.requirement("CON-03")
async def test_the_log_is_closed_to_who_may_not_read_it(db: Database) -> None:
    async with client_of(db, ROUTES, "members:read") as other:
        answer = await other.get(AUDIT)
    assert (answer.status_code, answer.json()["permission"]) == (403, "audit:read")


@pytest.mark.requirement("CON-03")
async def test_the_command_verifies_and_fails_where_something_differs(
    terminal: Terminal, db: Database, superuser: psycopg.Connection[Any]
) -> None:
    async with db.transaction() as tx:
        for n in range(3):
            await service.record(tx, AuditEntry(actor="cli", action=f"a{n}.done", subject="thing:1"))
    good = await terminal.run(audit.app, "verify")
    assert (good.exit_code, good.output) == (0, "3 entries, 1 chains, 0 roots: 0 differences\n")
    superuser.execute("UPDATE staff.audit SET reason = 'no' WHERE action = 'a1.done'")
    bad = await terminal.run(audit.app, "verify")
    assert bad.exit_code == 1
    assert bad.output == (
        "2026-03-18, cli, entry 2: the entry is not what was recorded\n3 entries, 1 chains, 0 roots: 1 differences\n"
    )
