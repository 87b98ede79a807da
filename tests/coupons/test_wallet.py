"""What members have and had, by state, and what became of one copy (CPN-03)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.coupons import service as coupons
from huixiang.coupons.routes import ROUTES
from huixiang.coupons.store.copies import OVER_BEFORE
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from tests.coupons.ground import publish_template
from tests.support.http_client import client_of
from tests.support.paging import walked
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-03")
ORDER = new_id()
ROADS = ("/api/v1/members/{}/coupons", "/api/member/v1/me/coupons", "/api/console/v1/members/{}/coupons")


@pytest_asyncio.fixture
async def member(db: Database) -> UUID:
    await load_programme(db)
    return (await register_members(db, 1))[0]


async def lived(db: Database, clock: SettableClock, member: UUID) -> list[UUID]:
    """Two copies that may be used, one held, one used, one voided, and two that are over, of which one is written down;
    each issued a minute after the one before."""
    await publish_template(db)
    await publish_template(db, "short", days=0)
    copies = [new_id() for _ in range(7)]
    for copy, template in zip(copies, ("ten",) * 5 + ("short",) * 2, strict=True):
        clock.advance(timedelta(minutes=1))
        async with db.transaction() as tx:
            await coupons.issue(tx, member, template, copy, "grant")
    async with db.transaction() as tx:
        await coupons.hold(tx, member, [copies[3]], ORDER)
        await coupons.use(tx, member, ORDER)
        await coupons.hold(tx, member, [copies[2]], new_id())
        await coupons.void(tx, member, copies[4])
    clock.advance(timedelta(days=1))
    async with db.transaction() as tx:
        assert await coupons.expire_due(tx, 1) == 1
    return copies


async def shown(client: httpx.AsyncClient, path: str, **asked: Any) -> list[str]:
    answer = await client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    assert {one["state"] for one in answer.json()["items"]} == {asked.get("state", "issued")}
    return [one["coupon_id"] for one in answer.json()["items"]]


async def test_copies_are_listed_by_state_to_each_who_may_see_them(
    db: Database, clock: SettableClock, member: UUID
) -> None:
    copies = [str(one) for one in await lived(db, clock, member)]
    async with client_of(db, ROUTES, "coupons:read", member=member) as client:
        for road in ROADS:
            path = road.format(member)
            assert set(await shown(client, path)) == {copies[0], copies[1]}
            assert await shown(client, path, state="held") == [copies[2]]
            assert await shown(client, path, state="used") == [copies[3]]
            assert await shown(client, path, state="voided") == [copies[4]]
            assert await shown(client, path, state="expired") == [copies[6], copies[5]], "the latest issued first"
            pages = await walked(client, path, 1, state="expired")
            assert [[one["coupon_id"] for one in page] for page in pages] == [[copies[6]], [copies[5]]]
            assert (await client.get(path, params={"state": "lost"})).status_code == 422


async def test_the_log_tells_all_that_became_of_a_copy(db: Database, clock: SettableClock, member: UUID) -> None:
    copies = await lived(db, clock, member)
    async with client_of(db, ROUTES, "coupons:read", "coupons:write", member=member) as client:
        for road in (ROADS[0], ROADS[2]):
            path = f"{road.format(member)}/{copies[3]}/changes"
            log = (await client.get(path)).json()["items"]
            assert [(one["seq"], one["what"], one["state"], one["cause"], one["order_id"]) for one in log] == [
                (1, "issued", "issued", "grant", None),
                (2, "held", "held", "order", str(ORDER)),
                (3, "used", "used", "order", str(ORDER)),
            ]
            assert {one["member_id"] for one in log} == {str(member)}
            assert await walked(client, path, 2) == [log[:2], log[2:]]
            other = await client.get(f"{road.format(member)}/{new_id()}/changes")
            assert (other.status_code, other.json()["code"]) == (404, "coupon_unknown")


async def test_another_members_copy_has_no_log_under_this_one(db: Database, clock: SettableClock, member: UUID) -> None:
    copies = await lived(db, clock, member)
    [neighbour] = await register_members(db, 1, prefix="next door")
    async with client_of(db, ROUTES, "coupons:read") as client:
        for road in (ROADS[0], ROADS[2]):
            answer = await client.get(f"{road.format(neighbour)}/{copies[3]}/changes")
            assert (answer.status_code, answer.json()["code"]) == (404, "coupon_unknown")


async def test_what_is_over_is_read_by_index(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    superuser.execute(
        """
        INSERT INTO coupons.coupon (member_id, coupon_id, rule, state, issued_at, expires_at, recorded_at)
        SELECT ('00000000-0000-7000-8000-' || lpad(m::text, 12, '0'))::uuid, gen_random_uuid(), 'ten-off', 'voided',
               '2026-01-01'::timestamptz + c * interval '1 hour', NULL, '2026-01-01'
        FROM generate_series(1, 10) AS m, generate_series(1, 2000) AS c
        """
    )
    superuser.execute("ANALYZE coupons.coupon")
    async with db.transaction(read_only=True) as tx:
        rows = await tx.fetch(
            f"EXPLAIN {OVER_BEFORE}",
            UUID("00000000-0000-7000-8000-000000000007"),
            None,
            None,
            21,
            "voided",
            clock.now(),
        )
    plan = "\n".join(row[0] for row in rows)
    assert "coupon_by_issue" in plan, plan
    assert "Seq Scan" not in plan, plan
