"""Tiers that staff set: asked for, approved by another, held until their day, ended before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import Relay
from huixiang.staff.routes.approvals import ROUTES as APPROVALS
from huixiang.tiers import store
from huixiang.tiers.events import TierChanged
from huixiang.tiers.handlers import SUBSCRIPTIONS
from huixiang.tiers.routes import ROUTES
from huixiang.tiers.service import upgrades
from tests.support.http_client import client_of
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CON-02", "TIER-03")
HELD = ("members:read", "tiers:set", "tiers:approve", "approvals:read", "approvals:decide")


class Desk:
    """Two people, one of whom asks and the other decides."""

    def __init__(self, db: Database, member: UUID, maker: httpx.AsyncClient, checker: httpx.AsyncClient) -> None:
        self.db, self.member, self.maker, self.checker = db, member, maker, checker
        self.told: list[tuple[str | None, str]] = []

    async def send(self, client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> httpx.Response:
        headers = {"Idempotency-Key": str(new_id())}
        return await client.post(f"/api/console/v1/{path}", json=body, headers=headers)

    async def _hear(self, _tx: Transaction, events: Sequence[Event]) -> None:
        self.told += [(event.from_tier, event.to_tier) for event in events if isinstance(event, TierChanged)]

    async def ask(self, tier: str = "gold", days: int = 30) -> httpx.Response:
        until = (self.db.clock.now() + timedelta(days=days)).date().isoformat()
        body = {"tier": tier, "until": until, "reason": "a promise"}
        return await self.send(self.maker, f"members/{self.member}/tier/manual", body)

    async def approve(self, asked: httpx.Response) -> dict[str, Any]:
        """The request once it has run."""
        assert asked.status_code == 202, asked.text
        place = f"approvals/{asked.json()['approval_id']}"
        decided = await self.send(self.checker, f"{place}/decision", {"decision": "approve", "note": "seen"})
        assert decided.status_code == 200, decided.text
        listening = Subscription("told", (TierChanged,), self._hear)
        await Relay(self.db, [*(one for one in SUBSCRIPTIONS if one.name == "tiers.approvals"), listening]).drain()
        found: dict[str, Any] = (await self.checker.get(f"/api/console/v1/{place}")).json()
        return found

    async def tier(self) -> str:
        path = f"/api/console/v1/members/{self.member}/tier"
        return str((await self.maker.get(path)).json()["tier"]["code"])


@pytest_asyncio.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    await load_programme(db)
    (member,) = await register_members(db, 1)
    routes = [*ROUTES, *APPROVALS]
    async with client_of(db, routes, *HELD) as maker, client_of(db, routes, *HELD) as checker:
        yield Desk(db, member, maker, checker)


async def test_a_tier_waits_shows_what_it_changes_and_is_held_until_its_day(
    desk: Desk, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    asked = await desk.ask("gold", days=2)
    shown = asked.json()["difference"]
    assert (shown[0]["before"], shown[0]["after"], shown[1]["path"]) == ("bronze", "gold", "$.until")
    assert await desk.tier() == "bronze"
    done = await desk.approve(asked)
    assert (done["state"], await desk.tier()) == ("done", "gold")
    rows = superuser.execute("SELECT from_tier, to_tier, cause FROM tiers.change").fetchall()
    assert rows == [(None, "gold", "manual")]
    [kept] = superuser.execute("SELECT reason, actor FROM staff.audit WHERE action = 'tier.set'").fetchall()
    assert kept == ("a promise", f"staff:{asked.json()['made_by']}")
    assert desk.told == [(None, "gold")]
    clock.advance(timedelta(days=3))
    async with desk.db.transaction() as tx:
        assert await upgrades.end_due(tx, 10) == 1
    assert await desk.tier() == "bronze"
    last = superuser.execute("SELECT cause FROM tiers.change ORDER BY seq DESC LIMIT 1").fetchone()
    assert last == ("manual_over",)


async def test_who_asked_does_not_decide_and_nothing_happens_meanwhile(desk: Desk) -> None:
    asked = await desk.ask()
    place = f"approvals/{asked.json()['approval_id']}/decision"
    own = await desk.send(desk.maker, place, {"decision": "approve", "note": "mine"})
    assert (own.status_code, own.json()["code"]) == (403, "approval_own")
    assert await desk.tier() == "bronze"


async def test_a_tier_that_moved_meanwhile_is_refused_with_what_changed(desk: Desk) -> None:
    first, second = await desk.ask("silver"), await desk.ask("gold")
    assert (await desk.approve(first))["state"] == "done"
    late = await desk.approve(second)
    assert (late["state"], late["code"]) == ("failed", "tier_moved")
    assert late["problems"] == [{"path": "$.tier", "problem": "was bronze when this was asked for, and is silver now"}]
    assert await desk.tier() == "silver"


async def test_it_ends_before_its_day_by_two_people_and_falls_back_to_what_else_counts(desk: Desk) -> None:
    await desk.approve(await desk.ask("silver", days=60))
    gold = await desk.approve(await desk.ask("gold", days=30))
    path = f"members/{desk.member}/tier/manual/{gold['result']['upgrade_id']}/end"
    ending = await desk.send(desk.maker, path, {"reason": "it was a slip"})
    assert await desk.tier() == "gold"
    assert (await desk.approve(ending))["result"] == {"tier": "silver"}
    again = await desk.send(desk.maker, path, {"reason": "again"})
    assert (again.status_code, again.json()["code"]) == (409, "tier_upgrade_ended")
    listed = (await desk.maker.get(f"/api/console/v1/members/{desk.member}/tier/upgrades")).json()
    assert [(one["tier"], one["ground"], one["undone"]) for one in listed] == [
        ("silver", "manual", False),
        ("gold", "manual", True),
    ]


async def test_it_is_not_undone_as_what_was_bought(desk: Desk) -> None:
    done = await desk.approve(await desk.ask("silver"))
    upgrade_id = UUID(done["result"]["upgrade_id"])
    async with desk.db.transaction() as tx:
        with pytest.raises(Exception, match="no upgrade"):
            await upgrades.undo(tx, desk.member, upgrade_id)
        [kept] = await store.upgrades_of(tx, desk.member)
    assert kept.upgrade.ended_at is None


@pytest.mark.parametrize(
    ("tier", "days", "code"),
    [
        ("tin", 3, "tier_unknown"),
        ("bronze", 3, "tier_held"),
        ("gold", -2, "input_invalid"),
        ("gold", 9999, "input_invalid"),
    ],
)
async def test_what_cannot_be_is_refused_at_once(desk: Desk, tier: str, days: int, code: str) -> None:
    assert (await desk.ask(tier, days)).json()["code"] == code
