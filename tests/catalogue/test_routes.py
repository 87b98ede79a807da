"""The catalogue over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from huixiang.catalogue.model import CategoryRow, SkuRow
from huixiang.catalogue.routes import ROUTES
from huixiang.platform.db import Database
from tests.catalogue.rows import FRESH, sku
from tests.support.http_client import client_of

pytestmark = pytest.mark.requirement("INT-05")

NDJSON = {"Content-Type": "application/x-ndjson"}


def lines(*rows: CategoryRow | SkuRow | bytes) -> bytes:
    return b"\n".join(row if isinstance(row, bytes) else msgspec.json.encode(row) for row in rows)


async def upload(client: httpx.AsyncClient, entity: str, body: bytes) -> dict[str, Any]:
    answer = await client.post(f"/api/v1/catalogue/{entity}/bulk", content=body, headers=NDJSON)
    assert answer.status_code == 200, answer.text
    decoded: dict[str, Any] = answer.json()
    return decoded


async def test_a_bad_row_is_reported_with_its_line_and_the_others_are_kept(db: Database) -> None:
    body = lines(
        sku("kale"),
        b"",
        b'{"sku": "kale", "sku": "chard", "version": 1}',
        b"not json",
        b"[" * 5_000 + b"]" * 5_000,
        b'{"sku":"x","name":{"zh":"a","en":"a"},"category":"leafy","unit":"piece","list_price_fen":-1,"version":1}',
        b'{"sku":"x","name":{"zh":"a","en":"a"},"category":"leafy","unit":"piece","list_price_fen":1e30,"version":1}',
        b'{"sku":"x","name":{"zh":"a","en":"a"},"category":"leafy","unit":"crate","list_price_fen":1,"version":1}',
        b'{"sku":"x","name":{"zh":"a","en":"a"},"category":"leafy","unit":"piece","list_price_fen":1,"version":1,"z":1}',
        b'{"sku":"x\\u0000","name":{"zh":"a","en":"a"},"category":"leafy","unit":"piece","list_price_fen":1,"version":1}',
        b'{"sku":" x","name":{"zh":"a","en":"a"},"category":"leafy","unit":"piece","list_price_fen":1,"version":1}',
        sku("orphan", category="toys"),
        sku("chard"),
    )
    async with client_of(db, ROUTES, "catalogue:write", "catalogue:read") as client:
        assert (await upload(client, "categories", lines(*FRESH)))["accepted"] == len(FRESH)
        answer = await upload(client, "skus", body)
        kept = (await client.get("/api/v1/catalogue/skus")).json()
    assert (answer["accepted"], answer["stale"], answer["refused"]) == (2, 0, 10)
    assert [(row["line"], row["outcome"]) for row in answer["rows"]] == [
        (1, "created"),
        *((line, "refused") for line in range(3, 13)),
        (13, "created"),
    ]
    assert [row["problem"]["code"] for row in answer["rows"] if "problem" in row] == [
        "json_malformed",
        "json_malformed",
        "json_malformed",
        *["input_invalid"] * 6,
        "category_unknown",
    ]
    assert answer["rows"][4]["problem"]["errors"][0]["path"] == "$.list_price_fen"
    assert answer["rows"][10]["problem"]["errors"] == [
        {"path": "$.category", "problem": "the catalogue has no category toys"}
    ]
    assert [good["sku"] for good in kept["items"]] == ["chard", "kale"]


async def test_the_same_upload_twice_changes_nothing_and_an_older_one_is_stale(db: Database) -> None:
    async with client_of(db, ROUTES, "catalogue:write", "catalogue:read") as client:
        await upload(client, "categories", lines(*FRESH))
        body = lines(sku("kale", version=5), sku("chard", version=5))
        assert [row["outcome"] for row in (await upload(client, "skus", body))["rows"]] == ["created", "created"]
        assert [row["outcome"] for row in (await upload(client, "skus", body))["rows"]] == ["unchanged", "unchanged"]
        late = await upload(client, "skus", lines(sku("kale", version=4)))
    assert (late["accepted"], late["stale"], late["refused"]) == (0, 1, 0)


async def test_goods_are_listed_by_page_and_category(db: Database) -> None:
    beef = sku("beef", category="fresh", unit="gram", list_price_fen=8_980, tags=["chilled"], estimated_g=500)
    async with client_of(db, ROUTES, "catalogue:write", "catalogue:read") as client:
        await upload(client, "categories", lines(*FRESH))
        await upload(client, "skus", lines(beef, sku("kale"), sku("crisps", category="snacks")))
        first = (await client.get("/api/v1/catalogue/skus", params={"limit": 1, "category": "fresh"})).json()
        second = await client.get(
            "/api/v1/catalogue/skus", params={"limit": 1, "category": "fresh", "cursor": first["next_cursor"]}
        )
        unknown = await client.get("/api/v1/catalogue/skus", params={"category": "toys"})
        no_limit = await client.get("/api/v1/catalogue/skus", params={"limit": 0})
    assert first["items"] == [
        {
            "sku": "beef",
            "name": {"zh": "beef 中文", "en": "beef"},
            "categories": ["fresh"],
            "brand": None,
            "tags": ["chilled"],
            "unit": "gram",
            "price_basis": 1000,
            "list_price_fen": 8_980,
            "cost_fen": 250,
            "estimated_g": 500,
            "shelf_life_days": None,
            "attributes": {},
            "state": "active",
            "version": 1,
        }
    ]
    assert [good["sku"] for good in second.json()["items"]] == ["kale"]
    assert second.json()["next_cursor"] is None
    assert (unknown.status_code, unknown.json()["code"]) == (404, "category_unknown")
    assert (no_limit.status_code, no_limit.json()["code"]) == (422, "input_invalid")


@pytest.mark.parametrize("entity", ["categories", "brands", "stores", "channels", "skus", "prices"])
async def test_each_kind_of_row_has_its_route(db: Database, entity: str) -> None:
    async with client_of(db, ROUTES, "catalogue:write") as client:
        answer = await upload(client, entity, b"{}")
        plain = await client.post(f"/api/v1/catalogue/{entity}/bulk", json={})
    assert answer["rows"][0]["problem"]["code"] == "input_invalid"
    assert plain.status_code == 415


async def test_reading_needs_its_own_scope(db: Database) -> None:
    async with client_of(db, ROUTES, "catalogue:write") as client:
        answer = await client.get("/api/v1/catalogue/skus")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
