"""By what ways members came: told, kept, and summed by source (MEM-05)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from huixiang.platform.db import Database
from huixiang.staff.model import Role
from tests.entry.program import running, sign_in
from tests.journeys.merging import House

pytestmark = pytest.mark.requirement("MEM-05")

DAYS = {"from": "2026-03-01", "to": "2026-03-31"}
POSTER = {"scene": "qr-17", "store": "s-1", "guide": "g-5", "campaign": "spring"}


@pytest_asyncio.fixture
async def house(db: Database) -> AsyncIterator[House]:
    async with running(db) as program:
        yield House(program, db)


async def tell(house: House, member: str, **touch: Any) -> dict[str, Any]:
    answer = await house.post(f"members/{member}/touches", touch)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def sums(house: House, staff: dict[str, str], **asked: str) -> dict[str | None, int]:
    answer = await house.program.client.get("/api/console/v1/attribution", params=DAYS | asked, headers=staff)
    assert answer.status_code == 200, answer.text
    return {one["source"]: one["members"] for one in answer.json()}


def fields(touch: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in touch.items() if value is not None and key not in {"seq", "occurred_at"}}


async def test_the_first_and_the_last_way_are_found_in_order_of_time(house: House) -> None:
    friend = await house.member("friend")
    member = await house.member("m", origin=POSTER | {"referrer": {"source": "app", "external_id": "friend"}})
    shown = await house.get(f"/api/v1/members/{member}/attribution")
    came = POSTER | {"channel": "app", "referrer_id": friend}
    assert (shown["touches"], fields(shown["first"]), shown["first"]) == (1, came, shown["last"])
    now = house.db.clock.now()
    later = (now + timedelta(minutes=4)).isoformat()
    after = await tell(house, member, channel="till", store="s-2", occurred_at=later)
    assert (fields(after["first"]), fields(after["last"])) == (came, {"channel": "till", "store": "s-2"})
    earlier = (now - timedelta(days=3)).isoformat()
    before = await tell(house, member, channel="h5", campaign="winter", occurred_at=earlier)
    assert (fields(before["first"]), before["last"]) == ({"channel": "h5", "campaign": "winter"}, after["last"])
    assert before["touches"] == 3
    person = await sign_in(house.db, Role.CUSTOMER_SERVICE)
    assert await house.get(f"/api/console/v1/members/{member}/attribution", person) == before


async def test_what_was_told_is_never_overwritten(house: House, database_url: str) -> None:
    await house.member("m", origin=POSTER)
    for damage in ("UPDATE members.touch SET campaign = 'other'", "DELETE FROM members.touch"):
        with psycopg.connect(database_url) as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(damage.encode())


async def test_members_are_summed_by_source(house: House) -> None:
    """The program's own member, who came by the till, counts too."""
    staff = await sign_in(house.db, Role.ANALYST)
    one, two, old = [await house.member(name, origin=POSTER) for name in ("one", "two", "old")]
    await tell(house, one, channel="h5", campaign="summer", referrer={"member_id": two})
    await tell(house, old, channel="h5", occurred_at="2026-02-27T00:00:00Z")
    assert await sums(house, staff) == {"app": 2, "till": 1}
    assert await sums(house, staff, touch="last", source="channel") == {"app": 2, "h5": 1, "till": 1}
    assert await sums(house, staff, source="campaign") == {"spring": 2, None: 1}
    assert await sums(house, staff, source="campaign", touch="last") == {"spring": 2, "summer": 1, None: 1}
    assert await sums(house, staff, source="referrer", touch="last") == {two: 1, None: 3}
    await house.merge(one, two)
    await house.relay()
    assert await sums(house, staff) == {"app": 1, "till": 1}, "who was merged is one"


@pytest.mark.parametrize(
    ("touch", "refusal"),
    [
        ({"channel": "app", "referrer": {"source": "app", "external_id": "m"}}, (409, "own_referrer")),
        ({"channel": "app", "referrer": {"source": "app", "external_id": "nobody"}}, (404, "member_unknown")),
        ({"channel": "app", "occurred_at": "2026-03-18T02:36:00Z"}, (422, "input_invalid")),
        ({"channel": "app", "campaign": "two words"}, (422, "input_invalid")),
        ({"scene": "qr-17"}, (422, "input_invalid")),
    ],
)
async def test_what_is_not_kept(house: House, touch: dict[str, Any], refusal: tuple[int, str]) -> None:
    member = await house.member("m")
    answer = await house.post(f"members/{member}/touches", touch)
    assert (answer.status_code, answer.json()["code"]) == refusal
    assert (await house.get(f"/api/v1/members/{member}/attribution"))["touches"] == 1


async def test_a_registration_by_somebody_unknown_is_refused_alone(house: House) -> None:
    body = {"channel": "app", "phone": "13812345678", "origin": {"referrer": {"number": "000000000000"}}}
    answer = await house.post("members", body)
    assert (answer.status_code, answer.json()["code"], answer.json()["by"]) == (404, "member_unknown", "referrer")
