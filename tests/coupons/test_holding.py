"""What orders do with copies: hold, use, release, give back, each with its row in the log (CPN-03, CHK-05)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from huixiang.coupons import service as coupons
from huixiang.coupons.model import CouponStateFixed, Holding, NewCoupon
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-03")
Superuser = psycopg.Connection[Any]


@pytest_asyncio.fixture
async def member(db: Database) -> UUID:
    await load_programme(db)
    return (await register_members(db, 1))[0]


async def given(db: Database, member: UUID, days: int | None = None) -> UUID:
    async with db.transaction() as tx:
        end = None if days is None else tx.now + timedelta(days=days)
        return (await coupons.grant(tx, member, NewCoupon(rule="ten", expires_at=end))).coupon_id


async def do(db: Database, verb: Any, *arguments: Any) -> Any:
    async with db.transaction() as tx:
        return await verb(tx, *arguments)


def log(superuser: Superuser, copy: UUID) -> list[tuple[str, str]]:
    return superuser.execute(
        "SELECT what, state FROM coupons.coupon_change WHERE coupon_id = %s ORDER BY seq", (copy,)
    ).fetchall()


async def test_a_copy_is_held_used_and_given_back_once(db: Database, member: UUID, superuser: Superuser) -> None:
    copy, order = await given(db, member), new_id()
    held = await do(db, coupons.hold, member, [copy], order)
    assert (held.held, held.refused) == ((copy,), {})
    assert await do(db, coupons.hold, member, [copy], order) == held
    assert (await do(db, coupons.hold, member, [copy], new_id())).refused == {copy: "held"}
    assert (await do(db, coupons.give_back, member, order, [copy])) == []
    assert await do(db, coupons.use, member, order) == [copy]
    assert await do(db, coupons.use, member, order) == []
    assert await do(db, coupons.release, member, order) == []
    assert (await do(db, coupons.hold, member, [copy], order)).refused == {copy: "used"}
    assert await do(db, coupons.give_back, member, new_id(), [copy]) == []
    back = await do(db, coupons.give_back, member, order, [copy])
    assert [(one.coupon_id, one.state, one.order_id, one.expires_at) for one in back] == [(copy, "issued", None, None)]
    assert await do(db, coupons.give_back, member, order, [copy]) == []
    assert log(superuser, copy) == [("issued", "issued"), ("held", "held"), ("used", "used"), ("returned", "issued")]


async def test_every_reason_is_told_and_the_rest_is_held(db: Database, member: UUID, clock: SettableClock) -> None:
    good, voided, short = await given(db, member), await given(db, member), await given(db, member, days=1)
    await do(db, coupons.void, member, voided)
    clock.advance(timedelta(days=1))
    unknown = new_id()
    held = await do(db, coupons.hold, member, [short, unknown, good, voided], new_id())
    assert held.held == (good,)
    assert held.refused == {short: "expired", unknown: "unknown", voided: "voided"}
    assert await do(db, coupons.hold, member, [], new_id()) == Holding((), {})


@pytest.mark.requirement("CHK-05")
@pytest.mark.parametrize(("days", "left"), [(10, 8), (4, 3), (2, 3), (1, 3)])
async def test_what_comes_back_has_three_days_left_at_least(
    db: Database, member: UUID, clock: SettableClock, days: int, left: int
) -> None:
    """Released two days after it was given; its end came nearer, or passed, while it was held."""
    copy, order = await given(db, member, days), new_id()
    await do(db, coupons.hold, member, [copy], order)
    clock.advance(timedelta(days=2))
    (back,) = await do(db, coupons.release, member, order)
    assert (back.state, back.expires_at) == ("issued", clock.now() + timedelta(days=left))
    assert await do(db, coupons.release, member, order) == []


async def test_what_an_order_has_cannot_be_voided(db: Database, member: UUID) -> None:
    copy, order = await given(db, member), new_id()
    await do(db, coupons.hold, member, [copy], order)
    with pytest.raises(CouponStateFixed):
        await do(db, coupons.void, member, copy)
    async with db.transaction() as tx:
        assert await coupons.void_many(tx, [(member, copy)]) == {copy: "held"}
    await do(db, coupons.release, member, order)
    assert (await do(db, coupons.void, member, copy)).state == "voided"
    assert (await do(db, coupons.void, member, copy)).state == "voided"
