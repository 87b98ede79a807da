"""Packs: all their copies or none, once a member (CPN-02)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.coupons.model.packs import PACK_KIND, CouponPackHad
from huixiang.coupons.routes import ROUTES
from huixiang.coupons.service import claims, packs
from huixiang.coupons.store import copies
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.rulebook import service as rulebook
from huixiang.stock import service as stock
from huixiang.stock.model import Kind
from tests.coupons.ground import breaches, publish_template
from tests.support.http_client import client_of
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-02")
MINE = "/api/member/v1/me/coupon-packs"
NAME = {"zh": "双券包", "en": "Two"}
TWO: dict[str, Any] = {"name": NAME, "holds": [{"template": "ten", "copies": 2}, {"template": "few"}], "claim": {}}


@pytest_asyncio.fixture
async def members(db: Database) -> list[UUID]:
    await load_programme(db)
    return await register_members(db, 3)


@pytest_asyncio.fixture
async def client(db: Database, members: list[UUID]) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, ROUTES, "coupons:write", "coupons:read", member=members[0]) as found:
        yield found


async def publish_pack(db: Database, **more: Any) -> None:
    await publish_template(db, worth_fen=1000)
    await publish_template(db, "few", total=1, worth_fen=500)
    async with db.transaction() as tx:
        await rulebook.publish(tx, PACK_KIND, "two", TWO | more, tx.now, "test", "test")


async def claim(client: httpx.AsyncClient, pack: str, key: str | None = None) -> httpx.Response:
    return await client.post(MINE, json={"pack": pack}, headers={"Idempotency-Key": key or str(new_id())})


async def give(client: httpx.AsyncClient, member: UUID, pack: str = "two") -> httpx.Response:
    headers = {"Idempotency-Key": str(new_id())}
    return await client.post(f"/api/v1/members/{member}/coupon-packs", json={"pack": pack}, headers=headers)


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", answer.json().get("pack"))


async def test_the_shipped_pack_is_worth_188_and_is_had_once(
    db: Database, members: list[UUID], client: httpx.AsyncClient, clock: SettableClock
) -> None:
    [offer] = (await client.get(MINE)).json()["items"]
    assert (offer["pack"], offer["worth_fen"], offer["had"], len(offer["holds"])) == ("new_member", 18_800, False, 5)
    assert offer["holds"][0]["name"]["en"] == "New member: 8 off 39"
    taken, again = await claim(client, "new_member", "a"), await claim(client, "new_member", "a")
    assert taken.status_code == 201, taken.text
    assert again.json() == taken.json()
    assert (taken.json()["worth_fen"], len(taken.json()["coupons"])) == (18_800, 5)
    held = (await client.get("/api/member/v1/me/coupons")).json()["items"]
    assert sorted(one["template"] for one in held) == sorted(one["template"] for one in taken.json()["coupons"])
    assert said(await claim(client, "new_member")) == (409, "coupon_pack_had")
    assert said(await give(client, members[0], "new_member")) == (409, "coupon_pack_had")
    assert [one["had"] for one in (await client.get(MINE)).json()["items"]] == [True]
    async with db.transaction(read_only=True) as tx:
        events = await tx.fetchval("SELECT events FROM platform.outbox WHERE events::text LIKE '%pack_issued%'")
    assert '"worth_fen": 18800' in str(events).replace('":', '": ').replace("  ", " ")
    clock.advance(timedelta(days=30))
    async with client_of(db, ROUTES, member=members[1]) as late:
        assert said(await claim(late, "new_member")) == (409, "coupon_not_for_member")
        assert (await late.get(MINE)).json()["items"] == []
    assert await breaches(db) == []


async def test_a_pack_is_given_whole_or_not_at_all(
    db: Database, members: list[UUID], client: httpx.AsyncClient
) -> None:
    """Of one template there is one copy: the second member gets nothing, and what was taken for them is left."""
    await publish_pack(db)
    await publish_template(db, worth_fen=1000, total=5)
    first, second = await give(client, members[0]), await give(client, members[1])
    assert (said(first), said(second)) == ((201, "two"), (409, "stock_exhausted"))
    assert (first.json()["worth_fen"], len(first.json()["coupons"])) == (2500, 3)
    assert (await client.get(f"/api/v1/members/{members[1]}/coupons")).json()["items"] == []
    await Relay(db, SUBSCRIPTIONS).drain()
    async with db.transaction(read_only=True) as tx:
        left = await stock.left(tx, [(Kind.COUPON_TEMPLATE, "ten"), (Kind.COUPON_TEMPLATE, "few")])
    assert left == {(Kind.COUPON_TEMPLATE, "ten"): 3, (Kind.COUPON_TEMPLATE, "few"): 0}
    await publish_template(db, "few", total=2, worth_fen=500)
    assert said(await give(client, members[1])) == (201, "two")
    assert await breaches(db) == []


async def test_a_limit_of_one_template_refuses_the_pack(
    db: Database, members: list[UUID], client: httpx.AsyncClient
) -> None:
    await publish_pack(db)
    await publish_template(db, per_member=2, claim={})
    headers = {"Idempotency-Key": "one"}
    path = f"/api/v1/members/{members[0]}/coupons"
    assert (await client.post(path, json={"template": "ten"}, headers=headers)).status_code == 201
    assert said(await give(client, members[0])) == (409, "coupon_limit_reached")
    assert len((await client.get(path)).json()["items"]) == 1
    async with db.transaction(read_only=True) as tx:
        assert await stock.left(tx, [(Kind.COUPON_TEMPLATE, "few")]) == {}, "refused before anything was asked for"
    assert await breaches(db) == []


async def test_a_command_that_was_refused_may_be_repeated(
    db: Database, members: list[UUID], client: httpx.AsyncClient
) -> None:
    """Some of its tickets were taken and given back for good; under the same key it takes others."""
    await publish_pack(db)
    await publish_template(db, worth_fen=1000, total=5)
    assert said(await give(client, members[1])) == (201, "two")
    for _ in range(2):
        assert said(await claim(client, "two", "k")) == (409, "stock_exhausted")
    await publish_template(db, "few", total=2, worth_fen=500)
    taken = await claim(client, "two", "k")
    assert said(taken) == (201, "two")
    assert (await claim(client, "two", "k")).json() == taken.json()
    await Relay(db, SUBSCRIPTIONS).drain()
    async with db.transaction(read_only=True) as tx:
        left = await stock.left(tx, [(Kind.COUPON_TEMPLATE, "ten"), (Kind.COUPON_TEMPLATE, "few")])
    assert left == {(Kind.COUPON_TEMPLATE, "ten"): 1, (Kind.COUPON_TEMPLATE, "few"): 0}
    assert await breaches(db) == []


async def test_a_command_is_answered_as_before_when_the_pack_is_over(
    db: Database, members: list[UUID], client: httpx.AsyncClient, clock: SettableClock
) -> None:
    assert members
    await publish_pack(db, claim={"closes_at": (clock.now() + timedelta(hours=1)).isoformat()})
    taken = await claim(client, "two", "k")
    assert said(taken) == (201, "two")
    clock.advance(timedelta(hours=2))
    assert said(await claim(client, "two")) == (409, "coupon_pack_had")
    again = await claim(client, "two", "k")
    assert (again.status_code, again.json()) == (201, taken.json())


async def test_of_two_at_once_one_gets_the_pack(db: Database, members: list[UUID]) -> None:
    """Both saw that they may, under keys of their own, and took what their copies take."""
    await publish_pack(db)
    await publish_template(db, "few", total=9, worth_fen=500)

    async def attempt(key: str) -> str:
        async with db.transaction(read_only=True) as tx:
            planned = await packs.plan(tx, members[0], "two", "grant", key)
        planned, _ = await packs.take(db, planned)
        await ready.wait()
        try:
            async with db.transaction() as tx:
                return (await packs.issue_planned(tx, planned)).pack
        except DomainError as refusal:
            async with db.transaction() as tx:
                lost = await packs.gone(tx, planned)
            for one in lost:
                async with db.transaction() as tx:
                    await claims.free(tx, one)
            return refusal.code

    ready = asyncio.Barrier(6)
    told = Counter(await asyncio.gather(*(attempt(str(number)) for number in range(6))))
    assert told == {"two": 1, "coupon_pack_had": 5}
    async with db.transaction(read_only=True) as tx:
        assert await tx.fetchval("SELECT count(*) FROM coupons.coupon") == 3
        assert await stock.left(tx, [(Kind.COUPON_TEMPLATE, "few")]) == {(Kind.COUPON_TEMPLATE, "few"): 8}
    assert await breaches(db) == []


async def test_who_had_it_before_they_were_merged_has_had_it(db: Database, members: list[UUID]) -> None:
    await publish_pack(db)
    async with db.transaction(read_only=True) as tx:
        planned = await packs.plan(tx, members[0], "two", "grant", "a")
    await packs.take(db, planned)
    async with db.transaction() as tx:
        await packs.issue_planned(tx, planned)
        await copies.move(tx, members[0], members[1], new_id())
    async with db.transaction(read_only=True) as tx:
        other = await packs.plan(tx, members[1], "two", "grant", "b")
    with pytest.raises(CouponPackHad):
        async with db.transaction() as tx:
            await packs.issue_planned(tx, other)


@pytest.mark.parametrize(
    ("more", "path", "problem"),
    [
        ({"holds": [{"template": "nothing"}]}, "$.holds[0].template", "no coupon template nothing in force"),
        ({"holds": [{"template": "ten"}, {"template": "ten"}]}, "$.holds[1].template", "twice"),
        ({"holds": [{"template": "one", "copies": 2}]}, "$.holds[0].copies", "may have 1"),
        ({"holds": [{"template": "claimed"}]}, "$.holds[0].template", "not to be granted"),
        ({"holds": [{"template": f"t{n}", "copies": 20} for n in range(3)]}, "$.holds", "more than 50"),
        ({"grant": False, "claim": None}, "$", "nobody could have it"),
        ({"claim": {"audience": {"type": "known", "attribute": "nothing"}}}, "$.claim.audience", ""),
        ({"holds": []}, "$.holds", "length"),
    ],
)
async def test_what_cannot_be_published(db: Database, more: dict[str, Any], path: str, problem: str) -> None:
    await load_programme(db)
    await publish_template(db)
    await publish_template(db, "one", per_member=1)
    await publish_template(db, "claimed", grant=False, claim={})
    for number in range(3):
        await publish_template(db, f"t{number}")
    body = {"name": NAME, "holds": [{"template": "ten"}]} | more
    async with db.transaction(read_only=True) as tx:
        found = (await rulebook.check(tx, PACK_KIND, "another", body)).problems
    assert any(one.path.startswith(path) and problem in one.problem for one in found), found


async def test_what_it_is_worth_is_warned_of_where_a_template_does_not_say(db: Database) -> None:
    await load_programme(db)
    await publish_template(db)
    async with db.transaction(read_only=True) as tx:
        found = await rulebook.check(tx, PACK_KIND, "another", {"name": NAME, "holds": [{"template": "ten"}]})
        shipped = (await rulebook.version(tx, PACK_KIND, "new_member", 1)).body
        assert [*(await rulebook.check(tx, PACK_KIND, "new_member", shipped)).warnings] == []
    assert ([*found.problems], [one.path for one in found.warnings]) == ([], ["$.holds[0]"])


async def test_unknown_packs_and_unknown_members_are_refused(
    db: Database, members: list[UUID], client: httpx.AsyncClient
) -> None:
    await publish_pack(db, grant=False)
    assert said(await claim(client, "nothing")) == (404, "coupon_pack_unknown")
    assert said(await give(client, members[0])) == (409, "coupon_not_offered")
    assert said(await give(client, new_id())) == (404, "member_unknown")
