"""What waits for whom, what one asked for oneself, and taking it back."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.staff import service
from huixiang.staff.model import Role
from huixiang.staff.model.approvals import Approval
from huixiang.staff.routes.approvals import ROUTES
from tests.staff.test_approvals import PATH, Owner, ask, decide, id_of, someone
from tests.support.http_client import client_of

pytestmark = pytest.mark.requirement("CON-02")


async def listed(client: httpx.AsyncClient, which: str) -> list[str]:
    answer = await client.get(PATH, params={"which": which})
    assert answer.status_code == 200, answer.text
    return [item["approval_id"] for item in answer.json()["items"]]


async def count(client: httpx.AsyncClient) -> int:
    found: int = (await client.get(f"{PATH}/waiting")).json()["count"]
    return found


async def withdraw(client: httpx.AsyncClient, asked: Approval) -> httpx.Response:
    place = f"{PATH}/{asked.approval_id}/withdrawal"
    return await client.post(place, json={"note": "a slip"}, headers={"Idempotency-Key": str(new_id())})


async def test_who_decides_sees_what_waits_for_them_and_how_much(db: Database) -> None:
    async with someone(db, "menu:approve") as mine, someone(db, "points:approve") as another:
        me = await id_of(mine, db)
        first, second = str((await ask(db)).approval_id), str((await ask(db)).approval_id)
        own = str((await ask(db, made_by=me)).approval_id)
        assert await listed(mine, "to_decide") == [second, first]
        assert await listed(mine, "asked") == [own]
        assert len(await listed(mine, "decided")) == 1, "the one by which they became known"
        assert await count(mine) == 2
        assert (await count(another), await listed(another, "to_decide")) == (0, [])
        service.allow_self_approval(allowed=True)
        assert await listed(mine, "to_decide") == [own, second, first]
        assert await count(mine) == 3
        service.allow_self_approval(allowed=False)


async def test_what_waits_is_counted_for_who_decides_alone(db: Database) -> None:
    await ask(db)
    async with client_of(db, ROUTES, "approvals:read", "menu:approve") as cannot:
        assert await count(cannot) == 0
    async with someone(db, "menu:approve") as can:
        assert await count(can) == 1


async def test_who_asked_takes_it_back_and_nobody_decides_it_then(
    db: Database, superuser: psycopg.Connection[Any]
) -> None:
    owner = Owner(db)
    async with someone(db, "menu:approve") as maker, someone(db, "menu:approve") as checker:
        asked = await ask(db, made_by=await id_of(maker, db))
        others = await withdraw(checker, asked)
        assert (others.status_code, others.json()["code"]) == (403, "approval_of_another")
        taken_back = await withdraw(maker, asked)
        assert (taken_back.status_code, taken_back.json()["state"], taken_back.json()["note"]) == (
            200,
            "withdrawn",
            "a slip",
        )
        assert (await decide(checker, asked)).json()["code"] == "approval_decided"
        assert (await withdraw(maker, asked)).json()["code"] == "approval_decided"
        assert await listed(checker, "to_decide") == []
        found = (await checker.get(PATH, params={"state": "withdrawn"})).json()["items"]
        assert [one["approval_id"] for one in found] == [str(asked.approval_id)]
    await owner.relay.drain()
    assert owner.ran == []
    assert owner.told[-1][0] == "refused", "its owner closes it as any that does not run"
    [latest] = superuser.execute("SELECT action FROM staff.audit ORDER BY audit_id DESC LIMIT 1").fetchall()
    assert latest == ("approval.withdrawn",)


async def test_a_request_names_who_asked_and_who_decided(db: Database) -> None:
    async with db.transaction() as tx:
        lin = (await service.add_account(tx, "lin", "林晓", Role.OPERATIONS, by="cli")).account
    asked = await ask(db, made_by=lin.staff_id)
    async with someone(db, "menu:approve") as checker:
        shown = (await checker.get(f"{PATH}/{asked.approval_id}")).json()
        assert (shown["maker"], shown["checker"]) == ("林晓", None)
