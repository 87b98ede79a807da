"""Coupons that members give on: taken once, kept whole, given back where they cannot be had (CPN-05)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.coupons import jobs
from huixiang.coupons import service as coupons
from huixiang.coupons.events import CouponGiftReturned
from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.coupons.model import NewCoupon
from huixiang.coupons.routes import ROUTES
from huixiang.coupons.service import gifts
from huixiang.entry.background import SUBSCRIPTIONS as EVERY
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.members.model import MemberRef
from huixiang.members.model.merging import NewMerge
from huixiang.members.model.states import NewState
from huixiang.members.service import merging, states
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import Relay
from tests.coupons.ground import breaches, publish_template
from tests.support.http_client import client_of
from tests.support.paging import walked
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-05")
# Of the whole program but telling the world outside, which these tests do not wire.
OURS = [one for one in EVERY if not one.name.startswith("webhooks.")]
GIFTS = "/api/member/v1/me/coupon-gifts"


@pytest_asyncio.fixture
async def people(db: Database) -> list[UUID]:
    """Who gives, and two who receive."""
    await load_programme(db)
    return await register_members(db, 3)


@pytest_asyncio.fixture
async def clients(db: Database, people: list[UUID]) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Each of them at their own pages."""
    async with (
        client_of(db, ROUTES, member=people[0]) as giver,
        client_of(db, ROUTES, member=people[1]) as one,
        client_of(db, ROUTES, member=people[2]) as other,
    ):
        yield [giver, one, other]


async def had(db: Database, member: UUID, **more: Any) -> UUID:
    """A copy of the template `ten`, which may be given on."""
    await publish_template(db, **({"giftable": True} | more))
    return await issued(db, member)


async def issued(db: Database, member: UUID) -> UUID:
    copy = new_id()
    async with db.transaction() as tx:
        await coupons.issue(tx, member, "ten", copy, "test")
    return copy


async def give(client: httpx.AsyncClient, copy: UUID) -> httpx.Response:
    path = f"/api/member/v1/me/coupons/{copy}/gift"
    return await client.post(path, headers={"Idempotency-Key": str(new_id())})


async def take(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post(f"{GIFTS}/take", json={"token": token}, headers={"Idempotency-Key": str(new_id())})


async def withdraw(client: httpx.AsyncClient, gift_id: str) -> httpx.Response:
    return await client.post(f"{GIFTS}/{gift_id}/withdraw", headers={"Idempotency-Key": str(new_id())})


async def made(client: httpx.AsyncClient, copy: UUID) -> tuple[dict[str, Any], str]:
    answer = await give(client, copy)
    assert answer.status_code == 201, answer.text
    return answer.json()["gift"], answer.json()["token"]


async def wallet(client: httpx.AsyncClient, state: str = "issued") -> list[dict[str, Any]]:
    found = await client.get("/api/member/v1/me/coupons", params={"state": state})
    items: list[dict[str, Any]] = found.json()["items"]
    return items


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def settled(db: Database) -> None:
    await Relay(db, SUBSCRIPTIONS).drain()
    assert await breaches(db) == []


async def test_a_gift_goes_to_who_takes_it_first_and_keeps_its_end(
    db: Database, people: list[UUID], clients: list[httpx.AsyncClient], clock: SettableClock
) -> None:
    giver, one, other = clients
    copy = await had(db, people[0])
    [before] = await wallet(giver)
    gift, token = await made(giver, copy)
    assert (gift["state"], gift["ends_at"]) == ("open", "2026-03-21T02:30:00Z")
    assert (await wallet(giver), [row["coupon_id"] for row in await wallet(giver, "given")]) == ([], [str(copy)])
    async with db.transaction() as tx:
        held = await coupons.hold(tx, people[0], [copy], new_id())
    assert held.refused == {copy: "given"}
    assert await breaches(db) == []
    clock.advance(timedelta(days=1))
    taken = await take(one, token)
    assert (taken.status_code, taken.json()["state"], taken.json()["name"]["en"]) == (202, "taken", "Ten off")
    assert refused(await take(other, token)) == (409, "coupon_gift_over")
    assert refused(await withdraw(giver, gift["gift_id"])) == (409, "coupon_gift_over")
    await settled(db)
    [mine] = await wallet(one)
    assert (mine["coupon_id"], mine["expires_at"]) == (gift["gift_id"], before["expires_at"])
    assert (mine["template"], mine["template_version"], mine["rule"]) == ("ten", before["template_version"], "ten")
    assert (await take(one, token)).json()["state"] == "received"
    assert [row["state"] for row in (await giver.get(GIFTS)).json()["items"]] == ["received"]
    assert len(await wallet(one)) == 1
    assert refused(await take(other, token)) == (409, "coupon_gift_over")
    await settled(db)


async def test_a_copy_that_was_given_can_be_given_on_and_used(
    db: Database, people: list[UUID], clients: list[httpx.AsyncClient]
) -> None:
    giver, one, other = clients
    _, token = await made(giver, await had(db, people[0]))
    gift = (await take(one, token)).json()
    await settled(db)
    _, again = await made(one, UUID(gift["coupon_id"]))
    last = (await take(other, again)).json()
    await settled(db)
    order = new_id()
    async with db.transaction() as tx:
        await coupons.hold(tx, people[2], [UUID(last["coupon_id"])], order)
        assert await coupons.use(tx, people[2], order) == [UUID(last["coupon_id"])]
    assert await breaches(db) == []


async def test_a_gift_that_is_withdrawn_or_not_taken_comes_back(
    db: Database, people: list[UUID], clients: list[httpx.AsyncClient], clock: SettableClock
) -> None:
    giver, one, _ = clients
    copy = await had(db, people[0], days=3)
    gift, token = await made(giver, copy)
    back = await withdraw(giver, gift["gift_id"])
    assert (back.status_code, back.json()["state"], back.json()["why"]) == (200, "returned", "withdrawn")
    assert (await withdraw(giver, gift["gift_id"])).json() == back.json()
    assert refused(await take(one, token)) == (409, "coupon_gift_over")
    assert [row["coupon_id"] for row in await wallet(giver)] == [str(copy)]
    _, later = await made(giver, copy)
    clock.advance(timedelta(days=3))
    assert refused(await take(one, later)) == (409, "coupon_gift_over"), "before it is written down"
    async with db.transaction() as tx:
        await jobs.end_gifts_chunk(tx, jobs.EndGifts(gifts=1))
    assert [row["coupon_id"] for row in await wallet(giver)] == [str(copy)]
    assert [row["why"] for row in (await giver.get(GIFTS)).json()["items"]] == ["untaken", "withdrawn"]
    assert [len(page) for page in await walked(giver, GIFTS, 1)] == [1, 1]
    await settled(db)


async def test_a_gift_ends_no_later_than_its_coupon(
    db: Database, people: list[UUID], clients: list[httpx.AsyncClient], clock: SettableClock
) -> None:
    giver, one, _ = clients
    copy = await had(db, people[0], days=0)
    gift, token = await made(giver, copy)
    assert gift["ends_at"] == "2026-03-18T16:00:00Z"
    assert (await take(one, token)).status_code == 202
    clock.advance(timedelta(days=1))
    await settled(db)
    assert [row["why"] for row in (await giver.get(GIFTS)).json()["items"]] == ["ended"], "it was too long on its way"
    assert (await wallet(one), [row["coupon_id"] for row in await wallet(giver, "expired")]) == ([], [str(copy)])


@pytest.mark.parametrize("why", ["limit", "receiver_state"])
async def test_what_the_receiver_cannot_have_goes_back(
    db: Database, people: list[UUID], clients: list[httpx.AsyncClient], why: str
) -> None:
    """Between taking and the step that issues the copy."""
    giver, one, _ = clients
    copy = await had(db, people[0], per_member=1)
    _, token = await made(giver, copy)
    assert (await take(one, token)).status_code == 202
    if why == "limit":
        await issued(db, people[1])
    else:
        async with db.transaction() as tx:
            await states.change_state(tx, people[1], NewState(state="blocked", reason="test"), "staff:test")
    told: list[CouponGiftReturned] = []

    async def hear(_tx: Transaction, events: Sequence[Event]) -> None:
        told.extend(event for event in events if isinstance(event, CouponGiftReturned))

    await Relay(db, [*SUBSCRIPTIONS, Subscription("tests.hear", (CouponGiftReturned,), hear)]).drain()
    assert await breaches(db) == []
    assert [row["coupon_id"] for row in await wallet(giver)] == [str(copy)]
    assert [row["why"] for row in (await giver.get(GIFTS)).json()["items"]] == [why]
    async with db.transaction(read_only=True) as tx:
        log = await tx.fetch("SELECT what, cause FROM coupons.coupon_change WHERE coupon_id = $1 ORDER BY seq", copy)
    assert [(one.member_id, one.coupon_id, one.why) for one in told] == [(people[0], copy, why)]
    assert [tuple(row) for row in log][1:] == [("given", "gift"), ("withdrawn", f"gift_{why}")]


async def test_who_may_not_have_it_is_told_at_once_and_it_stays_open(
    db: Database, people: list[UUID], clients: list[httpx.AsyncClient]
) -> None:
    giver, one, other = clients
    copy = await had(db, people[0], per_member=1)
    await issued(db, people[1])
    _, token = await made(giver, copy)
    assert refused(await take(one, token)) == (409, "coupon_limit_reached")
    assert refused(await take(giver, token)) == (409, "coupon_gift_own")
    assert refused(await take(other, "A" * 32)) == (404, "coupon_gift_unknown")
    assert (await take(other, "short")).status_code == 422
    assert (await take(other, token)).status_code == 202
    await settled(db)
    assert len(await wallet(other)) == 1


async def test_what_cannot_be_given(
    db: Database, people: list[UUID], clients: list[httpx.AsyncClient], clock: SettableClock
) -> None:
    giver, one, _ = clients
    copy = await had(db, people[0], days=2)
    async with db.transaction() as tx:
        bare = (await coupons.grant(tx, people[0], NewCoupon(rule="ten"))).coupon_id
        await coupons.hold(tx, people[0], [copy], new_id())
    assert refused(await give(giver, copy)) == (409, "coupon_not_to_give"), "an order holds it"
    assert refused(await give(giver, bare)) == (409, "coupon_not_giftable")
    assert refused(await give(one, copy)) == (404, "coupon_unknown"), "it is somebody else's"
    over = await issued(db, people[0])
    given = await issued(db, people[0])
    gift, _ = await made(giver, given)
    assert refused(await give(giver, given)) == (409, "coupon_not_to_give")
    assert refused(await withdraw(one, gift["gift_id"])) == (404, "coupon_gift_unknown"), "it is somebody else's"
    clock.advance(timedelta(days=3))
    assert refused(await give(giver, over)) == (409, "coupon_not_to_give")
    await publish_template(db, giftable=False)
    assert refused(await give(giver, await issued(db, people[0]))) == (409, "coupon_not_giftable")


async def test_so_many_gifts_may_be_begun_on_a_day(
    db: Database, people: list[UUID], clients: list[httpx.AsyncClient], clock: SettableClock
) -> None:
    """Also such as came back; at once as well as one after the other."""
    giver = clients[0]
    copies = [await had(db, people[0], gifts_per_day=2), *[await issued(db, people[0]) for _ in range(4)]]
    answers = await asyncio.gather(*(give(giver, copy) for copy in copies))
    assert Counter(answer.status_code for answer in answers) == {201: 2, 409: 3}
    assert {refused(answer)[1] for answer in answers if answer.status_code == 409} == {"coupon_gifts_used_up"}
    gift = next(answer.json()["gift"] for answer in answers if answer.status_code == 201)
    await withdraw(giver, gift["gift_id"])
    assert refused(await give(giver, UUID(gift["coupon_id"]))) == (409, "coupon_gifts_used_up")
    clock.advance(timedelta(days=1))
    assert (await give(giver, UUID(gift["coupon_id"]))).status_code == 201
    assert await breaches(db) == []


async def test_the_secret_of_a_link_is_kept_nowhere(
    db: Database, people: list[UUID], clients: list[httpx.AsyncClient], superuser: psycopg.Connection[Any]
) -> None:
    _, token = await made(clients[0], await had(db, people[0]))
    for table in ("coupons.gift", "platform.directory", "platform.outbox", "platform.idempotency"):
        rows = superuser.execute(f"SELECT one::text FROM {table} AS one").fetchall()  # noqa: S608 - constants
        assert rows
        assert token not in str(rows)
        assert token.encode().hex() not in str(rows)


@pytest.mark.parametrize("who", ["giver", "giver of what was taken", "receiver"])
async def test_a_gift_goes_with_members_who_are_merged(
    db: Database, people: list[UUID], clients: list[httpx.AsyncClient], who: str
) -> None:
    """Into the third, between taking and the step that issues the copy, or before it is taken."""
    giver, one, other = clients
    copy = await had(db, people[0])
    gift, token = await made(giver, copy)
    gone = people[1] if who == "receiver" else people[0]
    if who != "giver":
        assert (await take(one, token)).status_code == 202
    async with db.transaction() as tx:
        new = NewMerge(into=MemberRef(member_id=people[2]), reason="one person")
        await merging.start(tx, gone, new, "staff:test")
    await Relay(db, OURS).drain()
    if who == "giver":
        assert refused(await take(other, token)) == (409, "coupon_gift_own")
        assert (await take(one, token)).status_code == 202
    await Relay(db, OURS).drain()
    assert await breaches(db) == []
    held = await wallet(other if who == "receiver" else one)
    assert [row["coupon_id"] for row in held] == [gift["gift_id"]]
    async with db.transaction(read_only=True) as tx:
        states = await tx.fetch("SELECT member_id, state FROM coupons.gift")
    assert [tuple(row) for row in states] == [(people[0] if who == "receiver" else people[2], "received")]


async def test_of_all_who_want_a_gift_at_once_one_has_it_or_the_giver(db: Database, people: list[UUID]) -> None:
    """Receivers take, and the giver withdraws, on connections of their own; again and again."""
    await publish_template(db, giftable=True, gifts_per_day=100)
    outcomes: Counter[str] = Counter()

    async def attempt(verb: Any, member: UUID, what: Any) -> str:
        try:
            async with db.transaction() as tx:
                return str((await verb(tx, member, what)).state)
        except DomainError as refusal:
            return refusal.code

    for turn in range(12):
        copy = await issued(db, people[0])
        async with db.transaction() as tx:
            begun = await gifts.give(tx, people[0], copy)
        asked: list[tuple[Any, UUID, Any]] = [
            (gifts.take, people[1], begun.token),
            (gifts.take, people[2], begun.token),
        ]
        asked.insert(turn % 3, (gifts.withdraw, people[0], begun.gift.gift_id))
        told = await asyncio.gather(*(attempt(*one) for one in asked))
        assert Counter(told)["coupon_gift_over"] == 2, told
        outcomes.update(told)
        await Relay(db, SUBSCRIPTIONS).drain()
    assert await breaches(db) == []
    assert outcomes["taken"] + outcomes["returned"] == 12
    async with db.transaction(read_only=True) as tx:
        rows = await tx.fetch("SELECT state, count(*) FROM coupons.coupon GROUP BY state")
    found = {row["state"]: row["count"] for row in rows}
    assert found["issued"] == 12, "as many as were issued can be used"
    assert found.get("given", 0) == outcomes["taken"]
