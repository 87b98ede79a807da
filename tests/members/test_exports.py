"""Members as a file: personal columns after a second person, sealed at rest, for who asked alone, for a day."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members import service
from huixiang.members.handlers import SUBSCRIPTIONS
from huixiang.members.model import ExternalId, NewMember
from huixiang.members.routes.exports import PATH, ROUTES
from huixiang.members.service.exports import forget_exports
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.staff.routes.approvals import ROUTES as APPROVALS
from tests.support.http_client import client_of
from tests.support.programme import load_programme

pytestmark = pytest.mark.requirement("CON-02", "SEC-04")
HELD = ("members:export", "members:approve_export", "approvals:read", "approvals:decide")


class Desk:
    def __init__(self, db: Database, members: list[UUID], maker: httpx.AsyncClient, checker: httpx.AsyncClient) -> None:
        self.db, self.members, self.maker, self.checker = db, members, maker, checker

    async def send(self, client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> httpx.Response:
        return await client.post(path, json=body, headers={"Idempotency-Key": str(new_id())})

    async def ask(self, *columns: str, members: list[UUID] | None = None) -> httpx.Response:
        ids = [str(one) for one in members or self.members]
        return await self.send(self.maker, PATH, {"member_ids": ids, "columns": columns, "reason": "a mailing"})

    async def approve(self, export_id: str) -> dict[str, Any]:
        place = f"/api/console/v1/approvals/{export_id}"
        decided = await self.send(self.checker, f"{place}/decision", {"decision": "approve", "note": "seen"})
        assert decided.status_code == 200, decided.text
        await Relay(self.db, list(SUBSCRIPTIONS)).drain()
        found: dict[str, Any] = (await self.checker.get(place)).json()
        return found

    async def file(self, export_id: str, client: httpx.AsyncClient | None = None) -> httpx.Response:
        return await (client or self.maker).get(f"{PATH}/{export_id}/file")


@pytest_asyncio.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    await load_programme(db)
    async with db.transaction() as tx:
        first = await service.register(
            tx,
            NewMember(channel="till", phone="13812345678", name="王晓明", external_ids=(ExternalId("till", "C-1024"),)),
        )
        second = await service.register(tx, NewMember(channel="h5", phone="13900139000", name="=1+1"))
    async with (
        client_of(db, [*ROUTES, *APPROVALS], *HELD) as maker,
        client_of(db, [*ROUTES, *APPROVALS], *HELD) as checker,
    ):
        yield Desk(db, [first.member_id, second.member_id], maker, checker)


def rows(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_personal_columns_wait_and_come_harmless_for_who_asked_alone(
    desk: Desk, superuser: psycopg.Connection[Any]
) -> None:
    asked = await desk.ask("number", "name", "phone", "external_ids")
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    export_id = asked.json()["export_id"]
    assert (await desk.file(export_id)).json()["code"] == "export_unknown"
    done = await desk.approve(export_id)
    assert (done["state"], done["result"]["members"]) == ("done", 2)
    assert {one["path"]: one["after"] for one in done["difference"]}["$.personal_columns"] == [
        "name",
        "phone",
        "external_ids",
    ]
    head, first, second = rows(await desk.file(export_id))
    assert head == ["number", "name", "phone", "external_ids"]
    assert first[1:] == ["王晓明", "'+8613812345678", "till:C-1024"]
    assert second[1:] == ["'=1+1", "'+8613900139000", ""]
    assert (await desk.file(export_id, desk.checker)).json()["code"] == "export_unknown"
    kept = superuser.execute("SELECT sealed FROM members.export").fetchone()
    assert kept is not None
    assert "13812345678" not in kept[0].decode("latin-1")
    told = superuser.execute(
        "SELECT action, reason FROM staff.audit WHERE action LIKE 'members.export%' ORDER BY audit_id"
    ).fetchall()
    assert told == [("members.exported", "a mailing"), ("members.export_fetched", None)]


async def test_who_asked_is_told_of_the_files_that_are_there(desk: Desk) -> None:
    waiting = (await desk.ask("number", "phone")).json()["export_id"]
    ready = (await desk.ask("number", "state")).json()["export_id"]
    assert [one["export_id"] for one in (await desk.maker.get(PATH)).json()] == [ready]
    await desk.approve(waiting)
    listed = (await desk.maker.get(PATH)).json()
    assert [(one["export_id"], one["state"], one["members"]) for one in listed] == [
        (ready, "ready", 2),
        (waiting, "ready", 2),  # asked for before: within an instant the ids tell
    ]
    assert (await desk.checker.get(PATH)).json() == []


async def test_what_identifies_nobody_waits_for_nobody(desk: Desk) -> None:
    made = (await desk.ask("member_id", "state", "channel", members=[*desk.members, new_id()])).json()
    assert (made["state"], made["members"]) == ("ready", 2)
    _, *found = rows(await desk.file(made["export_id"]))
    assert [row[1:] for row in found] == [["active", "till"], ["active", "h5"]]


async def test_a_file_is_gone_after_a_day(desk: Desk, clock: SettableClock, superuser: psycopg.Connection[Any]) -> None:
    made = (await desk.ask("number")).json()
    clock.advance(timedelta(days=1))
    assert (await desk.file(made["export_id"])).json()["code"] == "export_unknown"
    async with desk.db.transaction() as tx:
        assert [await forget_exports(tx), await forget_exports(tx)] == [1, 0]
    assert superuser.execute("SELECT count(*) FROM members.export").fetchone() == (0,)


@pytest.mark.parametrize("columns", [(), ("number", "number"), ("password",)])
async def test_what_cannot_be_asked_for(desk: Desk, columns: tuple[str, ...]) -> None:
    assert (await desk.ask(*columns)).json()["code"] == "input_invalid"


async def test_at_most_a_thousand_at_once(desk: Desk) -> None:
    assert (await desk.ask("number", members=[new_id()] * 1001)).json()["code"] == "input_invalid"
