"""Whatever is sent, the answer is a problem document with a stable code, and never a 5xx."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from huixiang.platform.db import Database
from huixiang.platform.web import limits, uploads
from huixiang.platform.web.parameters import parameters_of
from tests.platform.web_app import WRITER, application, client_of

pytestmark = pytest.mark.requirement("INT-01")

GOOD = {"name": "a", "lines": [{"sku": "apple", "fen": 100}]}


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db) as one:
        yield one


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is a whole problem document of this status and code; its JSON."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    body: dict[str, Any] = answer.json()
    assert body["code"] == code, body
    assert body["status"] == status
    assert body["type"] == f"urn:huixiang:problem:{code}"
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


async def post_body(client: httpx.AsyncClient, body: bytes, **headers: str) -> httpx.Response:
    sent = {**WRITER, "Idempotency-Key": "k", "Content-Type": "application/json", **headers}
    return await client.post("/api/v1/things", content=body, headers=sent)


def with_field(field: str, raw: str) -> bytes:
    return f'{{"name": "a", "{field}": {raw}}}'.encode()


MALFORMED = {
    "not JSON": b'{"name": ',
    "text after the value": b'{"name": "a"} x',
    "two values": b'{"name": "a"}{"name": "b"}',
    "single quotes": b"{'name': 'a'}",
    "empty": b"",
    "blank": b"  \n ",
    "doubled key": b'{"name": "a", "name": "b"}',
    "doubled key inside": b'{"name": "a", "extra": {"x": 1, "y": {"z": 1, "z": 1}}}',
    "doubled key by escape": b'{"name": "a", "\\u006eame": "b"}',
    "NaN": with_field("extra", '{"x": NaN}'),
    "infinity": with_field("extra", '{"x": -Infinity}'),
    "1e400": with_field("extra", '{"x": 1e400}'),
    "invalid UTF-8": b'{"name": "\xff\xfe"}',
    "surrogate in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"name": "a"}',
    "raw control character": b'{"name": "a\x00b"}',
    "5,000 arrays": with_field("extra", '{"x": ' + "[" * 5000 + "]" * 5000 + "}"),
    "5,000 objects": with_field("extra", '{"x":' * 5000 + "1" + "}" * 5000),
    "5,000 arrays never closed": b"[" * 5000,
    "a million brackets": b"[" * 1_000_000,
    "33 levels": b'{"name": "a", "extra": ' + b'{"x":' * 32 + b"1" + b"}" * 33,
}

INVALID: dict[str, tuple[bytes, str]] = {
    "unknown field": (with_field("colour", '"red"'), "$"),
    "unknown field inside": (with_field("lines", '[{"sku": "a", "fen": 1, "x": 1}]'), "$.lines[0]"),
    "missing field": (b"{}", "$"),
    "array for an object": (b"[]", "$"),
    "null": (b"null", "$"),
    "text for a number": (with_field("lines", '[{"sku": "a", "fen": "1"}]'), "$.lines[0].fen"),
    "number for a text": (b'{"name": 1}', "$.name"),
    "true for a number": (with_field("lines", '[{"sku": "a", "fen": true}]'), "$.lines[0].fen"),
    "float for an integer": (with_field("lines", '[{"sku": "a", "fen": 1.0}]'), "$.lines[0].fen"),
    "exponent for an integer": (with_field("lines", '[{"sku": "a", "fen": 1e3}]'), "$.lines[0].fen"),
    "10^30": (with_field("lines", '[{"sku": "a", "fen": 1' + "0" * 30 + "}]"), "$"),
    "10^5000": (with_field("lines", '[{"sku": "a", "fen": 1' + "0" * 5000 + "}]"), "$"),
    "2^53 where anything goes": (with_field("extra", '{"x": 9007199254740992}'), "$"),
    "negative amount": (with_field("lines", '[{"sku": "a", "fen": -1}]'), "$.lines[0].fen"),
    "amount too large": (with_field("lines", '[{"sku": "a", "fen": 1000000000001}]'), "$.lines[0].fen"),
    "empty sku": (with_field("lines", '[{"sku": "", "fen": 1}]'), "$.lines[0].sku"),
    "NUL in a text": (b'{"name": "a\\u0000b"}', "$.name"),
    "NUL in a key": (with_field("extra", '{"a\\u0000": 1}'), "$.extra"),
    "lone surrogate": (b'{"name": "\\ud800"}', "$.name"),
    "lone surrogate in a list": (with_field("extra", '{"x": ["\\udc00"]}'), "$.extra.x[0]"),
    "naive instant": (with_field("at", '"2026-01-01T00:00:00"'), "$.at"),
    "wrong time zone": (with_field("at", '"2026-01-01T00:00:00+25:00"'), "$.at"),
    "zone by name": (with_field("at", '"2026-01-01T00:00:00 Asia/Shanghai"'), "$.at"),
    "year 9999": (with_field("at", '"9999-12-31T23:59:59-05:00"'), "$.at"),
    "year 0001": (with_field("at", '"0001-01-01T00:00:00+05:00"'), "$.at"),
    "number for an instant": (with_field("at", "5"), "$.at"),
    "30 February": (with_field("born", '"2026-02-30"'), "$.born"),
    "born in 0001": (with_field("born", '"0001-01-01"'), "$.born"),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
async def test_malformed_json(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await post_body(client, body)
    if body:
        problem(answer, 400, "json_malformed")
    else:
        assert problem(answer, 422, "input_invalid")["errors"] == [{"path": "$", "problem": "a body is required"}]


@pytest.mark.parametrize(("body", "path"), INVALID.values(), ids=INVALID.keys())
async def test_invalid_input_names_its_path(client: httpx.AsyncClient, body: bytes, path: str) -> None:
    (error,) = problem(await post_body(client, body), 422, "input_invalid")["errors"]
    assert error["path"] == path, error
    assert error["problem"]


async def test_what_is_allowed_passes(client: httpx.AsyncClient) -> None:
    brackets_in_text = "[" * 5000 + '\\"{'
    deepest = b'{"x":' * 30 + b"1" + b"}" * 30
    allowed = [
        json.dumps(GOOD).encode(),
        json.dumps(GOOD, indent=2).encode("utf-8"),
        f'{{"name": "{brackets_in_text}"}}'.encode(),
        b'{"name": "a", "extra": ' + deepest + b"}",
        '{"name": "惠象 \\ud83d\\udc18"}'.encode(),
        b'{"name": "12345678901234567890", "extra": {"big": 9007199254740991}}',
        b'{"name": "a", "at": "2026-01-01T08:00:00+08:00", "born": "1931-05-04"}',
        json.dumps({"name": "a", "lines": [{"sku": f"s{n}", "fen": n} for n in range(500)]}).encode(),
    ]
    for number, body in enumerate(allowed):
        answer = await post_body(client, body, **{"Idempotency-Key": f"k{number}"})
        assert answer.status_code == 201, answer.text


async def test_10_mb_body(client: httpx.AsyncClient) -> None:
    body = problem(await post_body(client, b'"' + b"a" * 10_000_000 + b'"'), 413, "body_too_large")
    assert body["limit_bytes"] == limits.BODY_BYTES


@pytest.mark.usefixtures("client")
async def test_a_body_without_a_length_is_counted_while_it_comes_in() -> None:
    sent = sent_when_answered = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100_000_000:
            sent += 65_536
            yield b" " * 65_536

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        async def note(message: Any) -> None:
            nonlocal sent_when_answered
            if message["type"] == "http.response.start":
                sent_when_answered = sent
            await send(message)

        await application()(scope, receive, note)

    headers = {**WRITER, "Idempotency-Key": "k", "Content-Type": "application/json"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=noting), base_url="http://huixiang.test") as client:
        answer = await client.post("/api/v1/things", content=endless(), headers=headers)
    problem(answer, 413, "body_too_large")
    assert sent_when_answered < 2 * limits.BODY_BYTES
    assert sent <= uploads.READ_BYTES + 65_536  # and no more of it was read


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "", "nonsense"]
)
async def test_wrong_content_type(client: httpx.AsyncClient, content_type: str) -> None:
    problem(await post_body(client, b'{"name": "a"}', **{"Content-Type": content_type}), 415, "media_type_unsupported")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "route_unknown"),
        ("GET", "/api/v1/things/not-a-uuid", 404, "route_unknown"),
        ("GET", "/api/v1/things/00000000-0000-7000-8000-000000000001/more", 404, "route_unknown"),
        ("PUT", "/api/v1/things", 405, "method_not_allowed"),
        ("OPTIONS", "/api/v1/things", 405, "method_not_allowed"),
        ("GET", "/api/v1/things?limit=abc", 422, "input_invalid"),
        ("GET", "/api/v1/things?limit=0", 422, "input_invalid"),
        ("GET", "/api/v1/things?limit=1" + "0" * 30, 422, "input_invalid"),
        ("GET", "/api/v1/things?limit=1.5", 422, "input_invalid"),
        ("GET", "/api/v1/things?limit=1&limit=2", 422, "input_invalid"),
        ("GET", "/api/v1/things?limt=1", 422, "input_invalid"),
        ("GET", "/api/v1/things?at=yesterday", 422, "input_invalid"),
        ("GET", "/api/v1/things?at=9999-12-31T23:59:59Z", 422, "input_invalid"),
        ("GET", "/api/v1/things?at=2026-01-01T00:00:00", 422, "input_invalid"),
        ("GET", "/api/v1/things?at=1700000000", 422, "input_invalid"),
        ("GET", "/api/v1/things?q=%00", 400, "request_malformed"),
        ("GET", "/api/v1/things/%00", 400, "request_malformed"),
        ("GET", "/api/v1/things?q=" + "a" * 5000, 414, "target_too_long"),
    ],
)
async def test_routes_and_parameters(client: httpx.AsyncClient, method: str, path: str, status: int, code: str) -> None:
    problem(await client.request(method, path, headers=WRITER), status, code)


async def test_what_is_known_of_a_route_is_worked_out_once(client: httpx.AsyncClient) -> None:
    await client.get("/api/v1/things?limit=1", headers=WRITER)
    known = parameters_of.cache_info().currsize
    for _ in range(3):
        assert (await client.get("/api/v1/things?limit=1", headers=WRITER)).status_code == 200
    assert parameters_of.cache_info().currsize == known


async def test_a_broken_escape_in_the_query_is_text(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/things?q=%ff%zz", headers=WRITER)
    assert answer.status_code == 200
    assert answer.json()[0] == "�%zz"


async def test_405_names_the_methods(client: httpx.AsyncClient) -> None:
    answer = await client.put("/api/v1/things", headers=WRITER)
    assert {"GET", "POST", "DELETE"} <= {one.strip() for one in answer.headers["allow"].split(",")}


async def test_too_long_header(client: httpx.AsyncClient) -> None:
    answer = await client.get("/open", headers={"X-Long": "a" * 20_000})
    problem(answer, 431, "header_too_large")


async def test_the_language_asked_for(client: httpx.AsyncClient) -> None:
    for accepted, title in [
        ("zh-CN,zh;q=0.9,en;q=0.8", "没有此地址"),
        ("fr, zh;q=0.2, en;q=0.7", "No such route"),
        ("", "No such route"),
        ("zh;q=broken, en", "No such route"),
    ]:
        answer = await client.get("/nowhere", headers={"Accept-Language": accepted})
        assert problem(answer, 404, "route_unknown")["title"] == title
        assert answer.headers["content-language"] == ("zh" if title == "没有此地址" else "en")
