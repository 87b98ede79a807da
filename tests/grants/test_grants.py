"""Bulk grants: previewed, approved by another person, given once to each, every row accounted for (CON-07)."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.grants.jobs import JOB_HANDLERS
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.queue import JobRunner
from tests.coupons.ground import publish_template
from tests.grants.office import POINTS_GIFT, Office, set_state

pytestmark = [pytest.mark.requirement("CON-07"), pytest.mark.usefixtures("lawful")]
Superuser = psycopg.Connection[Any]


def counts(grant: dict[str, Any]) -> tuple[int, int, int, int]:
    return grant["listed"], grant["granted"], grant["skipped"], grant["failed"]


async def test_the_preview_says_who_gets_what_and_why_others_do_not(
    office: Office, members: list[UUID], superuser: Superuser
) -> None:
    for member, state in zip(members[4:], ("blocked", "closed", "merged", "minor"), strict=True):
        set_state(superuser, member, state)
    file = "\n".join(map(str, [*members, members[0], new_id()])) + "\nnobody at all\n"
    grant = await office.make(file)
    preview = grant["preview"]
    assert (preview["listed"], preview["planned"], preview["total"]) == (8, 5, 500)
    assert [(one["reason"], one["members"], one["sample"]) for one in preview["excluded"]] == [
        ("blocked", 1, [str(members[4])]),
        ("closed", 1, [str(members[5])]),
        ("merged", 1, [str(members[6])]),
    ]
    assert preview["cost_fen"] == 500, "100 points are a yuan"
    assert (preview["rows"], preview["rows_refused"]) == (11, 3)
    refused = await office.operator.get(f"/api/console/v1/grants/{grant['grant_id']}/refused-rows")
    assert refused.content.decode("utf-8-sig").splitlines() == [
        "line,problem",
        "9,names a member who is listed above",
        "10,names nobody",
        "11,names nobody",
    ]
    assert await office.available(members[1]) == 0


async def test_it_waits_for_another_person_and_is_given_once(
    office: Office, members: list[UUID], superuser: Superuser
) -> None:
    grant = await office.make(members)
    asked = await office.verb(grant, "request", 202)
    assert asked["state"] == "waiting"
    await office.relay.drain()
    assert (await office.work(grant))["state"] == "waiting"
    shown = (await office.checker.get(f"/api/console/v1/approvals/{asked['approval_id']}")).json()
    assert {change["path"]: change["after"] for change in shown["difference"]} == {
        "name": "sorry",
        "gift": {"kind": "points", "points": 100, "expires_on": None, "budget": None},
        "members": 8,
        "total": 800,
        "cost_fen": 800,
    }
    own = await office.operator.post(
        f"/api/console/v1/approvals/{asked['approval_id']}/decision",
        json={"decision": "approve", "note": "mine"},
        headers={"Idempotency-Key": "own"},
    )
    assert own.status_code == 403
    await office.decide(asked["approval_id"])
    done = await office.work(grant)
    assert (done["state"], counts(done), done["given"]) == ("done", (8, 8, 0, 0), 800)
    assert await office.available(members[0]) == 170
    await office.relay.drain()
    assert [row[0] for row in superuser.execute("SELECT count(*) FROM points.posting WHERE cause = 'grant'")] == [8]
    told = superuser.execute("SELECT action FROM staff.audit WHERE object = %s", (f"grant:{grant['grant_id']}",))
    assert sorted(row[0] for row in told) == ["grant.done", "grant.drafted", "grant.started"]


async def test_who_became_ineligible_is_skipped_and_listed(
    office: Office, members: list[UUID], superuser: Superuser
) -> None:
    grant = await office.make(members)
    await office.start(grant)
    set_state(superuser, members[3], "closed")
    done = await office.work(grant)
    assert counts(done) == (8, 7, 1, 0)
    [skipped] = await office.rows(grant, "skipped")
    assert (skipped["member_id"], skipped["reason"], skipped["given"]) == (str(members[3]), "closed", 0)
    assert await office.available(members[3]) == 0


async def test_members_who_join_later_are_not_of_it(office: Office, members: list[UUID], superuser: Superuser) -> None:
    """The list is that of the preview, though the condition holds for more by now."""
    for member in members[2:]:
        set_state(superuser, member, "blocked")
    wanted = {"type": "compare", "attribute": "member_state", "op": "eq", "value": "active"}
    grant = await office.make(condition=wanted)
    assert (grant["preview"]["planned"], grant["audience"]["condition"]) == (2, wanted)
    for member in members[2:]:
        set_state(superuser, member, "active")
    await office.start(grant)
    assert counts(await office.work(grant)) == (2, 2, 0, 0)


async def test_caps_cut_what_one_gets_and_end_the_list(office: Office, members: list[UUID]) -> None:
    rows = [f"{member},{amount}" for member, amount in zip(members, (50, 500, 100, 60, 10, 10, 10, 10), strict=True)]
    grant = await office.make("member_id,amount\n" + "\n".join(rows), per_member=100, in_all=300)
    preview = grant["preview"]
    assert (preview["planned"], preview["total"], preview["cut"]) == (3, 250, 1)
    assert [(one["reason"], one["members"]) for one in preview["excluded"]] == [("cap_reached", 5)]
    await office.start(grant)
    done = await office.work(grant)
    assert (counts(done), done["given"]) == ((8, 3, 5, 0), 250)
    assert [await office.available(member) for member in members[1:4]] == [100, 100, 0]


async def test_a_budget_has_room_or_nothing_is_given(office: Office, members: list[UUID]) -> None:
    gift = POINTS_GIFT | {"budget": "service"}
    first = await office.given(members=members[:3], gift=gift, budget_points=500)
    assert first["given"] == 300
    second = await office.make(members[:3], gift=gift, budget_points=500)
    budget = second["preview"]["budget"]
    assert (budget["issued"], budget["promised"], budget["room"]) == (300, 0, 200)
    refused = await office.verb(second, "request", 409)
    assert (refused["code"], (await office.read(second))["state"]) == ("grant_budget_spent", "draft")
    third = await office.make(members[:2], gift=gift, budget_points=500)
    fourth = await office.make(members[2:4], gift=gift, budget_points=500)
    asked = [await office.verb(one, "request", 202) for one in (third, fourth)]
    for one in asked:
        await office.decide(one["approval_id"])
    assert [(await office.work(one))["state"] for one in (third, fourth)] == ["done", "refused"]
    failed = (await office.checker.get(f"/api/console/v1/approvals/{asked[1]['approval_id']}")).json()
    assert (failed["state"], failed["code"]) == ("failed", "grant_budget_spent")


async def test_it_is_paused_resumed_and_stopped(office: Office, members: list[UUID], db: Database) -> None:
    gift = {"kind": "coupons", "template": "ten", "copies": 20}
    await publish_template(db)
    grant = await office.make(members, gift=gift)
    await office.start(grant)
    assert (await office.verb(grant, "pause"))["state"] == "paused"
    assert counts(await office.work(grant)) == (8, 0, 0, 0)
    assert (await office.verb(grant, "resume"))["state"] == "running"
    await office.verb(grant, "stop")
    stopped = await office.work(grant)
    assert (stopped["state"], counts(stopped)) == ("stopped", (8, 0, 8, 0))
    assert {row["reason"] for row in await office.rows(grant, "skipped")} == {"stopped"}
    again = await office.verb(grant, "resume", 409)
    assert again["code"] == "grant_state_fixed"


async def test_a_refused_request_gives_nothing_and_can_be_made_again(office: Office, members: list[UUID]) -> None:
    grant = await office.make(members)
    asked = await office.verb(grant, "request", 202)
    await office.decide(asked["approval_id"], "refuse")
    assert (await office.work(grant))["state"] == "refused"
    await office.start(grant)
    assert (await office.work(grant))["state"] == "done"


async def test_nobody_to_give_to_is_refused(office: Office, members: list[UUID], superuser: Superuser) -> None:
    set_state(superuser, members[0], "blocked")
    grant = await office.make(members[:1])
    assert (await office.verb(grant, "request", 409))["code"] == "grant_empty"


async def test_the_worker_carries_it_out(office: Office, members: list[UUID], db: Database) -> None:
    grant = await office.make(members)
    await office.start(grant)
    stop = asyncio.Event()
    runner = asyncio.create_task(JobRunner(db, JOB_HANDLERS).run(stop))
    async with asyncio.timeout(20):
        while (await office.read(grant))["state"] != "done":  # noqa: ASYNC110 - the worker signals nothing
            await asyncio.sleep(0.05)
    stop.set()
    await runner
    assert counts(await office.read(grant)) == (8, 8, 0, 0)


async def test_rows_are_downloaded_and_that_is_logged(
    office: Office, members: list[UUID], superuser: Superuser
) -> None:
    grant = await office.given(members=members[:2])
    file = await office.operator.get(
        f"/api/console/v1/grants/{grant['grant_id']}/members/export", params={"which": "granted"}
    )
    assert file.headers["content-type"].startswith("text/csv")
    assert file.content.decode("utf-8-sig").splitlines() == [
        "member_id,state,reason,amount,given,taken_back,left,why_left",
        *(f"{member},granted,,100,100,,," for member in members[:2]),
    ]
    logged = superuser.execute("SELECT count(*) FROM staff.audit WHERE action = 'grant.exported_granted'").fetchone()
    assert logged == (1,)
