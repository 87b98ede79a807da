"""Packs asked for by many at once, each command twice, where there is not enough for all (CPN-02, CPN-04)."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.coupons.model.packs import PACK_KIND
from huixiang.coupons.routes import ROUTES
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.rulebook import service as rulebook
from huixiang.stock import service as stock
from huixiang.stock.model import Kind
from tests.coupons.ground import breaches, publish_template
from tests.support.http_client import client_of
from tests.support.programme import load_programme, register_members

pytestmark = [pytest.mark.requirement("CPN-02"), pytest.mark.requirement("CPN-04")]
NAME = {"zh": "三券包", "en": "Three"}
PACK: dict[str, Any] = {"name": NAME, "holds": [{"template": "many", "copies": 2}, {"template": "few"}], "claim": {}}
PEOPLE = 12


async def test_packs_are_given_whole_while_there_is_enough(db: Database) -> None:
    """Each sends its command twice at once, again and again under one key, while more is published step by step: in the
    end everybody has the pack once, and nothing is kept for nobody."""
    await load_programme(db)
    members = await register_members(db, PEOPLE)
    await publish_template(db, "many", total=2 * PEOPLE, worth_fen=100)
    await publish_template(db, "few", total=3, worth_fen=500)
    async with db.transaction() as tx:
        await rulebook.publish(tx, PACK_KIND, "three", PACK, tx.now, "test", "test")
    had: dict[UUID, Any] = {}
    async with client_of(db, ROUTES, "coupons:write", "coupons:read") as client:
        for total in (3, 7, PEOPLE):
            await publish_template(db, "few", total=total, worth_fen=500)
            had = await _all_have(client, members, total)
            assert len(had) == total
            assert await breaches(db) == []
        for member, answer in had.items():
            told = await _twice(client, member)
            assert [one.json() for one in told] == [answer, answer], "the first answer, whenever it is asked for"
    await Relay(db, SUBSCRIPTIONS).drain()
    async with db.transaction(read_only=True) as tx:
        left = await stock.left(tx, [(Kind.COUPON_TEMPLATE, "many"), (Kind.COUPON_TEMPLATE, "few")])
        copies = await tx.fetchval("SELECT count(*) FROM coupons.coupon")
    assert left == {(Kind.COUPON_TEMPLATE, "many"): 0, (Kind.COUPON_TEMPLATE, "few"): 0}
    assert copies == 3 * PEOPLE
    assert await breaches(db) == []


async def _all_have(client: httpx.AsyncClient, members: list[UUID], total: int) -> dict[UUID, Any]:
    """Ask until as many have it as there is for; what they were told."""
    had: dict[UUID, Any] = {}
    for _ in range(20):
        for member, answers in zip(
            members, await asyncio.gather(*(_twice(client, one) for one in members)), strict=True
        ):
            for answer in answers:
                if answer.status_code == 201:
                    assert had.setdefault(member, answer.json()) == answer.json()
                else:
                    assert answer.json()["code"] in {"stock_exhausted", "coupon_claim_lapsed"}, answer.text
        if len(had) >= total:
            return had
    return had


async def _twice(client: httpx.AsyncClient, member: UUID) -> list[httpx.Response]:
    headers = {"Idempotency-Key": f"pack-{member}"}
    path = f"/api/v1/members/{member}/coupon-packs"
    return list(await asyncio.gather(*(client.post(path, json={"pack": "three"}, headers=headers) for _ in range(2))))
