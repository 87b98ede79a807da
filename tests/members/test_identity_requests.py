"""What finds a member, linked and taken off by staff: asked for by one, approved by another, never somebody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.ids import new_id
from huixiang.members import service
from huixiang.members.adapters.personal import MemberSealer
from huixiang.members.handlers import SUBSCRIPTIONS
from huixiang.members.model import ExternalId, MemberRef, MemberUnknown, NewMember
from huixiang.members.routes.identities import ROUTES
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.staff import service as staff
from huixiang.staff.routes.approvals import ROUTES as APPROVALS
from tests.support.http_client import client_of
from tests.support.programme import load_programme

pytestmark = pytest.mark.requirement("MEM-02", "CON-02")
HELD = ("members:manage", "members:approve", "members:reveal", "approvals:read", "approvals:decide")
OWN, OTHERS = "13812345678", "13700001111"


class Desk:
    def __init__(self, db: Database, member: UUID, maker: httpx.AsyncClient, checker: httpx.AsyncClient) -> None:
        self.db, self.member, self.maker, self.checker = db, member, maker, checker

    async def send(self, client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> httpx.Response:
        headers = {"Idempotency-Key": str(new_id())}
        return await client.post(f"/api/console/v1/{path}", json=body, headers=headers)

    async def ask(self, verb: str, **identity: Any) -> httpx.Response:
        path = f"members/{self.member}/identities{'' if verb == 'link' else '/unlink'}"
        return await self.send(self.maker, path, identity | {"reason": "at the counter, with the phone in hand"})

    async def approve(self, asked: httpx.Response) -> dict[str, Any]:
        assert asked.status_code == 202, asked.text
        place = f"approvals/{asked.json()['approval_id']}"
        decided = await self.send(self.checker, f"{place}/decision", {"decision": "approve", "note": "seen"})
        assert decided.status_code == 200, decided.text
        await Relay(self.db, list(SUBSCRIPTIONS)).drain()
        found: dict[str, Any] = (await self.checker.get(f"/api/console/v1/{place}")).json()
        return found

    async def whose(self, ref: MemberRef) -> UUID | None:
        async with self.db.transaction(read_only=True) as tx:
            try:
                return await service.resolve(tx, ref)
            except MemberUnknown:
                return None


@pytest_asyncio.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    await load_programme(db)
    staff.use_sealer(MemberSealer())
    async with db.transaction() as tx:
        made = await service.register(
            tx, NewMember(channel="till", phone=OWN, external_ids=(ExternalId("till", "C-1024"),))
        )
        await service.register(tx, NewMember(channel="till", phone=OTHERS))
    routes = [*ROUTES, *APPROVALS]
    async with client_of(db, routes, *HELD) as maker, client_of(db, routes, *HELD) as checker:
        yield Desk(db, made.member_id, maker, checker)


async def test_a_phone_waits_sealed_and_finds_the_member_once_it_is_approved(
    desk: Desk, superuser: psycopg.Connection[Any]
) -> None:
    asked = await desk.ask("link", phone="13900139000")
    assert await desk.whose(MemberRef(phone="13900139000")) is None
    shown = (await desk.checker.get(f"/api/console/v1/approvals/{asked.json()['approval_id']}")).json()["difference"]
    assert shown == [{"path": "$.phone", "before": None, "after": "+8613900139000"}]
    kept = str(superuser.execute("SELECT string_agg(a::text, ' ') FROM staff.approval AS a").fetchone())
    assert "1390013" not in kept
    assert (await desk.approve(asked))["state"] == "done"
    assert await desk.whose(MemberRef(phone="13900139000")) == desk.member


async def test_an_id_of_another_system_is_taken_off_by_two_people(desk: Desk) -> None:
    asked = await desk.ask("unlink", source="till", external_id="C-1024")
    assert await desk.whose(MemberRef(source="till", external_id="C-1024")) == desk.member
    assert (await desk.approve(asked))["state"] == "done"
    assert await desk.whose(MemberRef(source="till", external_id="C-1024")) is None
    late = await desk.ask("unlink", phone=OWN)  # nothing else finds them any more
    assert late.json()["code"] == "identity_last"


async def test_what_became_anothers_meanwhile_stays_theirs(desk: Desk) -> None:
    asked = await desk.ask("link", phone="13900139000")
    async with desk.db.transaction() as tx:
        other = (await service.register(tx, NewMember(channel="till", phone="13900139000"))).member_id
    failed = await desk.approve(asked)
    assert (failed["state"], failed["code"]) == ("failed", "identity_of_another")
    assert await desk.whose(MemberRef(phone="13900139000")) == other


@pytest.mark.parametrize(
    ("verb", "identity", "code"),
    [
        ("link", {"phone": OTHERS}, "identity_of_another"),
        ("link", {"phone": OWN}, "personal_data_alike"),
        ("link", {"phone": "12"}, "input_invalid"),
        ("link", {"source": "till", "external_id": "C-1"}, "identity_source_held"),
        ("unlink", {"phone": OTHERS}, "identity_unknown"),
    ],
)
async def test_what_cannot_be_is_refused_at_once(desk: Desk, verb: str, identity: dict[str, str], code: str) -> None:
    assert (await desk.ask(verb, **identity)).json()["code"] == code
