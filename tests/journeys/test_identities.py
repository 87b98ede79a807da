"""Many identities of one member: linked, taken off, and what is refused (MEM-02)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from huixiang.platform.db import Database
from tests.entry.program import running
from tests.journeys.merging import House

pytestmark = pytest.mark.requirement("MEM-02")

PHONE = {"phone": "13812345678"}
WECHAT = {"source": "wechat", "external_id": "oX9pQ4"}
WHY = {"reason": "shown at the desk"}


@pytest_asyncio.fixture
async def house(db: Database) -> AsyncIterator[House]:
    async with running(db) as program:
        yield House(program, db)


async def link(house: House, member: str, identity: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = await house.post(f"members/{member}/identities", identity | WHY)
    return answer.status_code, answer.json()


async def unlink(house: House, member: str, identity: dict[str, Any]) -> tuple[int, str]:
    answer = await house.post(f"members/{member}/identities/unlink", identity | WHY)
    return answer.status_code, answer.json().get("code", "")


async def found(house: House, way: dict[str, Any]) -> str | None:
    answer = await house.post("members/lookup", way)
    member_id: str | None = answer.json().get("member_id")
    return member_id


async def test_what_is_linked_finds_the_member_until_it_is_taken_off(
    house: House, superuser: psycopg.Connection[Any]
) -> None:
    member = await house.member("app-1")
    card: dict[str, Any] = {}
    for identity in (PHONE, WECHAT):
        assert await found(house, identity) is None
        status, card = await link(house, member, identity)
        assert (status, await found(house, identity)) == (200, member)
        assert await link(house, member, identity) == (200, card), "again changes nothing"
    assert card["phone_masked"] == "138****5678"
    assert WECHAT in card["external_ids"]
    assert await unlink(house, member, PHONE) == (200, "")
    assert await found(house, PHONE) is None
    other = await house.member("app-2", phone="13812345678")
    assert await found(house, PHONE) == other, "it is free for others"
    kinds = superuser.execute(
        "SELECT action FROM staff.audit WHERE action LIKE 'member.identity%' ORDER BY 1"
    ).fetchall()
    assert [row[0] for row in kinds] == [*["member.identity_linked"] * 2, "member.identity_unlinked"]
    told = superuser.execute("SELECT events FROM platform.outbox WHERE events LIKE '%identity_%'").fetchall()
    assert len(told) == 3
    assert not any("13812345678" in row[0] or "oX9pQ4" in row[0] for row in told)


async def test_the_last_identity_stays(house: House) -> None:
    member = await house.member("app-1")
    only = {"source": "app", "external_id": "app-1"}
    assert await unlink(house, member, only) == (409, "identity_last")
    assert await unlink(house, member, PHONE) == (404, "identity_unknown")
    await link(house, member, PHONE)
    assert await unlink(house, member, only) == (200, "")
    assert await unlink(house, member, PHONE) == (409, "identity_last")


async def test_an_identity_of_another_says_with_whom_to_merge(house: House) -> None:
    member, other = await house.member("app-1"), await house.member("app-2", phone="13812345678")
    status, problem = await link(house, member, PHONE)
    assert (status, problem["code"], problem["member_id"]) == (409, "identity_of_another", other)
    assert "13812345678" not in str(problem)
    await house.merge(other, member)
    await house.relay()
    status, card = await link(house, member, PHONE)
    assert (status, card["phone_masked"]) == (200, "138****5678"), "it is theirs now"
    assert await unlink(house, member, PHONE) == (200, "")
    assert await found(house, PHONE) is None


@pytest.mark.parametrize(
    ("identity", "refusal"),
    [
        ({"source": "app", "external_id": "another"}, (409, "identity_source_held")),
        ({"phone": "12345"}, (422, "input_invalid")),
        (PHONE | WECHAT, (422, "input_invalid")),
        ({"source": "wechat"}, (422, "input_invalid")),
        ({}, (422, "input_invalid")),
    ],
)
async def test_what_is_not_linked(house: House, identity: dict[str, Any], refusal: tuple[int, str]) -> None:
    status, problem = await link(house, await house.member("app-1"), identity)
    assert (status, problem["code"]) == refusal


@pytest.mark.parametrize("state", ["blocked", "closed", "merging"])
async def test_who_is_not_free_to_is_given_no_identity(
    house: House, superuser: psycopg.Connection[Any], state: str
) -> None:
    member = await house.member("app-1")
    superuser.execute("UPDATE members.member SET state = %s WHERE member_id = %s", (state, member))
    status, problem = await link(house, member, PHONE)
    assert (status, problem["code"]) == (409, "member_state_refuses")


async def test_of_many_who_link_one_phone_at_once_one_gets_it(house: House) -> None:
    people = [await house.member(f"app-{n}") for n in range(6)]
    said = await asyncio.gather(*(link(house, person, PHONE) for person in people))
    assert sorted(status for status, _ in said) == [200, *[409] * 5]
    (winner,) = [person for person, (status, _) in zip(people, said, strict=True) if status == 200]
    assert {problem["member_id"] for status, problem in said if status == 409} == {winner}


async def test_a_member_has_sixteen_identities_at_most(house: House) -> None:
    member = await house.member("app-1")
    said = [(await link(house, member, {"phone": f"1381234{n:04d}"}))[0] for n in range(16)]
    assert said == [*[200] * 15, 409]
