"""Undoing a grant: what is unused is taken back, and what is not is listed by member (CON-07)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.coupons import service as coupons
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import POINTS, Command, Hold, Source, Spend
from huixiang.tiers import service as tiers
from tests.coupons.ground import publish_template
from tests.grants.ground import publish_benefit
from tests.grants.office import POINTS_GIFT, Office
from tests.points.merging import merge
from tests.points.movement import relay

pytestmark = [pytest.mark.requirement("CON-07"), pytest.mark.usefixtures("lawful")]
Superuser = psycopg.Connection[Any]


async def post(db: Database, command: Command) -> None:
    async with db.transaction() as tx:
        await points.post(tx, [command])


def why(clock: SettableClock) -> Source:
    return Source(key=str(new_id()), cause="shop", counter_account="redeemed:shop", occurred_at=clock.now())


async def spend(db: Database, clock: SettableClock, member: UUID, so_many: int) -> None:
    await post(db, Spend(member_id=member, book=POINTS, points=so_many, source=why(clock)))


async def test_points_that_are_left_of_it_come_back_and_no_others(
    office: Office, members: list[UUID], db: Database, clock: SettableClock
) -> None:
    """The first has 70 of their own, which are older; the second spent some, the third all, the fourth holds some."""
    grant = await office.given(members=members, gift=POINTS_GIFT | {"expires_on": "2026-05-31"})
    await spend(db, clock, members[0], 100)  # those of the grant, which end first
    await spend(db, clock, members[1], 30)
    await spend(db, clock, members[2], 100)
    held = Hold(member_id=members[3], book=POINTS, points=60, hold_id=new_id(), source=why(clock), expires_at=None)
    await post(db, held)
    undone = await office.undo(grant)
    assert (undone["state"], undone["looked_at"], undone["taken"]) == ("undone", 8, 4 * 100 + 70 + 40)
    rest = {row["member_id"]: (row["given"] - row["taken"], row["rest"]) for row in await office.rows(grant, "rest")}
    assert rest == {
        str(members[0]): (100, "spent"),
        str(members[1]): (30, "spent"),
        str(members[2]): (100, "spent"),
        str(members[3]): (60, "held"),
    }
    assert [await office.available(member) for member in members[:5]] == [70, 0, 0, 0, 0]
    async with db.transaction(read_only=True) as tx:
        assert [(await points.balance(tx, member, POINTS)).debt for member in members] == [0] * 8


async def test_what_expired_or_went_with_a_merge_is_listed(
    office: Office, members: list[UUID], db: Database, clock: SettableClock
) -> None:
    grant = await office.given(members=members[:2], gift=POINTS_GIFT | {"expires_on": "2026-05-31"})
    await merge(db, members[1], members[2])
    await relay(db)
    clock.advance(timedelta(days=60))
    undone = await office.undo(grant)
    assert undone["taken"] == 0
    assert [(row["member_id"], row["rest"]) for row in await office.rows(grant, "rest")] == [
        (str(members[0]), "expired"),
        (str(members[1]), "spent"),
    ]


async def test_undoing_waits_for_another_person_and_may_be_refused(office: Office, members: list[UUID]) -> None:
    grant = await office.given(members=members[:1])
    asked = await office.verb(grant, "undo", 202)
    assert asked["state"] == "undo_waiting"
    await office.decide(asked["undo_id"], "refuse")
    assert (await office.work(grant))["state"] == "done"
    assert await office.available(members[0]) == 170
    assert (await office.undo(grant))["taken"] == 100
    again = await office.verb(grant, "undo", 409)
    assert again["code"] == "grant_state_fixed"


async def test_a_stopped_grant_is_undone_too(office: Office, members: list[UUID]) -> None:
    grant = await office.make(members)
    await office.start(grant)
    await office.verb(grant, "pause")
    await office.verb(grant, "stop")
    assert (await office.work(grant))["state"] == "stopped"
    assert (await office.undo(grant))["looked_at"] == 0


async def test_coupons_come_back_unless_they_were_used_and_after_a_merge_too(
    office: Office, members: list[UUID], db: Database, superuser: Superuser
) -> None:
    await publish_template(db)
    gift = {"kind": "coupons", "template": "ten", "copies": 2}
    grant = await office.make(members[:3], gift=gift)
    assert (grant["preview"]["total"], grant["preview"]["cost_fen"]) == (6, 6000)
    await office.start(grant)
    assert (await office.work(grant))["given"] == 6
    held = superuser.execute(
        "SELECT member_id, coupon_id FROM coupons.coupon WHERE state = 'issued' ORDER BY member_id, coupon_id"
    ).fetchall()
    assert [row[0] for row in held] == [member for member in members[:3] for _ in range(2)]
    async with db.transaction() as tx:
        await coupons.void(tx, *held[0])
    superuser.execute("UPDATE members.member SET merged_into = %s WHERE member_id = %s", (members[3], members[1]))
    superuser.execute("UPDATE coupons.coupon SET member_id = %s WHERE member_id = %s", (members[3], members[1]))
    superuser.execute("UPDATE coupons.member_issued SET member_id = %s WHERE member_id = %s", (members[3], members[1]))
    async with db.transaction() as tx:
        [used] = [copy for member, copy in held if member == members[2]][:1]
        order = new_id()
        await coupons.hold(tx, members[2], [used], order)
        await coupons.use(tx, members[2], order)
    undone = await office.undo(grant)
    assert undone["taken"] == 4
    assert [(row["member_id"], row["rest"]) for row in await office.rows(grant, "rest")] == [
        (str(members[0]), "voided"),
        (str(members[2]), "used"),
    ]
    assert superuser.execute("SELECT count(*) FROM coupons.coupon WHERE state = 'issued'").fetchone() == (0,)
    async with db.transaction() as tx:
        await coupons.give_back(tx, members[2], order, [used])  # no order of the shop's used it
    superuser.execute("UPDATE members.member SET merged_into = NULL")


async def test_a_benefit_ends_and_what_was_used_of_it_is_listed(
    office: Office, members: list[UUID], db: Database, superuser: Superuser
) -> None:
    await publish_benefit(db)
    grant = await office.given(members=members[:2], gift={"kind": "benefit", "benefit": "delivery"})
    assert grant["given"] == 2
    sources = superuser.execute("SELECT DISTINCT source, quota FROM benefits.entitlement").fetchall()
    assert sources == [(f"grant:{grant['grant_id']}", 2)]
    superuser.execute("UPDATE benefits.entitlement SET used = 1 WHERE member_id = %s", (members[0],))
    undone = await office.undo(grant)
    assert undone["taken"] == 1
    assert [(row["member_id"], row["rest"]) for row in await office.rows(grant, "rest")] == [(str(members[0]), "used")]
    assert superuser.execute("SELECT count(*) FROM benefits.entitlement WHERE state = 'active'").fetchone() == (0,)


async def test_a_tier_is_given_for_its_time_and_ended(
    office: Office, members: list[UUID], db: Database, clock: SettableClock
) -> None:
    """The first has a higher one already."""

    async def tiers_of() -> list[str]:
        async with db.transaction(read_only=True) as tx:
            return [(await tiers.progress(tx, member)).tier.code for member in members[:3]]

    higher = await office.given(members=members[:1], gift={"kind": "tier", "tier": "diamond", "until": "2026-12-31"})
    assert (higher["granted"], await tiers_of()) == (1, ["diamond", "bronze", "bronze"])
    grant = await office.given(members=members[:3], gift={"kind": "tier", "tier": "gold", "until": "2026-06-30"})
    assert (grant["granted"], grant["failed"], grant["listed"]) == (2, 1, 3)
    assert [(row["member_id"], row["reason"]) for row in await office.rows(grant, "failed")] == [
        (str(members[0]), "tier_held")
    ]
    assert await tiers_of() == ["diamond", "gold", "gold"]
    undone = await office.undo(grant)
    assert (undone["taken"], await tiers_of()) == (2, ["diamond", "bronze", "bronze"])
    clock.advance(timedelta(days=400))
    late = await office.undo(higher)
    assert late["taken"] == 0
    assert [row["rest"] for row in await office.rows(higher, "rest")] == ["expired"]


async def test_what_is_not_in_force_cannot_be_given(office: Office, members: list[UUID]) -> None:
    tier = {"kind": "tier", "tier": "bronze", "until": "2026-12-31"}  # which everybody has
    for gift in ({"kind": "coupons", "template": "ten"}, {"kind": "benefit", "benefit": "delivery"}, tier):
        refused = await office.make(members, 409, gift=gift)
        assert refused["code"] == "grant_gift_unknown"


async def test_what_another_module_refuses_fails_by_row(
    office: Office, members: list[UUID], db: Database, clock: SettableClock
) -> None:
    await publish_template(db, days=None, until=clock.now().date().isoformat())
    grant = await office.make(members, gift={"kind": "coupons", "template": "ten"})
    await office.start(grant)
    clock.advance(timedelta(days=2))
    done = await office.work(grant)
    assert (done["granted"], done["failed"], done["listed"], done["kept"]) == (0, 8, 8, 0)
    assert {row["reason"] for row in await office.rows(grant, "failed")} == {"coupon_template_over"}
