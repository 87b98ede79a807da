"""What a member's state says, at every door that gives a member something or takes it (MEM-14)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.members import service as members
from huixiang.members.model import Ability, State
from huixiang.members.rules.states import may
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from tests.entry.program import bearer
from tests.points.movement import set_state
from tests.points.presence import PHONE, TAKING, Till, till

pytestmark = pytest.mark.requirement("MEM-14")

# What systems give a member; a row is one door. A claw-back takes back what was given, whatever became of the member.
GIVING = (
    "credit_points", "credit_in_bulk", "reward_behaviour", "exchange_points_in", "give_plan", "give_benefit",
    "grant_coupon",
)  # fmt: skip
SPENDING = tuple(door for door in TAKING if door != "claw_back_points")
IN = {"direction": "in", "partner_points": 300, "reference": "A-2"}
NAME = {"zh": "甲", "en": "A"}
# A member is brought into these by merging them.
SET_BY_COMMAND = [state for state in State if state is not State.MERGED]


@pytest_asyncio.fixture
async def shop(db: Database, clock: SettableClock) -> AsyncIterator[Till]:
    async with till(db, clock) as one:
        async with db.transaction() as tx:
            plan = {"name": NAME, "price_fen": 9900, "days": 30}
            await rulebook.publish(tx, "plan", "plus", plan, tx.now, "test", "test")
            await rulebook.publish(tx, "benefit", "freight", {"name": NAME, "times": 4}, tx.now, "test", "test")
        yield one


def giving(shop: Till, door: str) -> tuple[str, dict[str, Any]]:
    """Path and body of a command that gives the shopper something."""
    member = f"/api/v1/members/{shop.shopper}"
    exchange = shop.taking("exchange_points")
    found: dict[str, tuple[str, dict[str, Any]]] = {
        "credit_points": (shop.points("credits"), {"points": 5, "cause": "goodwill"}),
        "reward_behaviour": (shop.points("behaviours"), {"behaviour": "review", "source_key": "r1"}),
        "exchange_points_in": (exchange[0], exchange[1] | IN),
        "give_plan": (f"{member}/plans", {"plan": "plus"}),
        "give_benefit": (f"{member}/benefits", {"benefit": "freight", "source": "service"}),
        "grant_coupon": (f"{member}/coupons", {"rule": "ten-off"}),
    }
    return found[door]


async def give(shop: Till, door: str) -> tuple[bool, str]:
    """Whether it was given; if not, the code of the refusal."""
    if door == "credit_in_bulk":
        row = {
            "member_id": str(shop.shopper), "key": "give", "points": 5, "occurred_at": shop.clock.now().isoformat(),
            "cause": "goodwill", "expires_on": str(date(2027, 12, 31)),
        }  # fmt: skip
        headers = shop.vouching | {"content-type": "application/x-ndjson"}
        said = await shop.client.post("/api/v1/points/credits/bulk", content=msgspec.json.encode(row), headers=headers)
        (one,) = said.json()["rows"]
        return one["outcome"] != "refused", one.get("problem", {}).get("code", "")
    answer = await shop.send(*giving(shop, door), f"give {door}", headers=shop.vouching)
    return answer.status_code == 201, answer.json().get("code", "")


def owned(superuser: psycopg.Connection[Any]) -> list[Any]:
    """How much there is of everything that a door gives or takes."""
    row = superuser.execute(
        "SELECT (SELECT count(*) FROM points.posting), (SELECT count(*) FROM plans.subscription),"
        " (SELECT count(*) FROM benefits.entitlement), (SELECT count(*) FROM coupons.coupon),"
        " (SELECT count(*) FROM tiers.upgrade), (SELECT count(*) FROM points.pool_ticket)"
    ).fetchone()
    return list(row or ())


def own_token(shop: Till) -> dict[str, str]:
    return bearer(members.issue_token(shop.shopper, shop.clock.now()))


@pytest.mark.parametrize("state", SET_BY_COMMAND)
async def test_each_door_does_what_the_table_says(shop: Till, superuser: psycopg.Connection[Any], state: State) -> None:
    """Each door against the state. What is refused leaves nothing behind."""
    set_state(superuser, shop.shopper, state)
    for door in GIVING:
        before = owned(superuser)
        given, code = await give(shop, door)
        assert given is may(state, Ability.EARN), (door, code)
        assert given is (owned(superuser) != before), door
        if not given:
            assert code == "member_state_refuses", door
    for door in SPENDING:
        before = owned(superuser)
        answer = await shop.send(*shop.taking(door), f"take {door}", headers=shop.vouching)
        taken = answer.status_code == 201
        if may(state, Ability.SPEND):
            # The last one finds fewer points than it needs.
            assert taken or answer.json()["code"] == "points_insufficient", (door, answer.text)
        else:
            # What was bought is kept as an order of whoever may be looked up, so it looks for them first.
            unknown = door == "post_order" and not may(state, Ability.BE_LOOKED_UP)
            assert answer.json()["code"] == ("member_unknown" if unknown else "member_state_refuses"), door
        assert taken is (owned(superuser) != before), door
    lookup = await shop.client.post("/api/v1/members/lookup", json={"phone": PHONE}, headers=shop.key)
    assert (lookup.status_code == 200) is may(state, Ability.BE_LOOKED_UP)
    own = await shop.client.get("/api/member/v1/me", headers=own_token(shop))
    assert (own.status_code == 200) is may(state, Ability.SIGN_IN)


async def test_what_was_given_before_answers_as_it_did(shop: Till, superuser: psycopg.Connection[Any]) -> None:
    assert [await give(shop, door) for door in GIVING] == [(True, "")] * len(GIVING)
    set_state(superuser, shop.shopper, "blocked")
    before = owned(superuser)
    assert [await give(shop, door) for door in GIVING] == [(True, "")] * len(GIVING)
    assert owned(superuser) == before
