"""Ten thousand claim a hundred copies, from two processes over 64 connections (CPN-04). Over HTTP fewer do, and
processes are killed: `test_claim_rush`."""

from __future__ import annotations

import pytest

from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from tests.concurrency.stock_processes import COUPONS, rush
from tests.coupons.ground import breaches, publish_template
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-04")

CONNECTIONS = 64
PEOPLE = 10_000
MEMBERS = 2_000  # each of whom claims five times at once, and may have one


async def ready(db: Database, total: int, members: int) -> None:
    await load_programme(db)
    await register_members(db, members)
    await publish_template(db, claim={}, total=total, per_member=1)


async def copies(db: Database) -> tuple[int, int]:
    """How many there are, and how many members have one."""
    async with db.transaction(read_only=True) as tx:
        row = await tx.fetchrow("SELECT count(*) AS copies, count(DISTINCT member_id) AS members FROM coupons.coupon")
    assert row is not None
    return row["copies"], row["members"]


async def test_a_hundred_copies_go_to_a_hundred_of_ten_thousand_claims(db: Database, database_url: str) -> None:
    await ready(db, 100, MEMBERS)
    said = await rush(database_url, "", CONNECTIONS, PEOPLE, "ten", MEMBERS, worker=COUPONS)
    answers = said.counted
    assert answers["issued"] == 100
    assert answers.keys() <= {"issued", "stock_exhausted", "coupon_limit_reached"}
    assert answers.total() == PEOPLE
    await Relay(db, SUBSCRIPTIONS).drain()
    assert await copies(db) == (100, 100)
    assert await breaches(db) == []
