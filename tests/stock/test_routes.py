"""Stock over HTTP."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx
import pytest

from huixiang.platform.db import Database
from huixiang.stock.model import Definition, Kind, StockExhausted, Wanted, resource_id
from huixiang.stock.routes import ROUTES
from tests.stock.ground import confirm, free, order, reserve, somebody, want
from tests.support.http_client import client_of

pytestmark = [pytest.mark.requirement("BEN-05"), pytest.mark.requirement("CPN-04")]

PATH = "/api/v1/stock/resources"
GOOD: dict[str, Any] = {"kind": "slot", "key": "kale/2026-03-18", "unit": "pieces", "capacity": 100, "version": 1}


async def upload(client: httpx.AsyncClient, *rows: dict[str, Any]) -> Any:
    body = b"\n".join(json.dumps(row).encode() for row in rows)
    answer = await client.post(f"{PATH}/bulk", content=body, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_rows_are_judged_one_by_one(db: Database) -> None:
    bad: list[dict[str, Any]] = [
        {"kind": "pigs"}, {"kind": "flash"}, {"key": " x"}, {"key": "x y"}, {"key": "x\n"}, {"key": ""},
        {"capacity": -1},
        {"capacity": 1.5}, {"capacity": 2**53}, {"shards": 0}, {"shards": 65}, {"per_member": 0}, {"version": 0},
        {"unit": "kilos"}, {"opens_at": "2026-03-18T00:00:00"}, {"more": 1}, {"source": ""},
        {"opens_at": "2026-03-18T00:00:00Z", "closes_at": "2026-03-18T00:00:00Z"},
    ]  # fmt: skip
    async with client_of(db, ROUTES, "stock:write", "stock:read") as client:
        answer = await upload(client, *(GOOD | one for one in bad), GOOD)
        again = await upload(client, GOOD, GOOD | {"capacity": 90, "version": 2}, GOOD | {"unit": "fen", "version": 3})
        late = await upload(client, GOOD)
        listed = (await client.get(PATH, params={"kind": "slot"})).json()
    assert [row["outcome"] for row in answer["rows"]] == ["refused"] * len(bad) + ["created"]
    assert {row["problem"]["code"] for row in answer["rows"][:-1]} == {"input_invalid"}
    assert answer["rows"][1]["problem"]["errors"][0]["path"] == "$.kind", "nothing takes what is of such a kind"
    assert answer["rows"][-2]["problem"]["errors"][0]["path"] == "$.closes_at"
    assert answer["rows"][-1]["resource_id"] == str(resource_id(Kind.SLOT, GOOD["key"]))
    assert (answer["accepted"], answer["stale"], answer["refused"]) == (1, 0, len(bad))
    assert [row["outcome"] for row in again["rows"]] == ["unchanged", "updated", "refused"]
    assert again["rows"][2]["problem"]["code"] == "stock_resource_fixed"
    assert (late["accepted"], late["stale"]) == (0, 1)
    assert [(one["key"], one["capacity"], one["left"]) for one in listed["items"]] == [(GOOD["key"], 90, 90)]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.SLOT])
async def test_what_rules_define_is_not_defined_over_them(db: Database, kind: Kind) -> None:
    by_rule = Definition(unit="fen", capacity=100, version=2, source="rule")
    wanted = Wanted(kind=kind, key="main/spring", amount=60, definition=by_rule)
    await reserve(db, order(), wanted)
    async with client_of(db, ROUTES, "stock:write") as client:
        over = GOOD | {"kind": kind, "key": "main/spring", "unit": "fen", "capacity": 9_999, "version": 2**53 - 1}
        answer = await upload(client, over, over | {"key": "main/new"}, GOOD)
    assert [row["outcome"] for row in answer["rows"]] == ["refused", "refused", "created"]
    problem = answer["rows"][0]["problem"]
    assert (problem["code"], problem["errors"][0]["path"]) == ("stock_kind_derived", "$.kind")
    assert f"{kind} main/spring" in problem["detail"]
    with pytest.raises(StockExhausted):
        await reserve(db, order(), wanted)


async def test_what_is_left_and_who_has_it(db: Database) -> None:
    async with client_of(db, ROUTES, "stock:write", "stock:read") as client:
        await upload(client, GOOD)
        holders = [order() for _ in range(3)]
        for number, holder in enumerate(holders):
            await reserve(db, holder, want(GOOD["key"], 2 + number), member=somebody(number))
        await confirm(db, holders[1])
        await free(db, holders[2])
        its = f"{PATH}/{resource_id(Kind.SLOT, GOOD['key'])}"
        resource = (await client.get(its)).json()
        first = (await client.get(f"{its}/tickets", params={"limit": 2})).json()
        rest = (await client.get(f"{its}/tickets", params={"limit": 2, "cursor": first["next_cursor"]})).json()
        for path in (f"{PATH}/{UUID(int=1)}", f"{PATH}/{UUID(int=1)}/tickets"):
            missing = await client.get(path)
            assert (missing.status_code, missing.json()["code"]) == (404, "stock_resource_unknown")
    assert {name: resource[name] for name in ("capacity", "left", "reserved", "confirmed", "freed")} == {
        "capacity": 100, "left": 95, "reserved": 2, "confirmed": 3, "freed": 1,
    }  # fmt: skip
    shown = [(one["holder_id"], one["state"], one["amount"]) for one in first["items"] + rest["items"]]
    states = zip(holders, ("reserved", "confirmed", "freed"), (2, 3, 0), strict=True)
    assert shown == [(str(holder.holder_id), state, amount) for holder, state, amount in states]
    assert rest["next_cursor"] is None


async def test_resources_are_listed_by_kind_and_by_how_their_key_begins(db: Database) -> None:
    keys = ["a/1", "a/2", "a_3", "b/1", "c/1"]
    async with client_of(db, ROUTES, "stock:write", "stock:read") as client:
        await upload(client, *(GOOD | {"key": key} for key in keys))
        found: list[str] = []
        cursor = None
        while True:
            given = {"kind": "slot", "prefix": "a/", "limit": "1"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get(PATH, params=given)).json()
            found += [one["key"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        everything = (await client.get(PATH, params={"kind": "slot"})).json()
        nonsense = await client.get(PATH, params={"kind": "pigs"})
        unsaid = await client.get(PATH)
    assert found == ["a/1", "a/2"]
    assert [one["key"] for one in everything["items"]] == keys
    assert (nonsense.status_code, unsaid.status_code) == (422, 422)
