"""Coupons that members hold, as facts: given once a key, shown, taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest_asyncio

from huixiang.coupons.routes import ROUTES
from huixiang.coupons.store.copies import HELD_AFTER
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from tests.support.http_client import client_of
from tests.support.paging import walked
from tests.support.programme import load_programme, register_members


@pytest_asyncio.fixture
async def members(db: Database) -> list[UUID]:
    await load_programme(db)
    return await register_members(db, 2)


async def grant(client: httpx.AsyncClient, member: UUID, key: str, **body: Any) -> httpx.Response:
    path = f"/api/v1/members/{member}/coupons"
    return await client.post(path, json={"rule": "ten-off"} | body, headers={"Idempotency-Key": key})


async def test_a_coupon_is_granted_once_and_only_its_member_holds_it(db: Database, members: list[UUID]) -> None:
    one, other = members
    async with client_of(db, ROUTES, "coupons:write", "coupons:read", member=other) as client:
        first, again = await grant(client, one, "a"), await grant(client, one, "a")
        assert (first.status_code, again.json()) == (201, first.json())
        assert (await client.get(f"/api/v1/members/{one}/coupons")).json()["items"] == [first.json()]
        assert (await client.get("/api/member/v1/me/coupons")).json()["items"] == []
        void = f"/coupons/{first.json()['coupon_id']}/void"
        not_theirs = await client.post(f"/api/v1/members/{other}{void}", headers={"Idempotency-Key": "b"})
        assert (not_theirs.status_code, not_theirs.json()["code"]) == (404, "coupon_unknown")
        taken = await client.post(f"/api/v1/members/{one}{void}", headers={"Idempotency-Key": "c"})
        assert (taken.status_code, taken.json()["state"]) == (200, "voided")
        assert (await client.get(f"/api/v1/members/{one}/coupons")).json()["items"] == []


async def test_coupons_are_shown_until_they_expire(db: Database, members: list[UUID], clock: SettableClock) -> None:
    async with client_of(db, ROUTES, "coupons:write", "coupons:read") as client:
        for days in (3, 1):
            expires_at = (clock.now() + timedelta(days=days)).isoformat()
            assert (await grant(client, members[0], f"k{days}", expires_at=expires_at)).status_code == 201
        await grant(client, members[0], "never")
        path = f"/api/v1/members/{members[0]}/coupons"
        held = [one["expires_at"] for one in (await client.get(path)).json()["items"]]
        assert held == ["2026-03-19T02:30:00Z", "2026-03-21T02:30:00Z", None]
        clock.advance(timedelta(days=1))
        assert len((await client.get(path)).json()["items"]) == 2


async def test_coupons_are_listed_by_page(db: Database, members: list[UUID], clock: SettableClock) -> None:
    """Two expire together, two never."""
    async with client_of(db, ROUTES, "coupons:write", "coupons:read", member=members[0]) as client:
        given = []
        for number, days in enumerate((1, 2, 2, None, None)):
            end = {} if days is None else {"expires_at": (clock.now() + timedelta(days=days)).isoformat()}
            given.append((await grant(client, members[0], f"k{number}", **end)).json())
        for path in (f"/api/v1/members/{members[0]}/coupons", "/api/member/v1/me/coupons"):
            assert await walked(client, path, 2) == [given[:2], given[2:4], given[4:]]
            assert await walked(client, path, 1) == [[one] for one in given]
        first = (await client.get(path, params={"limit": 1})).json()
        clock.advance(timedelta(days=2))
        following = await client.get(path, params={"cursor": first["next_cursor"]})
        assert following.json() == {"items": given[3:], "next_cursor": None}


async def test_what_can_not_be_granted_is_refused(db: Database, members: list[UUID]) -> None:
    async with client_of(db, ROUTES, "coupons:write") as client:
        past = await grant(client, members[0], "a", expires_at="2020-01-01T00:00:00Z")
        assert (past.status_code, past.json()["errors"][0]["path"]) == (422, "$.expires_at")
        nobody = await grant(client, new_id(), "b")
        assert (nobody.status_code, nobody.json()["code"]) == (404, "member_unknown")
        reading = await client.get(f"/api/v1/members/{members[0]}/coupons")
        assert (reading.status_code, reading.json()["code"]) == (403, "permission_missing")


async def test_what_a_member_holds_is_read_by_index(db: Database, superuser: psycopg.Connection[Any]) -> None:
    """However many coupons there are, and however many of theirs are over: in the order in which they expire."""
    superuser.execute(
        """
        INSERT INTO coupons.coupon (member_id, coupon_id, rule, state, issued_at, expires_at, recorded_at)
        SELECT ('00000000-0000-7000-8000-' || lpad(m::text, 12, '0'))::uuid, gen_random_uuid(), 'ten-off',
               CASE WHEN c % 3 = 0 THEN 'issued' ELSE 'voided' END, '2026-01-01',
               CASE WHEN c % 5 > 0 THEN '2026-06-01'::timestamptz + c * interval '1 hour' END, '2026-01-01'
        FROM generate_series(1, 200) AS m, generate_series(1, 60) AS c
        """
    )
    superuser.execute("ANALYZE coupons.coupon")
    member = UUID("00000000-0000-7000-8000-000000000007")
    async with db.transaction(read_only=True) as tx:
        for after in (datetime(2026, 6, 2, tzinfo=UTC), None):
            rows = await tx.fetch(f"EXPLAIN {HELD_AFTER}", member, after, UUID(int=0), 21)
            plan = "\n".join(row[0] for row in rows)
            assert "coupon_held" in plan, plan
            assert "Seq Scan" not in plan
            assert "Sort" not in plan
