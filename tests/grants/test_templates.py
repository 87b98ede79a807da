"""Grants of coupon templates: copies with all that a template says, under its limits and never over (CPN-02)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.coupons.model import CouponNotOffered
from huixiang.coupons.routes.published import ROUTES
from huixiang.coupons.service import many
from huixiang.coupons.service.issuing import issue
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.stock.model import Holder
from tests.coupons.ground import publish_template
from tests.grants.office import Office
from tests.support.http_client import client_of

pytestmark = [pytest.mark.requirement("CPN-02"), pytest.mark.usefixtures("lawful")]
Superuser = psycopg.Connection[Any]
TEN = {"kind": "coupons", "template": "ten", "copies": 1}
LEFT = "SELECT kind, remaining FROM stock.stock_facts ORDER BY kind"


async def have(db: Database, member: UUID, copies: int) -> None:
    for _ in range(copies):
        async with db.transaction() as tx:
            await issue(tx, member, "ten", new_id(), "test")


def excluded(grant: dict[str, Any]) -> dict[str, int]:
    return {one["reason"]: one["members"] for one in grant["preview"]["excluded"]}


async def reasons(office: Office, grant: dict[str, Any]) -> list[str]:
    return [row["reason"] for row in await office.rows(grant, "failed")]


async def test_a_copy_is_what_its_template_says(
    office: Office, members: list[UUID], db: Database, clock: SettableClock, superuser: Superuser
) -> None:
    version = await publish_template(db, days=5, remind_days=2, returned_days=9, per_member=2)
    done = await office.given(members=members[:1], gift=TEN | {"copies": 2})
    assert (done["state"], done["granted"], done["given"]) == ("done", 1, 2)
    calendar = BusinessCalendar("Asia/Shanghai")
    end = calendar.start_of(calendar.day(clock.now()) + timedelta(days=6))
    said = "template, template_version, expires_at, remind_at, returned_days, state, changes"
    rows = superuser.execute(f"SELECT {said} FROM coupons.coupon".encode()).fetchall()  # noqa: S608 - columns
    assert rows == [("ten", version, end, end - timedelta(days=2), 9, "issued", 1)] * 2
    log = "SELECT seq, what, cause, expires_at FROM coupons.coupon_change"
    assert superuser.execute(log).fetchall() == [(1, "issued", "grant", end)] * 2
    told = "SELECT count(*) FROM platform.outbox WHERE events::text LIKE '%coupons.changed.v1%'"
    assert superuser.execute(told).fetchone() != (0,)
    assert superuser.execute("SELECT issued FROM coupons.member_issued").fetchall() == [(2,)]


async def test_the_preview_says_what_it_costs_at_most_and_whom_limits_refuse(
    office: Office, members: list[UUID], db: Database
) -> None:
    """Of eight one has all that a member may have; there are copies for three of the rest."""
    await publish_template(db, per_member=2, total=9)
    await have(db, members[0], 1)
    async with db.transaction() as tx:
        assert await many.keep(tx, Holder("grant", new_id()), "ten", 3) == 3
    grant = await office.make(members, gift=TEN | {"copies": 2})
    assert excluded(grant) == {"coupon_limit_reached": 1, "stock_exhausted": 4}
    assert (grant["preview"]["planned"], grant["preview"]["total"]) == (3, 6)
    assert grant["preview"]["cost_fen"] == 6 * 1000, "what the rule takes off"
    await publish_template(db, per_member=2, total=100, worth_fen=700)
    grant = await office.make(members, gift=TEN | {"copies": 2})
    assert (excluded(grant), grant["preview"]["cost_fen"]) == ({"coupon_limit_reached": 1}, 14 * 700)


async def test_never_more_than_there_are_and_what_is_not_given_goes_back(
    office: Office, members: list[UUID], db: Database, superuser: Superuser
) -> None:
    """Six copies and their money for eight members; one of them has all they may have by the time that it is given."""
    await publish_template(db, per_member=1, total=8, worth_fen=1000, budget_fen=8000)
    grant = await office.make(members, gift=TEN)
    assert grant["preview"]["planned"] == 8
    async with db.transaction() as tx:
        assert await many.keep(tx, Holder("grant", new_id()), "ten", 2) == 2
    await have(db, members[2], 1)
    await office.start(grant)
    kept = await office.work(grant, 1)
    assert (kept["kept"], kept["given"]) == (6, 0)
    assert superuser.execute(LEFT).fetchall() == [("budget", 0), ("coupon_template", 0)]
    done = await office.work(grant)
    assert (done["granted"], done["failed"], done["given"]) == (6, 2, 6)
    assert await reasons(office, grant) == ["coupon_limit_reached", "stock_exhausted"]
    late = await office.make(members[:2], gift=TEN)
    assert excluded(late) == {"coupon_limit_reached": 2}


async def test_a_stopped_grant_leaves_what_it_kept(
    office: Office, members: list[UUID], db: Database, superuser: Superuser
) -> None:
    await publish_template(db, total=20)
    grant = await office.make(members, gift=TEN)
    await office.start(grant)
    await office.work(grant, 1)
    assert superuser.execute(LEFT).fetchall() == [("coupon_template", 12)]
    await office.verb(grant, "stop")
    stopped = await office.work(grant)
    assert (stopped["state"], stopped["skipped"], stopped["given"]) == ("stopped", 8, 0)
    assert superuser.execute(LEFT).fetchall() == [("coupon_template", 20)]


async def test_staff_choose_from_what_may_be_given(db: Database) -> None:
    """By name, with what is left; not what members can only claim, and not what is over."""
    await publish_template(db, per_member=2, total=9)
    await publish_template(db, "claimed", grant=False, claim={})
    await publish_template(db, "open", days=None, until="2026-12-31")
    async with db.transaction() as tx:
        assert await many.keep(tx, Holder("grant", new_id()), "ten", 4) == 4
    async with client_of(db, ROUTES, "coupons:read") as clerk:
        query = {"granted": "true", "limit": "1"}
        first = (await clerk.get("/api/console/v1/coupons/published", params=query)).json()
        rest = (
            await clerk.get(
                "/api/console/v1/coupons/published", params=query | {"cursor": first["next_cursor"], "limit": "9"}
            )
        ).json()
    found = [*first["items"], *rest["items"]]
    assert [(one["template"], one["left"], one["per_member"], one["until"]) for one in found] == [
        ("open", None, None, "2026-12-31"),
        ("ten", 5, 2, None),
    ]
    assert (found[1]["name"]["zh"], rest["next_cursor"]) == ("立减十元", None)


async def test_a_template_that_is_not_granted_or_not_there_is_refused(
    office: Office, members: list[UUID], db: Database
) -> None:
    assert (await office.make(members, 409, gift=TEN))["code"] == "grant_gift_unknown"
    await publish_template(db, grant=False, claim={})
    assert (await office.make(members, 409, gift=TEN))["code"] == CouponNotOffered.code
