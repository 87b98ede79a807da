"""Some members are held out of a template, so that what they buy tells what it brings (CPN-06)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.coupons.model.packs import PACK_KIND
from huixiang.coupons.routes import ROUTES
from huixiang.coupons.rules.holdout import is_held_out, place_of
from huixiang.coupons.service.many import issue_many
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.rulebook import service as rulebook
from tests.coupons.ground import TEMPLATE, breaches, claim, publish_template
from tests.support.http_client import client_of
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-06")
HALF = 5_000
WITHHELD = (409, "coupon_withheld")
NAME = {"zh": "券包", "en": "Pack"}
Exposures = dict[UUID, tuple[str, int, bool, str]]


@pytest_asyncio.fixture
async def members(db: Database) -> list[UUID]:
    await load_programme(db)
    return await register_members(db, 24)


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, ROUTES, "coupons:write", "coupons:read") as found:
        yield found


def split(members: Sequence[UUID], template: str = "ten") -> tuple[list[UUID], list[UUID]]:
    """Those who are held out of half, and the others; some of each."""
    out = [one for one in members if is_held_out(one, template, HALF)]
    others = [one for one in members if one not in out]
    assert out
    assert others
    return out, others


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> httpx.Response:
    return await client.post(path, json=body, headers={"Idempotency-Key": str(new_id())})


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", answer.json().get("state"))


async def exposures(db: Database) -> Exposures:
    async with db.transaction(read_only=True) as tx:
        rows = await tx.fetch("SELECT *, coupon_id IS NULL AS withheld FROM coupons.exposure")
    return {row["member_id"]: (row["template"], row["holdout_bp"], row["withheld"], row["cause"]) for row in rows}


@given(member=st.uuids(), shares=st.tuples(st.integers(0, 9_000), st.integers(0, 9_000)))
def test_a_larger_share_only_adds_members(member: UUID, shares: tuple[int, int]) -> None:
    small, large = sorted(shares)
    assert is_held_out(member, "ten", large) or not is_held_out(member, "ten", small)
    assert not is_held_out(member, "ten", 0)


def test_places_stay_are_even_and_those_of_two_templates_have_nothing_to_do_with_each_other() -> None:
    assert [place_of(UUID(int=n), "fresh_5") for n in range(4)] == [7_093, 4_736, 1_036, 7_760]
    some = [UUID(int=n) for n in range(10_000)]
    out = [one for one in some if is_held_out(one, "ten", 1_000)]
    both = [one for one in out if is_held_out(one, "ten_more", 1_000)]
    assert 900 < len(out) < 1_100, "a tenth of them, three sigmas about it"
    assert 70 < len(both) < 130, "a tenth of those"


async def test_who_is_held_out_gets_none_and_that_is_kept_once(
    db: Database, members: list[UUID], client: httpx.AsyncClient
) -> None:
    await publish_template(db, claim={}, total=100, holdout_bp=HALF)
    out, others = split(members)
    for member in members:
        assert said(await claim(client, member)) == (WITHHELD if member in out else (201, "issued"))
    before = await exposures(db)
    assert before == {member: ("ten", HALF, member in out, "claim") for member in members}
    for member in (out[0], others[0]):
        again = await post(client, f"/api/v1/members/{member}/coupons", template="ten")
        assert said(again) == (WITHHELD if member in out else (201, "issued"))
    assert await exposures(db) == before
    assert (await client.get(f"/api/v1/members/{out[0]}/coupons")).json()["items"] == []
    await Relay(db, SUBSCRIPTIONS).drain()
    async with db.transaction(read_only=True) as tx:
        tickets = await tx.fetch("SELECT DISTINCT member_id FROM stock.ticket")
    assert {row["member_id"] for row in tickets} == set(others)
    await publish_template(db, claim={}, total=100)
    assert said(await claim(client, out[0])) == (201, "issued")
    assert await exposures(db) == before, "it stands that their first was withheld"
    assert await breaches(db) == []


async def test_what_refuses_others_refuses_who_is_held_out(
    db: Database, members: list[UUID], client: httpx.AsyncClient
) -> None:
    """Else those who were withheld theirs would be others than those who have one."""
    out, others = split(members)
    await publish_template(db, claim={}, total=1, per_member=1, holdout_bp=HALF)
    assert said(await claim(client, out[0])) == WITHHELD
    assert said(await claim(client, others[0])) == (201, "issued")
    assert said(await claim(client, out[1])) == (409, "stock_exhausted")
    assert said(await claim(client, others[0])) == (409, "coupon_limit_reached")
    await publish_template(db, claim={}, total=3, per_member=1, holdout_bp=HALF)
    assert said(await claim(client, out[2])) == WITHHELD, "the next taker makes it more"
    closed = {"closes_at": "2026-03-01T00:00:00Z"}
    await publish_template(db, claim=closed, holdout_bp=HALF)
    assert said(await claim(client, out[3])) == (409, "coupon_claim_over")
    assert set(await exposures(db)) == {out[0], others[0], out[2]}


async def test_codes_stand_outside_and_the_share_is_that_of_the_version(
    db: Database, members: list[UUID], client: httpx.AsyncClient
) -> None:
    out, _ = split(members)
    await publish_template(db, codes={"public": "TEN-OFF"}, holdout_bp=HALF)
    redeemed = await post(client, f"/api/v1/members/{out[0]}/coupons/redeem", code="ten-off")
    assert said(redeemed) == (201, "issued")
    assert await exposures(db) == {}
    grant = f"/api/v1/members/{out[0]}/coupons"
    assert said(await post(client, grant, template="ten")) == WITHHELD
    await publish_template(db)
    for member in (out[0], out[1]):
        assert said(await post(client, f"/api/v1/members/{member}/coupons", template="ten")) == (201, "issued")
    assert set(await exposures(db)) == {out[0]}, "without a holdout nothing is noted"


async def test_of_a_list_those_are_refused_who_are_held_out(db: Database, members: list[UUID]) -> None:
    await publish_template(db, per_member=2, holdout_bp=HALF)
    out, _ = split(members)
    copies = [(member, new_id()) for member in members for _ in range(2)]
    copies += [(out[0], new_id())]
    async with db.transaction() as tx:
        refused = await issue_many(tx, "ten", copies, "grant")
    assert refused == dict.fromkeys(out[1:], "coupon_withheld") | {out[0]: "coupon_limit_reached"}
    assert await exposures(db) == {one: ("ten", HALF, one in out, "grant") for one in members if one != out[0]}
    assert await breaches(db) == []


async def test_a_pack_comes_without_what_is_withheld_and_is_not_there_where_that_is_all(
    db: Database, members: list[UUID]
) -> None:
    await publish_template(db, worth_fen=1_000, holdout_bp=HALF)
    await publish_template(db, "sure", worth_fen=500)
    both = {"name": NAME, "holds": [{"template": "ten", "copies": 2}, {"template": "sure"}], "claim": {}}
    alone = both | {"holds": [{"template": "ten"}]}
    async with db.transaction() as tx:
        await rulebook.publish(tx, PACK_KIND, "both", both, tx.now, "test", "test")
        await rulebook.publish(tx, PACK_KIND, "alone", alone, tx.now, "test", "test")
    out, others = split(members)
    for member, worth, copies in ((out[0], 500, 1), (others[0], 2_500, 3)):
        async with client_of(db, ROUTES, member=member) as mine:
            path = "/api/member/v1/me/coupon-packs"
            offers = {one["pack"]: one for one in (await mine.get(path)).json()["items"]}
            assert (offers["both"]["worth_fen"], len(offers["both"]["holds"])) == (worth, 1 if copies == 1 else 2)
            assert ("alone" in offers) == (copies == 3)
            got = (await post(mine, path, pack="both")).json()
            assert (got["worth_fen"], len(got["coupons"])) == (worth, copies)
            assert (await post(mine, path, pack="alone")).status_code == (409 if copies == 1 else 201)
    async with client_of(db, ROUTES, member=out[1]) as mine:
        assert said(await post(mine, "/api/member/v1/me/coupon-packs", pack="alone")) == WITHHELD
    found = await exposures(db)
    assert found == {one: ("ten", HALF, one in out, "pack") for one in (out[0], out[1], others[0])}
    assert await breaches(db) == []


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"holdout_bp": 9_001}, ["$.holdout_bp"]),
        ({"holdout_bp": 9_000}, []),
        ({"holdout_bp": 1, "grant": False, "codes": {"unique": True}}, ["$.holdout_bp"]),
        ({"holdout_bp": 1, "grant": False, "claim": {}}, []),
    ],
)
async def test_what_a_template_may_say_of_it(db: Database, more: dict[str, Any], wrong: list[str]) -> None:
    await load_programme(db)
    await publish_template(db)
    async with db.transaction(read_only=True) as tx:
        found = await rulebook.check(tx, "coupon_template", "another", TEMPLATE | more)
    assert [one.path for one in found.problems] == wrong
