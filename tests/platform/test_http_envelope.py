"""What surrounds every request: its id, the headers of its answer, its line in the log, its count."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from huixiang.platform.db import Database
from tests.platform.web_app import MEMBER_ID, WRITER, application, client_of

THING = f"/api/v1/things/{MEMBER_ID}"


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db) as one:
        yield one


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.requirement("SEC-02")
@pytest.mark.parametrize("path", ["/open", THING, "/nowhere", "/api/v1/broken", "/api/v1/things?q=%00"])
async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path, headers=WRITER)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'; frame-ancestors 'none'")
    assert re.fullmatch(r"[0-9a-f]{32}-[0-9]+", headers["x-request-id"])
    assert "strict-transport-security" not in headers


@pytest.mark.requirement("SEC-02")
async def test_over_tls_the_browser_is_told_to_stay_there(db: Database) -> None:
    async with client_of(db):
        transport = httpx.ASGITransport(app=application())  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="https://huixiang.test") as secure:
            assert "max-age=" in (await secure.get("/open")).headers["strict-transport-security"]


async def test_the_callers_request_id_is_kept_where_it_is_harmless(client: httpx.AsyncClient) -> None:
    for sent, kept in [
        ("till-7.431_b", True),
        ("a b", False),
        ("x" * 65, False),
        ("<script>", False),
        ("13800138000", False),
    ]:
        answer = await client.get("/open", headers={"X-Request-ID": sent})
        assert (answer.headers["x-request-id"] == sent) is kept


@pytest.mark.requirement("OPS-05")
async def test_one_line_a_request_and_nothing_of_its_content(client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        await client.get("/api/v1/things", params={"q": "13800138000"}, headers=WRITER)
        await client.get(THING, headers=WRITER)
        await client.get("/nowhere/13800138000")
        await client.post("/api/v1/things", json={"name": "李雷"}, headers={**WRITER, "Idempotency-Key": "k"})
    lines = [(one["method"], one["route"], one["status"], one["code"]) for one in logs if one["event"] == "request"]
    assert lines == [
        ("GET", "/api/v1/things", 200, None),
        ("GET", "/api/v1/things/{thing_id}", 200, None),
        ("GET", "none", 404, "route_unknown"),
        ("POST", "/api/v1/things", 201, None),
    ]
    for secret in ("13800138000", "李雷", "hx_writer", str(MEMBER_ID)):
        assert secret not in str(logs)


@pytest.mark.requirement("OPS-05")
async def test_requests_are_counted_by_route_and_status(client: httpx.AsyncClient) -> None:
    labels = {"method": "GET", "route": "/api/v1/things/{thing_id}"}
    before = count("huixiang_http_requests_total", **labels, status="200")
    timed = count("huixiang_http_request_seconds_count", **labels)
    for _ in range(3):
        await client.get(THING, headers=WRITER)
    await client.request("BREW", "/open")
    assert count("huixiang_http_requests_total", **labels, status="200") == before + 3
    assert count("huixiang_http_request_seconds_count", **labels) == timed + 3
    assert count("huixiang_http_requests_total", method="other", route="none", status="405") >= 1
    assert count("huixiang_http_in_flight") == 0
