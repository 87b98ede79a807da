"""Members over HTTP: systems, the member, and staff."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.text import Text
from huixiang.members import service
from huixiang.members.model.attributes import AttributeDefinition
from huixiang.platform.db import Database
from huixiang.staff import service as staff
from huixiang.staff.model import Role
from huixiang.staff.rules import current_code

MEMBERS = "/api/v1/members"
WANG: dict[str, Any] = {
    "channel": "mini_program",
    "phone": "13812345678",
    "external_ids": [{"source": "pos", "external_id": "C-1"}],
    "name": "王小明",
}


@pytest_asyncio.fixture
async def system(client: httpx.AsyncClient, db: Database) -> httpx.AsyncClient:
    """The client with the key of a system that reads and writes members."""
    async with db.transaction() as tx:
        key = await staff.create_key(tx, "shop", ["members:read", "members:write"], by="cli")
    client.headers["Authorization"] = f"Bearer {key.token}"
    return client


async def post(client: httpx.AsyncClient, path: str, body: Any, key: str | None = "1") -> httpx.Response:
    return await client.post(path, json=body, headers={"Idempotency-Key": key} if key else {})


@pytest.mark.requirement("MEM-02")
async def test_register_look_up_and_read(system: httpx.AsyncClient) -> None:
    made = await post(system, MEMBERS, WANG)
    card = made.json()
    assert made.status_code == 201
    assert card["phone_masked"] == "138****5678"
    assert card["display_name"] == "王**"
    assert card["state"] == "active"
    ways = [{"phone": "+86 138 1234 5678"}, {"source": "pos", "external_id": "C-1"}, {"number": card["number"]}]
    found = [await post(system, f"{MEMBERS}/lookup", way, None) for way in ways]
    found.append(await system.get(f"{MEMBERS}/{card['member_id']}"))
    assert [(response.status_code, response.json()) for response in found] == [(200, card)] * 4


async def test_the_law_of_the_idempotency_key(system: httpx.AsyncClient) -> None:
    without = await post(system, MEMBERS, WANG, None)
    first, replay = await post(system, MEMBERS, WANG), await post(system, MEMBERS, WANG)
    other_body = await post(system, MEMBERS, WANG | {"name": "王大明"})
    other_key = await post(system, MEMBERS, WANG, "2")
    taken = await post(system, MEMBERS, WANG | {"name": "王大明"}, "3")
    answers = [without, first, replay, other_body, other_key, taken]
    assert [(r.status_code, r.json().get("code")) for r in answers] == [
        (400, "idempotency_key_required"),
        (201, None),
        (201, None),
        (409, "idempotency_conflict"),
        (201, None),
        (409, "identity_taken"),
    ]
    assert first.json() == replay.json() == other_key.json()
    assert replay.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"phone": "12345"}, "$.phone"),
        ({"phone": 13812345678}, "$.phone"),
        ({"channel": "Mini Program"}, "$.channel"),
        ({"channel": None}, "$.channel"),
        ({"birthday": "1990-02-30"}, "$.birthday"),
        ({"birthday": "2999-01-01"}, "$.birthday"),
        ({"registered_at": "2024-01-01T00:00:00"}, "$.registered_at"),
        ({"registered_at": "2099-01-01T00:00:00Z"}, "$.registered_at"),
        ({"name": ""}, "$.name"),
        ({"name": "x\ny"}, "$.name"),
        ({"state": "blocked"}, "$"),
        ({"member_id": "00000000-0000-7000-8000-000000000001"}, "$"),
        ({"external_ids": [{"source": "pos", "external_id": "a b"}]}, "$.external_ids[0].external_id"),
        ({"external_ids": [{"source": "pos", "external_id": "1", "x": 1}]}, "$.external_ids[0]"),
        ({"external_ids": [], "phone": None}, "$"),
    ],
)
@pytest.mark.requirement("SEC-01")
async def test_a_registration_of_wrong_shape_is_refused_where_it_is_wrong(
    system: httpx.AsyncClient, change: dict[str, Any], path: str
) -> None:
    response = await post(system, MEMBERS, WANG | change)
    assert (response.status_code, response.json()["code"]) == (422, "input_invalid")
    assert response.json()["errors"][0]["path"] == path


@pytest.mark.parametrize(
    "ref", [{}, {"phone": "13812345678", "number": "000000000000"}, {"source": "pos"}, {"number": "12"}, {"email": "x"}]
)
async def test_a_look_up_names_one_way(system: httpx.AsyncClient, ref: dict[str, str]) -> None:
    response = await post(system, f"{MEMBERS}/lookup", ref, None)
    assert (response.status_code, response.json()["code"]) == (422, "input_invalid")


async def test_a_refused_look_up_does_not_repeat_the_phone(
    system: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    response = await post(system, f"{MEMBERS}/lookup", {"phone": "13912345678"}, None)
    assert (response.status_code, response.json()["code"], response.json()["by"]) == (404, "member_unknown", "phone")
    assert "13912345678" not in response.text + capsys.readouterr().out


async def test_bulk_keeps_the_good_rows_and_repeats_harmlessly(system: httpx.AsyncClient) -> None:
    lines = [
        json.dumps(WANG),
        '{"channel": "till", "phone": "13800000001"',
        json.dumps({"channel": "till", "phone": "13800000002", "oops": 1}),
        "",
        json.dumps({"channel": "till", "phone": "12345"}),
        json.dumps({"channel": "till", "phone": "13812345678"}),
        json.dumps({"channel": "till", "phone": "13800000003"}),
    ]
    headers = {"content-type": "application/x-ndjson"}
    first, again = [
        (await system.post(f"{MEMBERS}/bulk", content="\n".join(lines), headers=headers)).json() for _ in range(2)
    ]
    shown = [(row["line"], row["outcome"], row.get("problem", {}).get("code")) for row in first["rows"]]
    assert shown == [
        (1, "created", None),
        (2, "refused", "json_malformed"),
        (3, "refused", "input_invalid"),
        (5, "refused", "input_invalid"),
        (6, "refused", "identity_taken"),
        (7, "created", None),
    ]
    assert (first["accepted"], first["refused"]) == (2, 4)
    assert [row["outcome"] for row in again["rows"] if row["line"] in (1, 7)] == ["unchanged", "unchanged"]
    assert [row.get("id") for row in again["rows"]] == [row.get("id") for row in first["rows"]]


@pytest.mark.requirement("MEM-06")
async def test_attributes_are_patched(system: httpx.AsyncClient, db: Database) -> None:
    definition = AttributeDefinition(
        code="household", type="integer", title=Text(zh="家庭人数", en="Household size"), purpose="assortment"
    )
    async with db.transaction() as tx:
        await service.define_attributes(tx, [definition])
    card = (await post(system, MEMBERS, WANG)).json()
    answers = []
    for number, attributes in enumerate(
        [{"household": 3}, {"household": "three"}, {"unheard_of": 1}, {"household": None}, {"household": 1.5}, {}]
    ):
        answers.append(
            await system.patch(
                f"{MEMBERS}/{card['member_id']}/attributes",
                json={"attributes": attributes},
                headers={"Idempotency-Key": str(number)},
            )
        )
    assert [(r.status_code, r.json().get("code"), r.json().get("attributes")) for r in answers] == [
        (200, None, {"household": 3}),
        (422, "attribute_refused", None),
        (422, "attribute_unknown", None),
        (200, None, {}),
        (422, "input_invalid", None),
        (422, "input_invalid", None),
    ]


async def test_attributes_of_nobody(system: httpx.AsyncClient) -> None:
    response = await system.patch(
        f"{MEMBERS}/00000000-0000-7000-8000-000000000001/attributes",
        json={"attributes": {"x": None}},
        headers={"Idempotency-Key": "1"},
    )
    assert (response.status_code, response.json()["code"]) == (404, "member_unknown")


@pytest.mark.requirement("MEM-04")
async def test_a_member_sees_the_own_card_in_full(system: httpx.AsyncClient, clock: SettableClock) -> None:
    card = (await post(system, MEMBERS, WANG)).json()
    token = service.issue_token(card["member_id"], clock.now())
    own = await system.get("/api/member/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert own.json() == card | {"display_name": "王小明"}


@pytest.mark.requirement("CON-01")
async def test_staff_search_and_read_masked(system: httpx.AsyncClient, db: Database, clock: SettableClock) -> None:
    card = (await post(system, MEMBERS, WANG)).json()
    del system.headers["Authorization"]
    async with db.transaction() as tx:
        lin = await staff.add_account(tx, "lin", "林晓", Role.OPERATIONS, by="cli", lasting=True)
    shown = {"username": "lin", "password": lin.password, "code": current_code(lin.totp_secret, clock.now())}
    session = (await system.post("/api/console/v1/session", json=shown)).json()
    headers = {"X-CSRF-Token": session["csrf_token"]}
    pages = [
        (await system.post("/api/console/v1/members/search", json=body, headers=headers)).json()
        for body in ({"query": "C-1"}, {"query": "", "limit": 1}, {"query": "nobody"})
    ]
    assert [page["items"] for page in pages] == [[card], [card], []]
    assert (await system.get(f"/api/console/v1/members/{card['member_id']}")).json() == card
    unknown = await system.get("/api/console/v1/members/00000000-0000-7000-8000-000000000001")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "member_unknown")
