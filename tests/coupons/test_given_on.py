"""Packs that are given by themselves, to who reaches a tier and to who begins a plan (CPN-02)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from huixiang.checkout import service as checkout
from huixiang.coupons.events import CouponPackRefused
from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.coupons.jobs import JOB_HANDLERS
from huixiang.coupons.model.packs import PACK_KIND, CouponPack, GivenOn, PackItem
from huixiang.coupons.rules.given_on import rises
from huixiang.coupons.rules.packs import problems_of
from huixiang.coupons.service import given_on
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.text import Text
from huixiang.plans.routes import ROUTES as PLANS
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.queue import JobRunner
from huixiang.platform.relay import Relay
from huixiang.rulebook import service as rulebook
from tests.coupons.ground import breaches, publish_template
from tests.support.http_client import client_of
from tests.support.programme import line, load_programme, register_members, till_order

pytestmark = pytest.mark.requirement("CPN-02")
NAME = {"zh": "升级礼", "en": "Welcome to silver"}
HAD = "SELECT member_id, pack, template FROM coupons.coupon ORDER BY pack, template"


@pytest_asyncio.fixture
async def members(db: Database) -> list[UUID]:
    await load_programme(db)
    return await register_members(db, 3)


async def publish_pack(db: Database, code: str, on: dict[str, Any], copies: int = 1) -> None:
    body = {"name": NAME, "holds": [{"template": "few", "copies": copies}, {"template": "ten"}], "given_on": on}
    async with db.transaction() as tx:
        await rulebook.publish(tx, PACK_KIND, code, body, tx.now, "test", "test")


async def work(db: Database, superuser: psycopg.Connection[Any]) -> list[tuple[UUID, str, str]]:
    """Hand over what was announced, and do the jobs that come of it; the refusals that were announced."""
    refused = list[tuple[UUID, str, str]]()

    async def hear(_tx: Transaction, events: Sequence[Event]) -> None:
        refused.extend((one.member_id, one.pack, one.why) for one in events if isinstance(one, CouponPackRefused))

    relay = Relay(db, [*SUBSCRIPTIONS, Subscription("test", (CouponPackRefused,), hear)])
    await relay.drain()
    stop = asyncio.Event()
    runner = asyncio.create_task(JobRunner(db, JOB_HANDLERS).run(stop))
    waiting = "SELECT count(*) FROM jobs.pgqueuer WHERE entrypoint = 'coupons.give_pack'"
    async with asyncio.timeout(20):
        while superuser.execute(waiting.encode()).fetchone() != (0,):  # noqa: ASYNC110 - the worker signals nothing
            await asyncio.sleep(0.05)
    stop.set()
    await runner
    await relay.drain()
    return refused


async def test_who_reaches_a_tier_has_its_pack_once_and_never_more_than_there_are(
    db: Database, members: list[UUID], clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    """Two reach silver by what they buy; there is one copy of a template of its pack."""
    await publish_template(db)
    await publish_template(db, "few", total=1)
    await publish_pack(db, "to_silver", {"tiers": ["silver"]})
    await publish_pack(db, "to_gold", {"tiers": ["gold"]})
    refused = []
    for number, member in enumerate(members[:2]):
        async with db.transaction() as tx:
            order = till_order(member, f"o{number}", clock.now(), [line("1", 200_000)])
            assert [one.refusal for one in await checkout.post_orders(tx, [order])] == [None]
        refused += await work(db, superuser)
    assert refused == [(members[1], "to_silver", "stock_exhausted")]
    had = [(members[0], "to_silver", "few"), (members[0], "to_silver", "ten")]
    assert superuser.execute(HAD).fetchall() == had
    async with db.transaction() as tx:
        await given_on.tier_changed(tx, members[0], "bronze", "silver")  # once more, after a fall
        await given_on.tier_changed(tx, members[2], "gold", "silver")
    await work(db, superuser)
    assert superuser.execute(HAD).fetchall() == had
    assert await breaches(db) == []


async def test_who_begins_a_plan_has_its_pack(
    db: Database, members: list[UUID], superuser: psycopg.Connection[Any]
) -> None:
    await publish_template(db)
    await publish_template(db, "few", total=5, per_member=6)
    await publish_pack(db, "of_monthly", {"plans": ["monthly"]}, copies=3)
    async with db.transaction() as tx:
        terms = {"name": {"zh": "月卡", "en": "Monthly"}, "price_fen": 1500, "days": 30}
        for code in ("monthly", "annual"):
            await rulebook.publish(tx, "plan", code, terms, tx.now, "test", "test")
    async with client_of(db, PLANS, "plans:write") as shop:
        for number, (member, plan) in enumerate([(0, "annual"), (1, "monthly"), (1, "monthly"), (2, "monthly")]):
            path, headers = f"/api/v1/members/{members[member]}/plans", {"Idempotency-Key": f"begin {number}"}
            assert (await shop.post(path, json={"plan": plan}, headers=headers)).status_code == 201
    assert {why for *_, why in await work(db, superuser)} == {"stock_exhausted"}
    found = [(row[0], row[2]) for row in superuser.execute(HAD).fetchall()]
    assert len({member for member, _ in found}) == 1, "there are five copies, and each takes three"
    assert [template for _, template in found] == ["few"] * 3 + ["ten"]
    left = "SELECT remaining FROM stock.stock_facts WHERE kind = 'coupon_template'"
    assert superuser.execute(left).fetchall() == [(2,)]
    assert await breaches(db) == []


def test_only_a_rise_counts() -> None:
    order = ["bronze", "silver", "gold"]
    assert rises(order, None, "bronze")
    assert rises(order, "bronze", "gold")
    assert not rises(order, "gold", "silver")
    assert not rises(order, "silver", "silver")
    assert rises(order, "platinum", "silver"), "one that is no more is below all"
    assert not rises(order, None, "platinum")


def test_what_is_given_by_itself_is_named_and_granted() -> None:
    pack = CouponPack(name=Text("礼", "Gift"), holds=(PackItem(template="ten"),), grant=False, claim=None)
    paths = [
        [one.problem for one in problems_of(_with(pack, on), {}) if one.path == "$.given_on"]
        for on in (GivenOn(), GivenOn(plans=("monthly",)))
    ]
    assert paths == [
        ["name tiers or plans", "takes grant: what is given by itself is granted"],
        ["takes grant: what is given by itself is granted"],
    ]


def _with(pack: CouponPack, on: GivenOn) -> CouponPack:
    return CouponPack(name=pack.name, holds=pack.holds, grant=pack.grant, given_on=on)
