"""Plans of members as facts: given and ended over HTTP, once a key, and seen by conditions (PLAN-01)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.plans import service
from huixiang.plans.jobs import EndPlans, end_chunk
from huixiang.plans.routes import ROUTES
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import BEGINNING
from tests.support.http_client import client_of
from tests.support.paging import walked
from tests.support.programme import load_programme, register_members

PLUS = {"name": {"zh": "会员", "en": "Plus"}, "price_fen": 1090, "days": 30}


@pytest_asyncio.fixture
async def member(db: Database) -> UUID:
    await load_programme(db)
    async with db.transaction() as tx:
        await rulebook.publish(tx, "plan", "plus", PLUS, BEGINNING, "test", "for the test")
    (member_id,) = await register_members(db, 1)
    return member_id


async def facts(db: Database, member: UUID) -> list[str]:
    async with db.transaction() as tx:
        return await tx.fetchval("SELECT plans FROM plans.plans_facts WHERE member_id = $1", member) or []


async def give(client: httpx.AsyncClient, member: UUID, key: str = "k", **body: Any) -> httpx.Response:
    return await client.post(
        f"/api/v1/members/{member}/plans", json={"plan": "plus"} | body, headers={"Idempotency-Key": key}
    )


async def test_a_plan_is_given_once_and_ended(db: Database, member: UUID) -> None:
    async with client_of(db, ROUTES, "plans:write", "plans:read") as client:
        first, again = await give(client, member), await give(client, member)
        assert (first.status_code, again.json()) == (201, first.json())
        assert await facts(db, member) == ["plus"]
        path = f"/api/v1/members/{member}/plans"
        end = f"{path}/{first.json()['subscription_id']}/end"
        ended = await client.post(end, headers={"Idempotency-Key": "e"})
        assert (ended.status_code, ended.json()["state"]) == (200, "ended")
        assert (await client.post(end, headers={"Idempotency-Key": "f"})).json() == ended.json()
        assert (await client.get(path)).json()["items"] == [ended.json()]
    assert await facts(db, member) == []


async def test_a_plan_with_an_end_is_over_then(db: Database, member: UUID, clock: SettableClock) -> None:
    ends_at = clock.now() + timedelta(days=30)
    async with client_of(db, ROUTES, "plans:write") as client:
        assert (await give(client, member, ends_at=ends_at.isoformat())).status_code == 201
    for passed, left in ((timedelta(days=29), ["plus"]), (timedelta(days=1), [])):
        clock.advance(passed)
        async with db.transaction() as tx:
            await end_chunk(tx, EndPlans())
        assert await facts(db, member) == left
    async with db.transaction() as tx:
        [ended] = (await service.subscriptions(tx, member, None, 10)).items
    assert (ended.state, ended.ended_at) == ("ended", ends_at)


async def test_plans_are_listed_by_page_the_latest_first(db: Database, member: UUID) -> None:
    async with client_of(db, ROUTES, "plans:write", "plans:read") as client:
        given = [(await give(client, member, f"k{number}")).json() for number in range(5)]
        path = f"/api/v1/members/{member}/plans"
        assert await walked(client, path, 2) == [[given[4], given[3]], [given[2], given[1]], [given[0]]]
        assert await walked(client, path, 5) == [given[::-1]]
        (other,) = await register_members(db, 1, "other")
        assert await walked(client, f"/api/v1/members/{other}/plans", 2) == [[]]
        refused = await client.get(path, params={"cursor": "bm8"})
        assert (refused.status_code, refused.json()["code"]) == (422, "input_invalid")


async def test_what_can_not_be_given_is_refused(db: Database, member: UUID) -> None:
    async with client_of(db, ROUTES, "plans:write") as client:
        answers = {
            "plan_unknown": await give(client, member, "a", plan="gone"),
            "member_unknown": await give(client, new_id(), "b"),
            "input_invalid": await give(client, member, "c", ends_at="2020-01-01T00:00:00Z"),
            "subscription_unknown": await client.post(
                f"/api/v1/members/{member}/plans/{new_id()}/end", headers={"Idempotency-Key": "d"}
            ),
        }
        assert {code: answer.json()["code"] for code, answer in answers.items()} == {code: code for code in answers}
        other = await client.get(f"/api/v1/members/{member}/plans")
        assert (other.status_code, other.json()["code"]) == (403, "permission_missing")
    assert await facts(db, member) == []
