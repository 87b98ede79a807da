"""Benefits of members as facts: given and ended over HTTP, gone while their quota is used up (BEN-03)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.benefits.jobs import KeepBenefits, keep_chunk
from huixiang.benefits.routes import ROUTES
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import BEGINNING
from tests.support.http_client import client_of
from tests.support.paging import walked
from tests.support.programme import load_programme, register_members

FREE_DELIVERY = {"name": {"zh": "免运费", "en": "Free delivery"}, "times": 4, "in_a": "week"}
HOTLINE = {"name": {"zh": "专线", "en": "Hotline"}}


@pytest_asyncio.fixture
async def member(db: Database) -> UUID:
    await load_programme(db)
    async with db.transaction() as tx:
        for code, body in (("free_delivery", FREE_DELIVERY), ("hotline", HOTLINE)):
            await rulebook.publish(tx, "benefit", code, body, BEGINNING, "test", "for the test")
    (member_id,) = await register_members(db, 1)
    return member_id


async def facts(db: Database, member: UUID) -> list[str]:
    async with db.transaction() as tx:
        return await tx.fetchval("SELECT benefits FROM benefits.benefits_facts WHERE member_id = $1", member) or []


async def give(client: httpx.AsyncClient, member: UUID, benefit: str, **body: Any) -> httpx.Response:
    return await client.post(
        f"/api/v1/members/{member}/benefits",
        json={"benefit": benefit, "source": "plan:plus"} | body,
        headers={"Idempotency-Key": f"{benefit}{body}"},
    )


async def test_a_benefit_is_given_once_and_ended(db: Database, member: UUID) -> None:
    async with client_of(db, ROUTES, "benefits:write", "benefits:read") as client:
        first, again = await give(client, member, "hotline"), await give(client, member, "hotline")
        assert (first.status_code, first.json()["quota"], again.json()) == (201, None, first.json())
        assert await facts(db, member) == ["hotline"]
        path = f"/api/v1/members/{member}/benefits"
        end = f"{path}/{first.json()['entitlement_id']}/end"
        ended = await client.post(end, headers={"Idempotency-Key": "e"})
        assert (ended.status_code, ended.json()["state"]) == (200, "ended")
        assert (await client.get(path)).json()["items"] == [ended.json()]
    assert await facts(db, member) == []


@pytest.mark.requirement("BEN-03")
async def test_a_quota_comes_back_with_the_next_period(db: Database, member: UUID, clock: SettableClock) -> None:
    async with client_of(db, ROUTES, "benefits:write") as client:
        given = await give(client, member, "free_delivery", used=4)
        assert (given.status_code, given.json()["quota"], given.json()["used"]) == (201, 4, 4)
    assert await facts(db, member) == []
    for passed, left in ((timedelta(days=4), []), (timedelta(days=1), ["free_delivery"])):  # from Wednesday to Monday
        clock.advance(passed)
        async with db.transaction() as tx:
            await keep_chunk(tx, KeepBenefits())
        assert await facts(db, member) == left


async def test_a_benefit_with_an_end_is_over_then(db: Database, member: UUID, clock: SettableClock) -> None:
    async with client_of(db, ROUTES, "benefits:write") as client:
        await give(client, member, "hotline", ends_at=(clock.now() + timedelta(hours=1)).isoformat())
    clock.advance(timedelta(hours=1))
    async with db.transaction() as tx:
        await keep_chunk(tx, KeepBenefits())
    assert await facts(db, member) == []


async def test_benefits_are_listed_by_page_the_latest_first(db: Database, member: UUID) -> None:
    async with client_of(db, ROUTES, "benefits:write", "benefits:read") as client:
        given = [(await give(client, member, "free_delivery", used=used)).json() for used in range(5)]
        path = f"/api/v1/members/{member}/benefits"
        assert await walked(client, path, 2) == [[given[4], given[3]], [given[2], given[1]], [given[0]]]
        assert await walked(client, path, 5) == [given[::-1]]


async def test_what_can_not_be_given_is_refused(db: Database, member: UUID) -> None:
    async with client_of(db, ROUTES, "benefits:write") as client:
        answers = {
            "benefit_unknown": await give(client, member, "gone"),
            "member_unknown": await give(client, new_id(), "hotline"),
            "input_invalid": await give(client, member, "free_delivery", used=5),
            "entitlement_unknown": await client.post(
                f"/api/v1/members/{member}/benefits/{new_id()}/end", headers={"Idempotency-Key": "d"}
            ),
        }
        assert {code: answer.json()["code"] for code, answer in answers.items()} == {code: code for code in answers}
        ended = await give(client, member, "hotline", ends_at="2020-01-01T00:00:00Z")
        assert (ended.status_code, ended.json()["errors"][0]["path"]) == (422, "$.ends_at")
    assert await facts(db, member) == []
