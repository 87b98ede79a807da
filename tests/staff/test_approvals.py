"""What one person asks for waits for another: who decides, until when, and what then runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members.adapters.personal import MemberSealer
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import Relay
from huixiang.platform.settings import Settings, SettingsError
from huixiang.staff import service
from huixiang.staff.events import ApprovalGranted, ApprovalRefused
from huixiang.staff.model import AuditEntry, Personal
from huixiang.staff.model.approvals import Approval, Change, Granted, NewApproval
from huixiang.staff.model.errors import ScopeUnknown
from huixiang.staff.routes.approvals import ROUTES
from tests.support.http_client import client_of
from tests.support.programme import register_members

PATH = "/api/console/v1/approvals"
MAKER = new_id()
COMMAND = "menu.change"


class Owner:
    """The module that owns the command: it notes what it ran, and refuses where the base has moved."""

    def __init__(self, db: Database) -> None:
        self.base = "1"
        self.ran: list[Granted] = []
        self.told: list[tuple[str, UUID | None]] = []
        granted = Subscription("menu.granted", (ApprovalGranted,), self._granted)
        refused = Subscription("menu.refused", (ApprovalRefused,), self._refused)
        self.relay = Relay(db, [granted, refused])

    async def _granted(self, tx: Transaction, events: Sequence[Event]) -> None:
        for event in events:
            assert isinstance(event, ApprovalGranted)
            await service.carry_out(tx, event.approval_id, self._run)

    async def _run(self, tx: Transaction, granted: Granted) -> Mapping[str, Any]:
        await service.record(tx, AuditEntry(actor="cli", action="menu.changed", subject="menu:1"))
        if granted.base != self.base:
            raise ScopeUnknown(scope="moved")
        self.ran.append(granted)
        return {"version": 2}

    async def _refused(self, _tx: Transaction, events: Sequence[Event]) -> None:
        for event in events:
            assert isinstance(event, ApprovalRefused)
            self.told.append((event.outcome, event.checked_by))


@pytest.fixture
def owner(db: Database) -> Owner:
    return Owner(db)


@pytest.fixture(autouse=True)
def no_self_approval() -> Iterator[None]:
    service.allow_self_approval(allowed=False)
    yield
    service.allow_self_approval(allowed=False)


def someone(db: Database, *permissions: str) -> Any:
    return client_of(db, ROUTES, "approvals:read", "approvals:decide", *permissions)


@pytest_asyncio.fixture
async def checker(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with someone(db, "menu:approve") as made:
        yield made


async def ask(db: Database, made_by: UUID = MAKER, **more: Any) -> Approval:
    given: dict[str, Any] = {
        "command": COMMAND,
        "subject": "menu:1",
        "payload": {"price_fen": 1900},
        "difference": [Change(path="$.price_fen", before=1800, after=1900)],
        "reason": "dearer tofu",
        "decided_by": "menu:approve",
        "base": "1",
    }
    async with db.transaction() as tx:
        return await service.request_approval(tx, NewApproval(**given | more), made_by)


async def decide(
    client: httpx.AsyncClient, asked: Approval, decision: str = "approve", key: str | None = None
) -> httpx.Response:
    body = {"decision": decision, "note": "seen"}
    headers = {"Idempotency-Key": key or str(new_id())}
    return await client.post(f"{PATH}/{asked.approval_id}/decision", json=body, headers=headers)


async def shown(client: httpx.AsyncClient, asked: Approval) -> dict[str, Any]:
    answer = await client.get(f"{PATH}/{asked.approval_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.requirement("CON-02")
async def test_another_person_sees_the_difference_and_the_command_runs_once(
    db: Database, owner: Owner, checker: httpx.AsyncClient, superuser: psycopg.Connection[Any]
) -> None:
    asked = await ask(db)
    waiting = await shown(checker, asked)
    assert (waiting["state"], waiting["difference"], waiting["reason"], waiting["made_by"]) == (
        "waiting",
        [{"path": "$.price_fen", "before": 1800, "after": 1900}],
        "dearer tofu",
        str(MAKER),
    )
    answer = await decide(checker, asked, key="k")
    assert (answer.status_code, answer.json()["state"], answer.json()["note"]) == (200, "granted", "seen")
    assert (await decide(checker, asked, key="k")).json() == answer.json()
    assert owner.ran == []
    await owner.relay.drain()
    [ran] = owner.ran
    assert (ran.approval_id, ran.payload, ran.made_by, ran.reason) == (
        asked.approval_id,
        {"price_fen": 1900},
        MAKER,
        "dearer tofu",
    )
    done = await shown(checker, asked)
    assert (done["state"], done["result"], done["code"]) == ("done", {"version": 2}, None)
    async with db.transaction() as tx:
        assert await service.carry_out(tx, asked.approval_id, owner._run) is None
    assert len(owner.ran) == 1
    rows = superuser.execute("SELECT action, split_part(actor, ':', 1) FROM staff.audit ORDER BY audit_id").fetchall()
    assert rows == [
        ("approval.requested", "staff"),
        ("approval.granted", "staff"),
        ("menu.changed", "cli"),
        ("approval.done", "huixiang"),
    ]


@pytest.mark.requirement("CON-02")
async def test_what_its_owner_refuses_is_undone_and_told(
    db: Database, owner: Owner, checker: httpx.AsyncClient, superuser: psycopg.Connection[Any]
) -> None:
    asked = await ask(db)
    owner.base = "2"
    await decide(checker, asked)
    await owner.relay.drain()
    failed = await shown(checker, asked)
    assert (failed["state"], failed["code"], failed["result"]) == ("failed", "scope_unknown", None)
    actions = superuser.execute("SELECT action FROM staff.audit ORDER BY audit_id").fetchall()
    assert actions == [("approval.requested",), ("approval.granted",), ("approval.failed",)]
    owner.base = "1"
    await owner.relay.drain()
    assert owner.ran == []


@pytest.mark.requirement("CON-02")
async def test_the_maker_never_decides(db: Database, owner: Owner) -> None:
    async with someone(db, "menu:approve") as maker:
        asked = await ask(db, made_by=await id_of(maker, db))
        own = await decide(maker, asked)
        assert (own.status_code, own.json()["code"]) == (403, "approval_own")
        refused = await decide(maker, asked, "refuse")
        assert refused.json()["code"] == "approval_own"
        service.allow_self_approval(allowed=True)
        assert (await decide(maker, asked)).json()["state"] == "granted"
    await owner.relay.drain()
    assert len(owner.ran) == 1


async def id_of(client: httpx.AsyncClient, db: Database) -> UUID:
    """Who a client is: known by what they are seen to decide."""
    other = await ask(db)
    return UUID((await decide(client, other, "refuse")).json()["checked_by"])


@pytest.mark.requirement("CON-02")
def test_production_has_no_self_approval() -> None:
    allowed = {"HUIXIANG_SELF_APPROVAL": "on"}
    with pytest.raises(SettingsError, match="off in production"):
        Settings.load(allowed)
    assert Settings.load(allowed | {"HUIXIANG_ENVIRONMENT": "demo"}).self_approval == "on"
    assert Settings.load({}).self_approval == "off"


@pytest.mark.requirement("CON-02", "SEC-01")
async def test_only_who_holds_the_permission_of_the_request_decides(db: Database) -> None:
    asked = await ask(db)
    async with someone(db, "points:approve", "audit:read") as other:
        refused = await decide(other, asked)
        assert (refused.status_code, refused.json()["permission"]) == (403, "menu:approve")
        assert (await shown(other, asked))["state"] == "waiting", "who reads the audit log sees it"
    async with someone(db, "points:approve") as other:
        hidden = await decide(other, asked)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "approval_unknown")
        assert (await other.get(f"{PATH}/{asked.approval_id}")).status_code == 404
        assert (await other.get(PATH)).json()["items"] == []
    async with client_of(db, ROUTES, "approvals:read", "menu:approve") as other:
        assert (await decide(other, asked)).json()["permission"] == "approvals:decide"


@pytest.mark.requirement("CON-02")
async def test_a_refused_request_runs_nothing_and_is_decided_once(
    db: Database, owner: Owner, checker: httpx.AsyncClient
) -> None:
    asked = await ask(db)
    refused = await decide(checker, asked, "refuse")
    assert refused.json()["state"] == "refused"
    again = await decide(checker, asked)
    assert (again.status_code, again.json()["code"]) == (409, "approval_decided")
    await owner.relay.drain()
    assert owner.ran == []
    assert owner.told == [("refused", UUID(refused.json()["checked_by"]))]


@pytest.mark.requirement("CON-02")
async def test_of_many_decisions_at_once_one_counts(db: Database, owner: Owner) -> None:
    asked = await ask(db)

    @asynccontextmanager
    async def another() -> AsyncIterator[httpx.AsyncClient]:
        async with someone(db, "menu:approve") as made:
            yield made

    async def one(decision: str) -> int:
        async with another() as client:
            return (await decide(client, asked, decision)).status_code

    statuses = await asyncio.gather(*(one(decision) for decision in ("approve", "refuse") * 4))
    assert sorted(statuses) == [200] + [409] * 7
    await owner.relay.drain()
    assert len(owner.ran) + len(owner.told) == 1


@pytest.mark.requirement("CON-02")
async def test_after_a_week_it_is_too_late(
    db: Database, clock: SettableClock, owner: Owner, checker: httpx.AsyncClient
) -> None:
    asked, other = await ask(db), await ask(db)
    clock.advance(timedelta(days=7) - timedelta(seconds=1))
    assert (await decide(checker, other)).status_code == 200
    clock.advance(timedelta(seconds=1))
    late = await decide(checker, asked)
    assert (late.status_code, late.json()["code"]) == (409, "approval_expired")
    assert (await shown(checker, asked))["state"] == "expired"
    async with db.transaction() as tx:
        assert [await service.expire_due(tx), await service.expire_due(tx)] == [1, 0]
    await owner.relay.drain()
    assert owner.told == [("expired", None)]
    assert [one.approval_id for one in owner.ran] == [other.approval_id]


@pytest.mark.requirement("CON-02")
async def test_requests_are_listed_by_state_command_and_member(db: Database, checker: httpx.AsyncClient) -> None:
    (member_id,) = await register_members(db, 1)
    asked = [await ask(db), await ask(db, member_id=member_id), await ask(db, command="menu.drop")]
    await decide(checker, asked[0])

    async def listed(**wanted: Any) -> list[int]:
        items = (await checker.get(PATH, params=wanted)).json()["items"]
        ids = [str(one.approval_id) for one in asked]
        return [ids.index(one["approval_id"]) for one in items]

    assert await listed() == [2, 1, 0]
    assert await listed(state="waiting") == [2, 1]
    assert await listed(state="granted") == [0]
    assert await listed(command=COMMAND) == [1, 0]
    assert await listed(member_id=str(member_id)) == [1]
    first = (await checker.get(PATH, params={"limit": 2})).json()
    rest = (await checker.get(PATH, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [one["approval_id"] for one in rest["items"]] == [str(asked[0].approval_id)]


@pytest.mark.requirement("CON-02", "CON-03")
async def test_personal_values_are_sealed_masked_and_opened_to_who_may_reveal_them(
    db: Database, owner: Owner, checker: httpx.AsyncClient, superuser: psycopg.Connection[Any]
) -> None:
    service.use_sealer(MemberSealer())
    (member_id,) = await register_members(db, 1)
    old, new = "+8613812345678", "+8613900000000"
    asked = await ask(
        db,
        member_id=member_id,
        payload={"phone": Personal(new)},
        difference=[Change(path="$.phone", before=Personal(old), after=Personal(new))],
    )
    [kept] = superuser.execute("SELECT payload::text || difference::text FROM staff.approval").fetchone() or [""]
    assert "sealed" in kept
    assert "+86" not in kept
    async with someone(db, "audit:read") as auditor:
        sealed = (await shown(auditor, asked))["difference"][0]["after"]
    assert sealed.keys() == {"sealed"}
    masked = {"path": "$.phone", "before": "+86138****5678", "after": "+86139****0000"}
    assert (await shown(checker, asked))["difference"] == [masked]
    async with someone(db, "menu:approve", "members:reveal") as sees:
        assert (await shown(sees, asked))["difference"] == [{"path": "$.phone", "before": old, "after": new}]
    async with someone(db, "members:reveal", "audit:read") as other:
        assert (await shown(other, asked))["difference"][0]["after"] == sealed, "it is not theirs to decide"
    listed = (await checker.get(PATH)).json()["items"][0]["difference"][0]["after"]
    assert listed == sealed
    opened = superuser.execute("SELECT count(*) FROM staff.audit WHERE action = 'approval.opened'").fetchone()
    assert opened == (1,)
    await decide(checker, asked)
    await owner.relay.drain()
    assert owner.ran[0].payload == {"phone": new}
