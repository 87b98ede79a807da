"""How the built pages are served: fallback, caching, coding and headers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from huixiang.entry.pages import BUILT_ZONE, page_routes

ROOT = Path(__file__).parents[2]
SCRIPT = b"console.log('huixiang')"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A console as the build leaves it, and no member pages."""
    assets = tmp_path / "console" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "console" / "index.html").write_text(
        '<!doctype html><html lang="zh-CN" data-time-zone="Asia/Shanghai"><title>console</title>'
    )
    (assets / "index-abc123.js").write_bytes(SCRIPT)
    (assets / "index-abc123.js.br").write_bytes(b"brotli form")
    (assets / "index-abc123.js.gz").write_bytes(b"gzip form")
    return tmp_path


@pytest.fixture
def client(built: Path) -> Iterator[TestClient[Litestar]]:
    with TestClient(Litestar(page_routes("Europe/Paris", built))) as client:
        yield client


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/members", "/console/members/0198/orders"])
def test_every_place_inside_the_page_gets_the_document(client: TestClient[Litestar], path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<title>console</title>" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


def test_the_document_names_the_time_zone_of_the_business(client: TestClient[Litestar]) -> None:
    assert '<html lang="zh-CN" data-time-zone="Europe/Paris">' in client.get("/console/").text


@pytest.mark.parametrize("page", ["console", "h5"])
def test_the_documents_have_the_place_for_the_time_zone(page: str) -> None:
    assert BUILT_ZONE in (ROOT / "web" / page / "index.html").read_bytes()


def test_a_hashed_asset_is_kept_for_ever_and_a_missing_one_is_not_the_document(client: TestClient[Litestar]) -> None:
    found = client.get("/console/assets/index-abc123.js", headers={"Accept-Encoding": "identity"})
    assert found.content == SCRIPT
    assert found.headers["content-type"].startswith("text/javascript")
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    missing = client.get("/console/assets/index-old.js")
    assert (missing.status_code, missing.content, missing.headers["cache-control"]) == (404, b"", "no-store")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("identity", None), ("", None)],
)
def test_the_best_accepted_coding_is_sent(client: TestClient[Litestar], accepted: str, coding: str | None) -> None:
    with client.stream("GET", "/console/assets/index-abc123.js", headers={"Accept-Encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == coding
    assert body == {"br": b"brotli form", "gzip": b"gzip form", None: SCRIPT}[coding]
    assert answer.headers["vary"] == "Accept-Encoding"


def test_an_unchanged_document_is_not_sent_again(client: TestClient[Litestar]) -> None:
    first = client.get("/console/")
    again = client.get("/console/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_head_request_gets_headers_alone(client: TestClient[Litestar]) -> None:
    answer = client.head("/console/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


@pytest.mark.parametrize("path", ["/console/", "/console/assets/none.js", "/m/"])
def test_every_answer_carries_the_security_headers(client: TestClient[Litestar], path: str) -> None:
    headers: Any = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_pages_that_are_not_built_say_how_to_build_them(client: TestClient[Litestar]) -> None:
    answer = client.get("/m/")
    assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")
    assert "make web" in answer.text


@pytest.mark.parametrize(
    "path", ["/console/assets/../../pages.py", "/console/%2e%2e/%2e%2e/pages.py", "/m/../pages.py"]
)
def test_nothing_outside_the_build_is_served(client: TestClient[Litestar], path: str) -> None:
    assert "def page_routes" not in client.get(path).text
