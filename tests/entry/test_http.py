"""The whole program over HTTP: what it is made of answers, and nothing sent to it makes it fail."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from huixiang.entry.examples import ORDER
from huixiang.entry.http import create_app, openapi_document
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.settings import CannotRun, Settings
from huixiang.platform.throttle import Limits, Throttle
from huixiang.platform.web.openapi import Operation, operations
from huixiang.staff.model import Role
from huixiang.staff.rules import ROLES
from tests.entry.program import Program, application, running, settings, sign_in
from tests.platform.test_http_hardening import MALFORMED, problem
from tests.support.fixtures import TestDatabase

LINE = {"line_id": "1", "sku": "a", "pieces": 1, "payable_fen": 1}
MEMBER = {"source": "till", "external_id": "m0"}
OPERATIONS = list(operations(application()))
BODIES = [one for one in OPERATIONS if one.body is not None or one.rows is not None]


@pytest_asyncio.fixture
async def program(db: Database) -> AsyncIterator[Program]:
    async with running(db) as one:
        yield one


def order(**changes: Any) -> dict[str, Any]:
    return {**ORDER, "member": MEMBER, "programme": "base", "tenders": [], **changes}


async def post_order(program: Program, body: dict[str, Any], key: str | None = None) -> httpx.Response:
    headers = {**program.system, "Idempotency-Key": key or str(new_id())}
    return await program.client.post("/api/v1/orders", json=body, headers=headers)


def label(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


EXAMPLES = {"{seq}": "1", "{version}": "1", "{day}": "2026-03-18"}


def path_of(operation: Operation) -> str:
    path = operation.path
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, EXAMPLES.get(part) or (str(new_id()) if part.endswith("_id}") else "some"))
    return path


async def test_health_and_readiness(program: Program) -> None:
    assert (await program.client.get("/healthz")).json() == {"status": "ok"}
    ready = await program.client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "database": "ok"})


@pytest.mark.requirement("INT-01")
async def test_who_watches_is_never_limited_and_strangers_are(program: Program) -> None:
    application().state.throttle = Throttle(Limits(address=2))
    for _ in range(5):
        for path in ("/healthz", "/readyz", "/openapi.json", "/console/"):
            answer = await program.client.get(path)
            assert (answer.status_code, "ratelimit" in answer.headers) == (200, False), path
    answers = [(await program.client.get("/api/member/v1/me")).status_code for _ in range(3)]
    assert answers == [401, 401, 429]
    assert (await program.client.get("/api/member/v1/me", headers=program.member)).status_code == 200


@pytest.mark.requirement("INT-01")
async def test_limits_are_settings(database_url: str) -> None:
    limited = msgspec.structs.replace(settings(database_url), key_requests_per_minute=7, staff_requests_per_minute=0)
    app = create_app(limited)
    async with app.lifespan():
        standing = app.state.throttle.admit("key", "till", app.state.db.clock.now())
        assert (standing.limit, standing.left) == (7, 6)
        assert app.state.throttle.admit("staff", "lin", app.state.db.clock.now()) is None


@pytest.mark.requirement("OPS-02")
async def test_not_ready_on_a_database_without_migrations(
    empty_database: TestDatabase, program: Program, calendar: BusinessCalendar, clock: SettableClock
) -> None:
    bare = await Database.open(empty_database.url("huixiang_owner"), calendar=calendar, clock=clock)
    state = application().state
    db, state.db = state.db, bare
    try:
        ready = await program.client.get("/readyz")
        assert (ready.status_code, ready.json()) == (503, {"ready": False, "database": "not_migrated"})
        assert (await program.client.get("/healthz")).status_code == 200
    finally:
        state.db = db
        await bare.close()


async def test_the_document_is_served(program: Program) -> None:
    answer = await program.client.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == json.loads(msgspec.json.encode(openapi_document()))


@pytest.mark.requirement("OPS-05")
async def test_metrics_are_not_on_this_port(program: Program) -> None:
    problem(await program.client.get("/metrics"), 404, "route_unknown")


@pytest.mark.requirement("SEC-02")
async def test_pages_keep_their_own_headers(program: Program) -> None:
    for path in ("/console/", "/m/"):
        headers = (await program.client.get(path)).headers
        (policy,) = headers.get_list("content-security-policy")
        assert "script-src 'self'" in policy
        assert len(headers.get_list("cache-control")) == len(headers.get_list("x-frame-options")) == 1


async def test_serving_opens_and_closes_its_own_database(database_url: str) -> None:
    app = create_app(settings(database_url))
    async with app.lifespan():
        db: Database = app.state.db
        async with db.transaction(read_only=True) as tx:
            assert await tx.fetchval("SELECT current_user") == "huixiang_app"
    assert db.pool.is_closing()


def test_without_a_database_the_reason_is_told() -> None:
    with pytest.raises(CannotRun, match="HUIXIANG_DATABASE_URL"):
        create_app(Settings(environment="test", home=settings("").home))


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize("operation", OPERATIONS, ids=label)
async def test_no_route_answers_a_stranger(program: Program, operation: Operation) -> None:
    answer = await program.client.request(operation.method, path_of(operation), content=b"{}")
    if operation.access.kind == "public":
        not_set_up = answer.status_code == 409 and answer.json()["code"].endswith("_not_configured")
        assert answer.status_code in (200, 415) or not_set_up
    else:
        problem(answer, 401, "not_authenticated")


@pytest.mark.requirement("INT-01")
@pytest.mark.parametrize("operation", BODIES, ids=label)
async def test_no_body_makes_a_route_fail(program: Program, db: Database, operation: Operation) -> None:
    credentials = {"system": program.system, "public": {}, "staff": {}, "member": program.member}
    if operation.access.kind == "staff":
        needed = operation.access.permission
        role = next((role for role, held in ROLES.items() if needed in held), Role.ADMIN)
        credentials["staff"] = await sign_in(db, role)
    ndjson = operation.rows is not None
    headers = {
        **credentials[operation.access.kind],
        "Idempotency-Key": "k",
        "Content-Type": "application/x-ndjson" if ndjson else "application/json",
    }
    deep = b'{"a":' * 5000 + b"1" + b"}" * 5000
    huge = b'{"a": 1' + b"0" * 30 + b"}"
    for body in (*MALFORMED.values(), deep, huge, b"[]", b"null", b'"x"', b"1", b'{"nonsense": 1}', b"\x00"):
        answer = await program.client.request(operation.method, path_of(operation), content=body, headers=headers)
        if ndjson and answer.status_code == 200:
            assert answer.json()["accepted"] == 0
        else:
            assert 400 <= answer.status_code < 500, (body[:60], answer.text)
            problem(answer, answer.status_code, answer.json()["code"])
    too_large = b" " * (10 << 20)
    answer = await program.client.request(operation.method, path_of(operation), content=too_large, headers=headers)
    problem(answer, 413, "body_too_large")


@pytest.mark.requirement("CHK-07")
async def test_an_order_over_http_and_its_repetition(program: Program) -> None:
    first = await post_order(program, order(), "k1")
    assert first.status_code == 201, first.text
    again = await post_order(program, order(), "k1")
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    problem(await post_order(program, order(external_id="other"), "k1"), 409, "idempotency_conflict")
    without = await program.client.post("/api/v1/orders", json=order(), headers=program.system)
    problem(without, 400, "idempotency_key_required")
    path = f"/api/v1/members/{program.member_id}/points"
    balance = (await program.client.get(path, headers=program.system)).json()
    mine = (await program.client.get("/api/member/v1/me/points", headers=program.member)).json()
    assert balance == mine
    assert balance["balance"] == (ORDER["lines"][0]["payable_fen"] + ORDER["lines"][1]["payable_fen"]) // 100


BAD_ORDERS: dict[str, tuple[dict[str, Any], int, str]] = {
    "unknown member": ({"member": {"source": "till", "external_id": "nobody"}}, 404, "member_unknown"),
    "no member": ({"member": {}}, 422, "input_invalid"),
    "negative amount": ({"lines": [{**LINE, "payable_fen": -1}]}, 422, "input_invalid"),
    "amount of 10^30": ({"lines": [{**LINE, "payable_fen": 10**30}]}, 422, "input_invalid"),
    "duplicate line ids": ({"lines": [LINE, LINE]}, 422, "input_invalid"),
    "no lines": ({"lines": []}, 422, "input_invalid"),
    "wrong time zone": ({"completed_at": "2026-03-18T10:30:00+99:00"}, 422, "input_invalid"),
    "no time zone": ({"completed_at": "2026-03-18T10:30:00"}, 422, "input_invalid"),
    "year 9999": ({"completed_at": "9999-12-31T23:59:59Z"}, 422, "input_invalid"),
    "unknown field": ({"colour": "red"}, 422, "input_invalid"),
    "unknown programme": ({"programme": "nonsense"}, 422, "programme_unknown"),
}


@pytest.mark.requirement("CHK-07")
@pytest.mark.parametrize(("changes", "status", "code"), BAD_ORDERS.values(), ids=BAD_ORDERS.keys())
async def test_a_bad_order_is_refused(program: Program, changes: dict[str, Any], status: int, code: str) -> None:
    problem(await post_order(program, order(**changes)), status, code)


@pytest.mark.requirement("PTS-19")
async def test_in_bulk_the_bad_rows_are_reported_and_the_good_ones_kept(program: Program) -> None:
    wrong = [changes for changes, _, _ in BAD_ORDERS.values()]
    bad = [json.dumps(order(external_id=f"bad-{n}", **changes)) for n, changes in enumerate(wrong)]
    good = [json.dumps(order(external_id=f"good-{n}")) for n in range(3)]
    lines = [good[0], *bad[:5], good[1], '{"source": ', *bad[5:], good[2]]
    headers = {**program.system, "Content-Type": "application/x-ndjson"}
    answer = await program.client.post("/api/v1/orders/bulk", content="\n".join(lines), headers=headers)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["accepted"], body["refused"]) == (3, len(lines) - 3)
    assert [row["line"] for row in body["rows"]] == list(range(1, len(lines) + 1))
    kept = [row["line"] for row in body["rows"] if row["outcome"] == "created"]
    assert kept == [1, 7, len(lines)]
    codes = {row["problem"]["code"] for row in body["rows"] if row["outcome"] == "refused"}
    assert codes == {code for _, _, code in BAD_ORDERS.values()} | {"json_malformed"}
    again = await program.client.post("/api/v1/orders/bulk", content="\n".join(lines), headers=headers)
    assert [row["outcome"] for row in again.json()["rows"] if row["outcome"] != "refused"] == ["unchanged"] * 3
