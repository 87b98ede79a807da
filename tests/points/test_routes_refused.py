"""What the ledger's commands over HTTP refuse, and to whom."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest

from huixiang.staff import service as staff
from tests.entry.program import bearer
from tests.points.surface import COMMANDS, Surface, made, refused, sums

NOBODY = "00000000-0000-7000-8000-00000000dead"


def postings(superuser: psycopg.Connection[Any]) -> int:
    row = superuser.execute("SELECT count(*) FROM points.posting").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        ("spends", {"points": 101, "cause": "till"}, (409, "points_insufficient")),
        ("holds", {"points": 101, "cause": "till"}, (409, "points_insufficient")),
        ("spends", {"points": 1, "cause": "till", "book": "growth"}, (409, "book_not_spendable")),
        ("credits", {"points": 1, "cause": "gift", "book": "miles"}, (404, "book_unknown")),
        (f"holds/{NOBODY}/capture", {"points": 1}, (404, "hold_unknown")),
        (f"holds/{NOBODY}/release", {}, (404, "hold_unknown")),
        ("holds/{hold}/capture", {"points": 11}, (409, "capture_exceeds_hold")),
        ("returns", {"points": 1, "origin_seq": 99}, (404, "posting_origin_unknown")),
        ("returns", {"points": 1, "origin_seq": 1}, (404, "posting_origin_unknown")),
        ("claw-backs", {"points": 1, "origin_seq": 99}, (404, "posting_origin_unknown")),
        ("claw-backs", {"points": 101, "origin_seq": 1}, (409, "posting_exceeds_origin")),
        ("credits", {"points": 1, "cause": "x", "expires_on": "2026-03-17"}, (422, "input_invalid")),
        ("credits", {"points": 1, "cause": "x", "occurred_at": "2026-03-18T10:36:00+08:00"}, (422, "input_invalid")),
    ],
)
async def test_what_the_ledger_refuses(
    surface: Surface, superuser: psycopg.Connection[Any], path: str, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    await surface.credit(100, "c1")
    held = await surface.hold(10, "h1")
    count = postings(superuser)
    assert refused(await surface.post(path.format(hold=held["hold_id"]), body, "k")) == refusal
    assert postings(superuser) == count


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"points": 0}, "$.points"),
        ({"points": -5}, "$.points"),
        ({"points": 1.5}, "$.points"),
        ({"points": "5"}, "$.points"),
        ({"points": 1_000_000_001}, "$.points"),
        ({"points": 10**30}, "$"),
        ({"points": True}, "$.points"),
        ({"cause": ""}, "$.cause"),
        ({"cause": "Good Will"}, "$.cause"),
        ({"cause": "=cmd|' /C calc'!A0"}, "$.cause"),
        ({"cause": "x\u0000"}, "$.cause"),
        ({"cause": "a" * 33}, "$.cause"),
        ({"cause": "goodwill\n"}, "$.cause"),
        ({"book": "points; DROP TABLE points.book"}, "$.book"),
        ({"occurred_at": "2026-03-18T10:00:00"}, "$.occurred_at"),
        ({"occurred_at": 1}, "$.occurred_at"),
        ({"expires_on": "9999-01-01"}, "$.expires_on"),
        ({"order_id": "42"}, "$.order_id"),
        ({"budget": "-1+1"}, "$.budget"),
        ({"key": "order:1:earn"}, "$"),
        ({"rule": "earning.default"}, "$"),
        ({"counter_account": "in_transit"}, "$"),
    ],
)
@pytest.mark.requirement("SEC-01")
async def test_a_credit_of_wrong_shape_is_refused_where_it_is_wrong(
    surface: Surface, change: dict[str, Any], path: str
) -> None:
    response = await surface.post("credits", {"points": 5, "cause": "goodwill"} | change)
    assert refused(response) == (422, "input_invalid")
    assert response.json()["errors"][0]["path"] == path


@pytest.mark.parametrize(("path", "body"), COMMANDS)
@pytest.mark.requirement("SEC-01")
async def test_who_may_not_command(surface: Surface, path: str, body: dict[str, Any]) -> None:
    await surface.credit(100, "c1")
    hold_id = (await surface.hold(10, "h1"))["hold_id"]
    async with surface.db.transaction() as tx:
        reader = await staff.create_key(tx, "reader", ["points:read"], "tests")
    address = f"{surface.points}/{path.format(hold=hold_id)}"
    headers = [bearer(reader.token), surface.program.member, {}]
    answers = [
        await surface.program.client.post(address, json=body, headers={"Idempotency-Key": "k", **one})
        for one in headers
    ]
    unknown = await surface.post(f"/api/v1/members/{NOBODY}/points/{path.format(hold=hold_id)}", body)
    assert [refused(answer) for answer in [*answers, unknown]] == [
        (403, "permission_missing"),
        (401, "not_authenticated"),
        (401, "not_authenticated"),
        (404, "member_unknown"),
    ]


async def test_anothers_hold_is_unknown(surface: Surface) -> None:
    await surface.credit(100, "c1")
    held = await surface.hold(10, "h1")
    other = await _register(surface, "C-2")
    for verb, body in (("capture", {"points": 10}), ("release", {})):
        answer = await surface.post(f"/api/v1/members/{other}/points/holds/{held['hold_id']}/{verb}", body, "x")
        assert refused(answer) == (404, "hold_unknown")
    assert (await surface.get()).json()["held"] == 10


async def test_a_key_of_one_member_is_free_for_another(surface: Surface) -> None:
    await surface.credit(100, "k")
    other = await _register(surface, "C-2")
    body = {"points": 7, "cause": "goodwill"}
    assert made(await surface.post(f"/api/v1/members/{other}/points/credits", body, "k"))["after"] == sums(7)


async def _register(surface: Surface, external_id: str) -> str:
    body = {"channel": "store", "external_ids": [{"source": "till", "external_id": external_id}]}
    registered = made(await surface.post("/api/v1/members", body, external_id))
    return str(registered["member_id"])


async def test_a_blocked_member_neither_earns_nor_spends_but_what_was_begun_is_finished(
    surface: Surface, superuser: psycopg.Connection[Any]
) -> None:
    await surface.credit(100, "c1")
    held = await surface.hold(10, "h1")
    superuser.execute("UPDATE members.member SET state = 'blocked' WHERE member_id = %s", [surface.member])
    answers: list[httpx.Response] = [await surface.post(path, body, "k") for path, body in COMMANDS[:3]]
    assert [refused(answer) for answer in answers] == [(409, "member_state_refuses")] * 3
    made(await surface.post(f"holds/{held['hold_id']}/capture", {"points": 10}, "x"))
