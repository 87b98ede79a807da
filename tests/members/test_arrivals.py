"""By what way somebody comes who signs in, and what a provider's name adds to a member."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.members.model import ExternalId
from huixiang.members.service.attribution import attribution
from huixiang.members.service.tickets import seal_ticket
from huixiang.platform.db import Database
from tests.members.signing import APP, PATH, PHONE, People, people, refused

H5 = {"kind": "h5", "installation": "page-8f2c91d0"}


@pytest_asyncio.fixture
async def town(db: Database, clock: SettableClock) -> AsyncIterator[People]:
    async with people(db, clock) as made:
        yield made


def ticket(town: People, external_id: str = "oX-1", source: str = "wechat") -> str:
    """As the program gives it to somebody whom a provider names and nobody knows."""
    return seal_ticket("wechat", (ExternalId(source, external_id),), town.db.clock.now())[0]


async def ways(town: People, member_id: str) -> tuple[Any, Any, int]:
    """campaign, store and referrer of the first and the last way."""
    async with town.db.transaction(read_only=True) as tx:
        told = await attribution(tx, UUID(member_id))
    first, last = (None if one is None else (one.channel, one.campaign, one.store, one.referrer_id)
                   for one in (told.first, told.last))  # fmt: skip
    return first, last, told.touches


@pytest.mark.requirement("MEM-05")
async def test_the_way_of_who_joins_by_a_code_is_the_first_and_stays(town: People) -> None:
    async with town.db.transaction() as tx:
        number = await tx.fetchval("SELECT number FROM members.member WHERE member_id = $1", town.program.member_id)
    arrival = {"campaign": "spring", "store": "s-1", "referrer": number}
    joined = await town.sign_in(arrival=arrival)
    spring = ("app", "spring", "s-1", town.program.member_id)
    assert (joined["registered"], await ways(town, joined["member_id"])) == (True, (spring, spring, 1))
    await town.sign_in()
    assert (await ways(town, joined["member_id"]))[2] == 1, "no way was told"
    again = await town.sign_in(arrival={"campaign": "winter", "referrer": "000000000000"}, device=H5)
    assert await ways(town, again["member_id"]) == (spring, ("h5", "winter", None, None), 2)
    async with town.db.transaction() as tx:
        own = await tx.fetchval("SELECT number FROM members.member WHERE member_id = $1", UUID(joined["member_id"]))
    await town.sign_in(arrival={"guide": "g-7", "referrer": own})
    assert (await ways(town, joined["member_id"]))[1] == ("app", None, None, None)


@pytest.mark.requirement("MEM-05")
async def test_the_way_of_who_joins_by_a_provider_is_kept(town: People) -> None:
    body = {"ticket": ticket(town), "device": H5, "arrival": {"campaign": "spring"}}
    joined = (await town.client.post(f"{PATH}/ticket", json=body)).json()
    spring = ("h5", "spring", None, None)
    assert await ways(town, joined["member_id"]) == (spring, spring, 1)
    again = (await town.client.post(f"{PATH}/ticket", json=body | {"arrival": {"store": "s-9"}})).json()
    assert again["member_id"] == joined["member_id"]
    assert await ways(town, joined["member_id"]) == (spring, ("h5", None, "s-9", None), 2)


@pytest.mark.requirement("MEM-02")
async def test_a_providers_name_is_linked_as_any_other(town: People, superuser: psycopg.Connection[Any]) -> None:
    mine = await town.sign_in()
    linked = await town.sign_in(ticket=ticket(town))
    assert linked["member_id"] == mine["member_id"]
    events = superuser.execute("SELECT events FROM platform.outbox WHERE events LIKE '%identity_linked%'").fetchall()
    assert [row[0].count('"source":"wechat"') for row in events] == [1]
    audited = superuser.execute(
        "SELECT actor, member_id::text FROM staff.audit WHERE action = 'member.identity_linked'"
    ).fetchall()
    assert audited == [(f"member:{mine['member_id']}", mine["member_id"])]
    await town.sign_in(ticket=ticket(town))
    other = await town.asked(PHONE)
    assert refused(await town.verify(other | {"ticket": ticket(town, "oX-2")})) == (409, "identity_source_held")


async def test_of_a_device_a_keyed_hash_is_kept(town: People, superuser: psycopg.Connection[Any]) -> None:
    mine = await town.sign_in(device=APP | {"installation": "phone-8f2c91d0"})
    await town.sign_in(device=APP | {"installation": "phone-8f2c91d0"})
    kept = superuser.execute("SELECT member_id::text, key FROM members.device_mark").fetchall()
    assert [one[0] for one in kept] == [mine["member_id"]]
    assert "8f2c" not in kept[0][1]
