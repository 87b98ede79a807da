"""Codes redeemed: unique ones good once, public ones within limits, wrong ones refused alike and not often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.coupons.model.codes import CouponCodeRefused
from huixiang.coupons.routes import ROUTES
from huixiang.coupons.service import claims, redeeming
from huixiang.coupons.service.redeeming import Redeeming
from huixiang.entry.background import SUBSCRIPTIONS
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members.model import MemberRef
from huixiang.members.model.merging import NewMerge
from huixiang.members.service import merging
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from tests.coupons.ground import breaches, publish_template
from tests.coupons.office import TEMPLATE, CodeOffice, open_code_office
from tests.support.http_client import client_of
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-02")
REFUSED = (422, "coupon_code_refused")
WRONG = "7K3QX-0M5TB-RW2X"


@pytest_asyncio.fixture
async def members(db: Database) -> list[UUID]:
    await load_programme(db)
    return await register_members(db, 3)


@pytest_asyncio.fixture
async def office(db: Database, members: list[UUID]) -> AsyncIterator[CodeOffice]:
    assert members  # who are there before any code is
    async with open_code_office(db) as opened:
        yield opened


@pytest_asyncio.fixture
async def till(db: Database, office: CodeOffice) -> AsyncIterator[httpx.AsyncClient]:
    assert office is not None  # that made a template
    async with client_of(db, ROUTES, "coupons:write", "coupons:read") as client:
        yield client


async def redeem(client: httpx.AsyncClient, member: UUID, code: str, key: str | None = None) -> httpx.Response:
    return await client.post(
        f"/api/v1/members/{member}/coupons/redeem",
        json={"code": code},
        headers={"Idempotency-Key": key or str(new_id())},
    )


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", answer.json().get("state"))


async def begun(db: Database, member: UUID, code: str, key: str = "k") -> Redeeming:
    """As one does who dies after it was taken."""
    async with db.transaction() as tx:
        found = await redeeming.take(tx, member, code, None, key)
    assert isinstance(found, Redeeming)
    await claims.take(db, found.planned)
    return found


async def test_a_code_is_one_members_once(
    db: Database, office: CodeOffice, till: httpx.AsyncClient, members: list[UUID]
) -> None:
    batch, codes = await office.codes(3)
    first = await redeem(till, members[0], codes[0], "a")
    assert said(first) == (201, "issued")
    assert first.json()["template"] == TEMPLATE
    assert (await redeem(till, members[0], codes[0], "a")).json() == first.json()
    assert (await redeem(till, members[0], codes[0])).json() == first.json(), "under another key it is the same copy"
    assert said(await redeem(till, members[1], codes[0])) == REFUSED
    typed = codes[1].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert said(await redeem(till, members[1], typed)) == (201, "issued")
    report = await office.read(batch)
    assert (report["taken"], report["open"], report["voided"]) == (2, 1, 0)
    assert len((await till.get(f"/api/v1/members/{members[0]}/coupons")).json()["items"]) == 1
    assert await breaches(db) == []


async def test_a_member_redeems_for_themselves(
    db: Database, office: CodeOffice, till: httpx.AsyncClient, members: list[UUID]
) -> None:
    _, codes = await office.codes(1)
    async with client_of(db, ROUTES, member=members[2]) as phone:
        path, headers = "/api/member/v1/me/coupons/redeem", {"Idempotency-Key": "a"}
        mine = await phone.post(path, json={"code": codes[0]}, headers=headers)
        assert said(mine) == (201, "issued")
        assert [one["coupon_id"] for one in (await phone.get("/api/member/v1/me/coupons")).json()["items"]] == [
            mine.json()["coupon_id"]
        ]
    assert said(await redeem(till, members[0], codes[0])) == REFUSED


async def test_what_is_not_good_is_refused_alike(
    office: CodeOffice, till: httpx.AsyncClient, members: list[UUID], clock: SettableClock
) -> None:
    hour = timedelta(hours=1)
    voided, of_voided = await office.codes(2)
    assert said(await redeem(till, members[1], of_voided[1])) == (201, "issued")
    report = await office.void(voided)
    assert (report["taken"], report["open"], report["voided"]) == (1, 0, 1)
    later = (clock.now() + hour).isoformat()
    _, not_open = await office.codes(1, opens_at=later)
    _, closing = await office.codes(1, closes_at=later)
    mistyped = not_open[0][:-1] + ("0" if not_open[0][-1] != "0" else "2")
    bodies = []
    for code in (WRONG, mistyped, "SUMMER", "", of_voided[0], not_open[0]):
        answer = await redeem(till, members[0], code) if code else await redeem(till, members[0], "-")
        assert said(answer) == REFUSED, code
        bodies.append({key: value for key, value in answer.json().items() if key not in {"request_id", "instance"}})
    assert all(body == bodies[0] for body in bodies)
    clock.advance(2 * hour)
    assert said(await redeem(till, members[0], closing[0])) == REFUSED
    assert said(await redeem(till, members[0], not_open[0])) == (201, "issued")
    assert said(await redeem(till, members[1], of_voided[1])) == (201, "issued"), "whoever took it before has it"


async def test_guessing_is_slowed_by_member_and_by_address(
    db: Database, office: CodeOffice, till: httpx.AsyncClient, members: list[UUID], clock: SettableClock
) -> None:
    _, codes = await office.codes(2)
    for _ in range(6):
        assert said(await redeem(till, members[0], WRONG)) == REFUSED
    waits = await redeem(till, members[0], codes[0])
    assert said(waits) == (429, "coupon_code_too_often"), "a right one too"
    assert waits.json()["retry_after_s"] == 2
    assert said(await redeem(till, members[1], codes[1])) == (201, "issued"), "others need not wait"
    clock.advance(timedelta(seconds=2))
    assert said(await redeem(till, members[0], codes[0])) == (201, "issued")
    answers: list[tuple[int, str]] = []
    for number in range(40):  # many members of one address, of whom each guesses once or twice
        async with client_of(db, ROUTES, member=members[number % 3]) as phone:
            headers = {"Idempotency-Key": str(new_id())}
            answers.append(
                said(await phone.post("/api/member/v1/me/coupons/redeem", json={"code": WRONG}, headers=headers))
            )
        clock.advance(timedelta(milliseconds=1))
    assert answers[-1] == (429, "coupon_code_too_often")
    assert answers.count(REFUSED) <= 31


async def test_guesses_at_the_same_moment_are_counted_one_by_one(till: httpx.AsyncClient, members: list[UUID]) -> None:
    answers = await asyncio.gather(*(redeem(till, members[0], WRONG) for _ in range(20)))
    assert [said(one) for one in answers].count(REFUSED) == 6


async def test_a_code_taken_by_one_who_died_is_free_again(
    db: Database, office: CodeOffice, till: httpx.AsyncClient, members: list[UUID], clock: SettableClock
) -> None:
    batch, codes = await office.codes(2)
    died = await begun(db, members[0], codes[0])
    assert said(await redeem(till, members[1], codes[0])) == REFUSED
    assert (await office.read(batch))["taken"] == 1
    clock.advance(redeeming.TAKEN_FOR)
    async with db.transaction() as tx:
        assert not await redeeming.free_lapsed(tx)
    assert (await office.read(batch))["taken"] == 0
    assert said(await redeem(till, members[1], codes[0])) == (201, "issued")
    async with db.transaction() as tx:
        with pytest.raises(CouponCodeRefused):
            await redeeming.issue(tx, died)
    late = await begun(db, members[0], codes[1])
    clock.advance(redeeming.TAKEN_FOR)
    async with db.transaction() as tx:
        await redeeming.free_lapsed(tx)
    async with db.transaction() as tx:
        assert (await redeeming.issue(tx, late)).state == "issued", "nobody else wanted it meanwhile"
    assert (await office.read(batch))["taken"] == 2
    assert await breaches(db) == []


async def test_who_repeats_a_command_after_a_crash_gets_the_copy(
    db: Database, office: CodeOffice, till: httpx.AsyncClient, members: list[UUID]
) -> None:
    _, codes = await office.codes(1)
    died = await begun(db, members[0], codes[0], "a")
    again = await redeem(till, members[0], codes[0], "a")
    assert (said(again), again.json()["coupon_id"]) == ((201, "issued"), str(died.planned.coupon_id))


async def test_a_command_is_answered_as_before_when_the_code_is_over(
    db: Database, till: httpx.AsyncClient, members: list[UUID]
) -> None:
    """And nothing is counted as a guess; who waits for guesses is answered too."""
    await publish_template(db, TEMPLATE, codes={"public": "FRESH10", "unique": True}, per_member=1)
    first = await redeem(till, members[0], "FRESH10", "k")
    assert said(first) == (201, "issued")
    await publish_template(db, TEMPLATE, codes={"unique": True})
    for _ in range(10):
        assert (await redeem(till, members[0], "FRESH10", "k")).json() == first.json()
    wrong = [await redeem(till, members[0], WRONG, str(number)) for number in range(7)]
    assert wrong[-1].status_code == 429
    assert (await redeem(till, members[0], "FRESH10", "k")).json() == first.json()


async def test_a_code_is_still_theirs_after_they_were_merged(
    db: Database, office: CodeOffice, till: httpx.AsyncClient, members: list[UUID]
) -> None:
    _, codes = await office.codes(1)
    copy = (await redeem(till, members[0], codes[0])).json()
    async with db.transaction() as tx:
        await merging.start(tx, members[0], NewMerge(into=MemberRef(member_id=members[1]), reason="one"), "staff:test")
    await Relay(db, [one for one in SUBSCRIPTIONS if not one.name.startswith("webhooks.")]).drain()
    await publish_template(db, TEMPLATE, codes={"unique": True}, days=None, until="2020-01-01")
    again = await redeem(till, members[1], codes[0])
    assert (said(again), again.json()["coupon_id"]) == ((201, "issued"), copy["coupon_id"])
    assert said(await redeem(till, members[2], codes[0])) == REFUSED


async def test_a_refused_member_leaves_the_code_to_others(
    db: Database, office: CodeOffice, till: httpx.AsyncClient, members: list[UUID]
) -> None:
    await publish_template(db, TEMPLATE, codes={"unique": True}, per_member=1, total=2)
    batch, codes = await office.codes(4)
    assert said(await redeem(till, members[0], codes[0])) == (201, "issued")
    assert said(await redeem(till, members[0], codes[1])) == (409, "coupon_limit_reached")
    assert said(await redeem(till, members[1], codes[1])) == (201, "issued")
    assert said(await redeem(till, members[2], codes[2], "late")) == (409, "stock_exhausted")
    assert (await office.read(batch))["taken"] == 2
    assert await breaches(db) == []
    await publish_template(db, TEMPLATE, codes={"unique": True}, per_member=1, total=3)
    assert said(await redeem(till, members[2], codes[2], "late")) == (201, "issued"), "a refusal is decided anew"
    assert (await office.read(batch))["taken"] == 3
    assert await breaches(db) == []


async def test_a_public_code_is_everybodys_within_limits(
    db: Database, till: httpx.AsyncClient, members: list[UUID]
) -> None:
    await publish_template(db, "autumn", codes={"public": "OKTOBER-26"}, per_member=2, total=3)
    first = await redeem(till, members[0], "oktober 26", "a")
    assert (said(first), first.json()["template"]) == ((201, "issued"), "autumn")
    assert (await redeem(till, members[0], "oktober 26", "a")).json() == first.json()
    assert said(await redeem(till, members[0], "0kt0ber26")) == (201, "issued"), "O and 0 look alike"
    assert said(await redeem(till, members[0], "OKTOBER-26")) == (409, "coupon_limit_reached")
    assert said(await redeem(till, members[1], "OKTOBER-26")) == (201, "issued")
    assert said(await redeem(till, members[2], "OKTOBER-26")) == (409, "stock_exhausted")
    assert await breaches(db) == []


async def test_a_batch_needs_a_template_that_has_codes(db: Database, office: CodeOffice) -> None:
    await publish_template(db, "granted")
    assert (await office.ask(5, 409, template="granted"))["code"] == "coupon_not_offered"
    assert (await office.ask(5, 404, template="nothing"))["code"] == "coupon_template_unknown"
