"""Bulk: the bad row is reported, the good rows are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from huixiang.platform.db import Database
from huixiang.platform.web import limits
from tests.platform.test_http_hardening import problem
from tests.platform.test_idempotency import things
from tests.platform.web_app import WRITER, client_of


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db) as one:
        yield one


async def post(client: httpx.AsyncClient, body: bytes, content_type: str = "application/x-ndjson") -> httpx.Response:
    return await client.post("/api/v1/things/bulk", content=body, headers={**WRITER, "Content-Type": content_type})


async def test_bad_rows_among_good_ones(client: httpx.AsyncClient, db: Database) -> None:
    rows = [
        b'{"name": "a"}',
        b'{"name": "b", "lines": [{"sku": "x", "fen": -1}]}',
        b"",
        b'{"name": "c"',
        b'{"name": "refuse"}',
        b'{"name": "d", "name": "e"}',
        b"[" * 5000 + b"]" * 5000,
        b'{"name": "\xff"}',
        b'{"name": "f"}\r',
        b"null",
    ]
    answer = await post(client, b"\n".join(rows) + b"\n")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["accepted"], body["refused"]) == (2, 7)
    told: list[tuple[int, str, Any]] = [
        (row["line"], row["outcome"], row.get("problem", {}).get("code")) for row in body["rows"]
    ]
    assert told == [
        (1, "created", None),
        (2, "refused", "input_invalid"),
        (4, "refused", "json_malformed"),
        (5, "refused", "thing_refused"),
        (6, "refused", "json_malformed"),
        (7, "refused", "json_malformed"),
        (8, "refused", "json_malformed"),
        (9, "created", None),
        (10, "refused", "input_invalid"),
    ]
    assert body["rows"][1]["problem"]["errors"][0]["path"] == "$.lines[0].fen"
    assert await things(db) == 2


async def test_limits(client: httpx.AsyncClient, db: Database) -> None:
    body = problem(await post(client, b" " * (limits.BULK_BODY_BYTES + 1)), 413, "body_too_large")
    assert body["limit_bytes"] == limits.BULK_BODY_BYTES
    assert (await post(client, b"1\n" * limits.BULK_LINES)).json()["refused"] == limits.BULK_LINES
    problem(await post(client, b"1\n" * limits.BULK_LINES + b"1"), 422, "input_invalid")
    problem(await post(client, b'{"name": "a"}', "application/json"), 415, "media_type_unsupported")
    long = await post(client, b'{"name": "' + b"a" * limits.BULK_LINE_BYTES + b'"}')
    assert long.json()["rows"][0]["problem"]["code"] == "body_too_large"
    assert await things(db) == 0
    # Larger than an ordinary body may be.
    assert (await post(client, (b'{"name": "a"' + b" " * 200_000 + b"}\n") * 6)).json()["accepted"] == 6


@pytest.mark.parametrize("body", [b"", b"\n\n \n"])
async def test_nothing_is_nothing(client: httpx.AsyncClient, body: bytes) -> None:
    assert (await post(client, body)).json() == {"accepted": 0, "refused": 0, "rows": []}
