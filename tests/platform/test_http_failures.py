"""What goes wrong inside: told to the caller by a code, to the operator by type and place, and by value to nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.platform.web.problems import refuse
from tests.platform.test_http_hardening import problem
from tests.platform.test_idempotency import things
from tests.platform.web_app import WRITER, client_of

PHONE = "13800138000"


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db) as one:
        yield one


@pytest.mark.requirement("OPS-05")
async def test_a_defect_is_recorded_without_personal_data(client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        answer = await client.get("/api/v1/broken", params={"phone": PHONE}, headers=WRITER)
    body = problem(answer, 500, "internal_error")
    assert PHONE not in answer.text
    (record,) = [one for one in logs if one["event"] == "request_failed"]
    assert record["error"] == ["KeyError"]
    assert any(frame.endswith(" get_broken") for frame in record["frames"])
    (access,) = [one for one in logs if one["event"] == "request"]
    assert (access["route"], access["status"], access["code"]) == ("/api/v1/broken", 500, "internal_error")
    assert PHONE not in str(logs)
    assert body["request_id"]


@pytest.mark.parametrize(
    ("which", "status", "code", "retry"),
    [
        ("timeout", 503, "overloaded", "1"),
        ("gone", 503, "database_unavailable", "1"),
        ("refused", 422, "value_refused", None),
    ],
)
async def test_what_the_database_refuses(
    client: httpx.AsyncClient, which: str, status: int, code: str, retry: str | None
) -> None:
    answer = await client.get(f"/api/v1/sql?which={which}", headers=WRITER)
    problem(answer, status, code)
    assert answer.headers.get("retry-after") == retry
    assert (await client.get("/api/v1/things", headers=WRITER)).status_code == 200


async def test_a_query_cannot_write(client: httpx.AsyncClient, db: Database) -> None:
    problem(await client.get("/api/v1/write-in-query", headers=WRITER), 500, "internal_error")
    assert await things(db) == 0


async def test_a_read_of_one_statement_asks_once(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/count", headers=WRITER)
    assert (answer.status_code, answer.text) == (200, "0")
    problem(await client.get("/api/v1/count?times=2", headers=WRITER), 500, "internal_error")


async def test_giving_way_is_tried_again_a_few_times(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/give-way?times=3", headers=WRITER)
    assert (answer.status_code, answer.text) == (200, "4")
    answer = await client.get("/api/v1/give-way?times=4", headers=WRITER)
    problem(answer, 503, "overloaded")
    assert answer.headers["retry-after"] == "1"


async def test_a_deadlock_is_not_seen_by_callers(client: httpx.AsyncClient, db: Database) -> None:
    answers = await asyncio.gather(
        client.post("/api/v1/lock/a/b", headers={**WRITER, "Idempotency-Key": "1"}),
        client.post("/api/v1/lock/b/a", headers={**WRITER, "Idempotency-Key": "2"}),
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert await things(db) == 0


async def test_no_connection_in_time_is_overload(client: httpx.AsyncClient, db: Database) -> None:
    size = db.pool.get_max_size()
    held = [await db.pool.acquire() for _ in range(size)]
    problem(await client.get("/api/v1/things", headers=WRITER), 503, "overloaded")
    unknown = {"Authorization": "Bearer hx_unknown"}  # whose key is looked up in the database
    problem(await client.get("/api/v1/things", headers=unknown), 503, "overloaded")
    problem(await client.get("/api/v1/direct", headers=WRITER), 503, "overloaded")
    for connection in held:
        await db.pool.release(connection)
    assert (await client.get("/api/v1/things", headers=WRITER)).status_code == 200
    assert (await client.get("/api/v1/direct", headers=WRITER)).status_code == 200


@pytest.mark.parametrize(
    "failure",
    [
        asyncpg.InternalClientError("cannot switch to state 12; protocol is in the failed state"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
    ],
)
def test_every_form_of_a_lost_connection_is_the_databases(failure: Exception) -> None:
    assert refuse(failure).error.code == "database_unavailable"


@asynccontextmanager
async def line_to(target: str, socket: Path) -> AsyncIterator[None]:
    """A Unix socket that passes everything on to another, until it is cut."""
    tasks: set[asyncio.Task[None]] = set()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
        finally:
            writer.close()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(target)
        tasks.update({asyncio.create_task(copy(reader, far_writer)), asyncio.create_task(copy(far_reader, writer))})

    server = await asyncio.start_unix_server(carry, socket)
    yield
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.to_thread(socket.unlink, missing_ok=True)


@pytest.mark.requirement("OPS-02")
async def test_a_database_that_goes_and_comes_back(
    database_url: str, clock: SettableClock, calendar: BusinessCalendar, tmp_path: Path
) -> None:
    parts = urlsplit(database_url)
    query = parse_qs(parts.query)
    folder, port = query["host"][0], query.get("port", ["5432"])[0]
    ours = tmp_path / f".s.PGSQL.{port}"
    url = database_url.replace(folder, str(tmp_path))
    async with line_to(f"{folder}/.s.PGSQL.{port}", ours):
        db = await Database.open(url, calendar=calendar, clock=clock, max_size=2)
        async with client_of(db) as client:
            assert (await client.get("/api/v1/things", headers=WRITER)).status_code == 200
    async with client_of(db) as client:
        for _ in range(3):
            problem(await client.get("/api/v1/things", headers=WRITER), 503, "database_unavailable")
        async with line_to(f"{folder}/.s.PGSQL.{port}", ours):
            assert (await client.get("/api/v1/things", headers=WRITER)).status_code == 200
            await db.close()
