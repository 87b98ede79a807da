"""A small application on the real edge: one route of each kind, for tests of the edge itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID

import httpx
import msgspec
from litestar import Litestar, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.money import FenNonNegative
from huixiang.kernel.text import Text
from huixiang.platform.access import (
    Authenticators,
    MemberPrincipal,
    NotAuthenticated,
    SessionCredentials,
    StaffPrincipal,
    SystemPrincipal,
    member,
    public,
    staff,
    system,
)
from huixiang.platform.db import Database, Transaction
from huixiang.platform.edge import Edge
from huixiang.platform.idempotency import IdempotencyLog
from huixiang.platform.web.application import Wiring, build_application, connect
from huixiang.platform.web.client import Address
from huixiang.platform.web.ndjson import BulkOutcome, RowOutcome, outcome_of, read_rows, summarise
from huixiang.platform.web.request import StrictRequest

SECRET = bytes(range(32))
KEY_ID = UUID("00000000-0000-7000-8000-000000000001")
OTHER_KEY_ID = UUID("00000000-0000-7000-8000-000000000002")
MEMBER_ID = UUID("00000000-0000-7000-8000-0000000000aa")
STAFF_ID = UUID("00000000-0000-7000-8000-0000000000bb")
KEYS = {"hx_writer": KEY_ID, "hx_other": OTHER_KEY_ID}
WRITER = {"Authorization": "Bearer hx_writer"}


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sku: Annotated[str, Meta(min_length=1, max_length=40)]
    fen: FenNonNegative


class NewThing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    lines: list[Line] = []
    at: datetime | None = None
    born: date | None = None
    extra: dict[str, Any] = {}


class Thing(msgspec.Struct, frozen=True):
    thing_id: UUID
    name: str
    serial: int


class Refused(DomainError):
    code = "thing_refused"
    status = 409
    title = Text(zh="被拒绝", en="Refused")
    detail = Text(zh="{name} 不可用。", en="{name} is not to be had.")


async def _insert(tx: Transaction, key: str, owner: UUID) -> None:
    await tx.execute(
        "INSERT INTO platform.directory (kind, key, member_id, recorded_at) VALUES ('thing', $1, $2, $3)",
        key,
        owner,
        tx.now,
    )


async def _count(tx: Transaction) -> int:
    count: int = await tx.fetchval("SELECT count(*) FROM platform.directory WHERE kind = 'thing'")
    return count


async def _make(tx: Transaction, data: NewThing) -> Thing:
    serial = await _count(tx) + 1
    await _insert(tx, f"{data.name}-{serial}", MEMBER_ID)
    if data.name == "refuse":
        raise Refused(name=data.name)
    if data.name.startswith("slow"):
        await asyncio.sleep(0.2)
    return Thing(MEMBER_ID, data.name, serial)


@post("/api/v1/things", **system("things:write"))
async def post_thing(edge: NamedDependency[Edge], data: JSONBody[NewThing]) -> Response[Thing]:
    return await edge.command(lambda tx: _make(tx, data))


@post("/api/v1/members/{member_id:uuid}/things", **system("things:write"))
async def post_member_thing(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewThing]
) -> Response[Thing]:
    return await edge.command(lambda tx: _make(tx, data), owner=member_id, keep_forever=True)


@delete("/api/v1/things", status_code=200, **system("things:write"))
async def delete_things(edge: NamedDependency[Edge]) -> Response[int]:
    return await edge.command(lambda tx: tx.execute("DELETE FROM platform.directory WHERE kind = 'thing'"))


@post("/api/v1/things/bulk", status_code=200, **system("things:write", rows=NewThing))
async def post_things_bulk(edge: NamedDependency[Edge], request: StrictRequest) -> BulkOutcome:
    outcomes: list[RowOutcome] = []
    for row in await read_rows(request, NewThing):
        if row.value is None:
            assert row.refusal is not None
            outcomes.append(outcome_of(row.line, row.refusal))
            continue
        value = row.value
        try:
            made = await edge.transact(lambda tx, value=value: _make(tx, value))  # type: ignore[misc]
            outcomes.append(RowOutcome(row.line, "created", id=str(made.serial)))
        except Refused as refusal:
            outcomes.append(outcome_of(row.line, refusal))
    return summarise(outcomes)


@get("/api/v1/things/{thing_id:uuid}", **system("things:read"))
async def get_thing(edge: NamedDependency[Edge], thing_id: FromPath[UUID]) -> Thing:
    return await edge.query(lambda tx: _as_thing(tx, thing_id))


async def _as_thing(tx: Transaction, thing_id: UUID) -> Thing:
    return Thing(thing_id, "thing", await _count(tx))


@get("/api/v1/things", **system("things:read"))
async def list_things(
    edge: NamedDependency[Edge],
    limit: FromQuery[Annotated[int, Meta(ge=1, le=200)]] = 50,
    at: FromQuery[datetime | None] = None,
    q: FromQuery[str | None] = None,
) -> list[str]:
    async def run(tx: Transaction) -> list[str]:
        day = tx.calendar.day(at) if at else None
        rows = await tx.fetch("SELECT $1::text AS q, $2::date AS day, $3::int AS n", q, day, limit)
        return [str(value) for value in rows[0].values()]

    return await edge.query(run)


@get("/api/v1/write-in-query", **system("things:read"))
async def write_in_query(edge: NamedDependency[Edge]) -> None:
    await edge.query(lambda tx: _insert(tx, "sly", MEMBER_ID))


@get("/api/v1/count", **system("things:read"))
async def count_things(edge: NamedDependency[Edge], times: FromQuery[int] = 1) -> int:
    async def run(tx: Transaction) -> int:
        return [await _count(tx) for _ in range(times)][-1]

    return await edge.query_once(run)


@get("/api/v1/direct", **system("things:read"))
async def count_directly(edge: NamedDependency[Edge]) -> int:
    async def run(db: Database) -> int:
        count: int = await db.call("SELECT 1")
        return count

    return await edge.direct(run)


@get("/api/v1/broken", **system("things:read"))
async def get_broken(edge: NamedDependency[Edge], phone: FromQuery[str] = "") -> None:
    _ = edge
    raise KeyError(f"no member with phone {phone}")


@get("/api/v1/sql", **system("things:read"))
async def run_sql(edge: NamedDependency[Edge], which: FromQuery[str]) -> list[str]:
    statements = {
        "timeout": "SELECT pg_sleep(30)",
        "gone": "SELECT pg_terminate_backend(pg_backend_pid())::text",
        "refused": "SELECT (2147483647 + length($1))::int",
    }

    async def run(tx: Transaction) -> list[str]:
        await tx.execute("SET LOCAL statement_timeout = '50ms'")
        arguments = ["x"] if which == "refused" else []
        return [str(row[0]) for row in await tx.fetch(statements[which], *arguments)]

    return await edge.transact(run)


@get("/api/v1/give-way", **system("things:read"))
async def give_way(edge: NamedDependency[Edge], request: StrictRequest, times: FromQuery[int]) -> int:
    """Made to give way to others so many times."""
    attempts: dict[int, int] = request.app.state.attempts

    async def run(tx: Transaction) -> int:
        attempts[times] = attempts.get(times, 0) + 1
        if attempts[times] <= times:
            await tx.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
        return attempts[times]

    return await edge.transact(run)


@post("/api/v1/lock/{first:str}/{second:str}", status_code=200, **system("things:write"))
async def lock_two(edge: NamedDependency[Edge], first: FromPath[str], second: FromPath[str]) -> Response[None]:
    async def run(tx: Transaction) -> None:
        await _insert(tx, first, MEMBER_ID)
        await asyncio.sleep(0.2)
        await _insert(tx, second, MEMBER_ID)
        await tx.execute("DELETE FROM platform.directory WHERE kind = 'thing'")

    return await edge.command(run)


@get("/api/member/v1/me", **member())
async def get_me(edge: NamedDependency[Edge]) -> UUID:
    return edge.member.member_id


@get("/api/console/v1/whoami", **staff("members:read"))
async def get_whoami(edge: NamedDependency[Edge]) -> UUID:
    return edge.staff.staff_id


@post("/api/console/v1/things", **staff())
async def post_console_thing(edge: NamedDependency[Edge], data: JSONBody[NewThing]) -> Response[Thing]:
    return await edge.command(lambda tx: _make(tx, data))


@get("/api/console/v1/secret", **staff("secret:read"))
async def get_secret(edge: NamedDependency[Edge]) -> None:
    _ = edge


@get("/api/v1/unmarked")
async def get_unmarked() -> str:
    return "should never be seen"


@get("/open", **public())
async def get_open(edge: NamedDependency[Edge]) -> bool:
    return edge.principal is None


ROUTES = [
    post_thing,
    post_member_thing,
    delete_things,
    post_things_bulk,
    get_thing,
    list_things,
    write_in_query,
    count_things,
    count_directly,
    get_broken,
    run_sql,
    give_way,
    lock_two,
    get_me,
    get_whoami,
    post_console_thing,
    get_secret,
    get_unmarked,
    get_open,
]


async def _key(db: Database, token: str, _address: Address | None, _now: datetime) -> SystemPrincipal:
    if token == "hx_unknown":
        async with db.single_read() as tx:
            await tx.fetchval("SELECT 1")
    if token not in KEYS:
        raise NotAuthenticated
    return SystemPrincipal(KEYS[token], frozenset({"things:write", "things:read"}))


async def _token(_db: Database, token: str, _now: datetime) -> MemberPrincipal:
    if token != "member-token":
        raise NotAuthenticated
    return MemberPrincipal(MEMBER_ID)


async def _session(_db: Database, shown: SessionCredentials, _now: datetime) -> StaffPrincipal:
    if shown.token != "session" or (shown.changes_state and shown.csrf_token != "csrf"):
        raise NotAuthenticated
    return StaffPrincipal(STAFF_ID, frozenset({"members:read"}))


async def _no_database() -> Database:
    raise AssertionError("the tests hand over their own database")


WIRING = Wiring(_no_database, Authenticators(_key, _token, _session), IdempotencyLog(SECRET), 0.5)


@cache
def application() -> Litestar:
    return build_application(ROUTES, WIRING)


@asynccontextmanager
async def client_of(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the small application, which runs in this process on `db`."""
    connect(application(), WIRING, db)
    application().state.attempts = {}
    transport = httpx.ASGITransport(app=application())  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://huixiang.test") as client:
        yield client
