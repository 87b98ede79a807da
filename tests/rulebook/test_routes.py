"""Rule documents over HTTP."""

from __future__ import annotations

from huixiang.platform.db import Database
from huixiang.rulebook.routes import ROUTES
from tests.support.http_client import client_of
from tests.support.programme import load_programme


async def test_the_document_in_force_at_an_instant(db: Database) -> None:
    await load_programme(db)
    async with client_of(db, ROUTES, "rulebook:read") as client:
        answer = await client.get("/api/v1/rulebook/earning/base", params={"at": "2025-06-01T08:00:00+08:00"})
        now = await client.get("/api/v1/rulebook/earning/base")
    assert answer.status_code == 200
    document = answer.json()
    assert document["body"]["base_rate"] == {"points": 1, "fen": 100}
    assert document["body"]["expiry"]["policy"] == "never"
    assert (document["version"], document["state"], document["valid_from"], document["valid_to"]) == (
        1,
        "published",
        "2000-01-01T00:00:00Z",
        None,
    )
    assert len(bytes.fromhex(document["hash"])) == 32
    assert now.json() == document


async def test_what_is_not_there_is_a_problem(db: Database) -> None:
    await load_programme(db)
    async with client_of(db, ROUTES, "rulebook:read") as client:
        for path, status, code in (
            ("earning/nothing", 404, "rule_document_unknown"),
            ("horoscope/default", 404, "rule_kind_unknown"),
            ("earning/base?at=1999-12-31T00:00:00Z", 404, "rule_document_unknown"),
            ("earning/base?at=2026-01-01T00:00:00", 422, "input_invalid"),
            ("earning/base?at=yesterday", 422, "input_invalid"),
            ("earning/base?when=now", 422, "input_invalid"),
        ):
            answer = await client.get(f"/api/v1/rulebook/{path}")
            assert (answer.status_code, answer.json()["code"]) == (status, code), path


async def test_reading_needs_its_scope(db: Database) -> None:
    async with client_of(db, ROUTES, "orders:write") as client:
        answer = await client.get("/api/v1/rulebook/earning/base")
    assert answer.status_code == 403
