"""What members say of themselves: set, counted, and rewarded once when all of it is known (MEM-06)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.platform.db import Database
from huixiang.staff.model import Role
from tests.entry.program import running
from tests.journeys.merging import House
from tests.members.console import sign_in

pytestmark = pytest.mark.requirement("MEM-06")

MINE = "/api/member/v1/me/profile"
PERSONAL = {
    "name": "王小明",
    "birthday": "1990-05-17",
    "address": {"province": "浙江省", "city": "杭州市", "street": "龙井路1号"},
}
PREFERENCES: dict[str, Any] = {
    "favourite_categories": ["fruit", "seafood"], "household": 3, "delivery": "evening", "contact": ["sms", "wechat"],
}  # fmt: skip


@pytest_asyncio.fixture
async def house(db: Database) -> AsyncIterator[House]:
    async with running(db) as program:
        made = House(program, db)
        await made.relay()  # the welcome
        yield made


async def change(house: House, **fields: Any) -> httpx.Response:
    house.commands += 1
    headers = house.program.member | {"Idempotency-Key": f"profile {house.commands}"}
    return await house.program.client.patch(MINE, json=fields, headers=headers)


async def rewarded(house: House) -> list[Any]:
    await house.relay()
    return await house.rows("SELECT points, rule FROM points.posting WHERE cause = 'profile'")


async def test_a_profile_that_is_complete_is_rewarded_once(house: House) -> None:
    assert (await house.get(MINE, house.program.member))["complete_percent"] == 0
    some = (await change(house, **PERSONAL, household=3)).json()
    assert (some["complete_percent"], some["missing"]) == (57, ["favourite_categories", "delivery", "contact"])
    assert await rewarded(house) == []
    full = (await change(house, **PREFERENCES)).json()
    assert (full["complete_percent"], full["missing"]) == (100, [])
    assert {key: full[key] for key in (*PERSONAL, *PREFERENCES)} == PERSONAL | PREFERENCES
    assert await house.get(MINE, house.program.member) == full
    assert await rewarded(house) == [(50, "earning.default")]
    less = (await change(house, household=None, contact=[])).json()
    assert (less["complete_percent"], less["missing"]) == (71, ["household", "contact"])
    again = (await change(house, household=4, contact=["none"])).json()
    assert (again["complete_percent"], again["completed_at"]) == (100, full["completed_at"])
    assert await rewarded(house) == [(50, "earning.default")]


async def test_personal_fields_are_sealed_and_a_system_is_not_told_them(
    house: House, superuser: psycopg.Connection[Any]
) -> None:
    await change(house, **PERSONAL, **PREFERENCES)
    headers = house.program.system | {"Idempotency-Key": "by the shop"}
    path = f"/api/v1/members/{house.program.member_id}/profile"
    answer = await house.program.client.patch(path, json={"household": 5}, headers=headers)
    assert answer.status_code == 200
    assert set(answer.json()) == {"complete_percent", "missing", "completed_at"}
    assert (await house.get(MINE, house.program.member))["household"] == 5
    kept = superuser.execute(
        "SELECT string_agg(p::text, '') || (SELECT string_agg(o::text, '') FROM platform.outbox AS o)"
        " || (SELECT string_agg(i::text, '') FROM platform.idempotency AS i) FROM members.personal AS p"
    ).fetchone()
    assert kept is not None
    for value in ("王小明", "1990-05-17", "龙井路"):
        assert value not in kept[0]
        assert value.encode().hex() not in kept[0]
    facts = superuser.execute(
        "SELECT birthday FROM members.members_facts WHERE member_id = %s", (house.program.member_id,)
    ).fetchone()
    assert facts == ("05-17",)
    await change(house, birthday=None, name=None)
    shown = await house.get(MINE, house.program.member)
    assert (shown["birthday"], shown["name"]) == (None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"household": 0}, {"household": 21}, {"delivery": "never"}, {"contact": ["none", "sms"]}, {"phone": "1"},
        {"birthday": "2999-01-01"}, {"birthday": "1899-12-31"}, {"name": ""}, {"favourite_categories": ["a b"]},
        {"complete_percent": 100}, {"completed_at": "2026-01-01T00:00:00Z"},
    ],
)  # fmt: skip
async def test_what_is_not_taken(house: House, fields: dict[str, Any]) -> None:
    before = await house.get(MINE, house.program.member)
    answer = await change(house, **fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "input_invalid")
    assert await house.get(MINE, house.program.member) == before


async def test_who_may_not_earn_completes_a_profile_without_reward(
    house: House, superuser: psycopg.Connection[Any]
) -> None:
    await change(house, **PERSONAL, **PREFERENCES)
    superuser.execute("UPDATE members.member SET state = 'blocked'")
    assert await rewarded(house) == []


async def test_staff_are_shown_how_much_is_known_and_nothing_that_identifies(house: House) -> None:
    await change(house, **PERSONAL, **PREFERENCES)
    person = await sign_in(house.db, Role.OPERATIONS)
    shown = await house.get(f"/api/console/v1/members/{house.program.member_id}/profile", person)
    assert {key: shown[key] for key in PREFERENCES} == PREFERENCES
    assert (shown["complete_percent"], shown["missing"]) == (100, [])
    assert not PERSONAL.keys() & shown.keys()
