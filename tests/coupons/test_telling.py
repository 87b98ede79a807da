"""What becomes of copies is announced once, and can be told outside (CPN-03, INT-02)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from huixiang.coupons import service as coupons
from huixiang.coupons.events import CouponChanged
from huixiang.coupons.model import NewCoupon
from huixiang.coupons.service.many import issue_many
from huixiang.entry.webhooks import TOLD
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import Relay
from tests.coupons.ground import publish_template
from tests.support.programme import load_programme, register_members

pytestmark = [pytest.mark.requirement("CPN-03"), pytest.mark.requirement("INT-02")]


async def heard(db: Database) -> list[CouponChanged]:
    """What was announced and not heard before."""
    told: list[CouponChanged] = []

    async def hear(_tx: Transaction, events: Sequence[Event]) -> None:
        told.extend(event for event in events if isinstance(event, CouponChanged))

    await Relay(db, [Subscription("tests.hear", (CouponChanged,), hear)]).drain()
    return told


async def test_each_change_that_members_see_is_announced_once(db: Database, clock: SettableClock) -> None:
    await load_programme(db)
    [member] = await register_members(db, 1)
    await publish_template(db, days=7)
    copy, order = new_id(), new_id()

    async def do(verb: Any, *arguments: Any) -> Any:
        async with db.transaction() as tx:
            return await verb(tx, member, *arguments)

    async def said() -> list[tuple[Any, ...]]:
        return [(one.what, one.state, one.order_id, one.template) for one in await heard(db)]

    for _ in range(2):
        await do(coupons.issue, "ten", copy, "test")
    assert await said() == [("issued", "issued", None, "ten")]
    await do(coupons.hold, [copy], order)
    assert await said() == []
    for _ in range(2):
        await do(coupons.use, order)
    assert await said() == [("used", "used", order, "ten")]
    for _ in range(2):
        await do(coupons.give_back, order, [copy])
    assert await said() == [("returned", "issued", order, "ten")]
    for _ in range(2):
        await do(coupons.void, copy)
    assert await said() == [("voided", "voided", None, "ten")]
    bare = await do(coupons.grant, NewCoupon(rule="ten", expires_at=clock.now() + timedelta(days=1)))
    clock.advance(timedelta(days=2))
    async with db.transaction() as tx:
        assert await coupons.expire_due(tx, 10) == 1
    last = await heard(db)
    assert [(one.member_id, one.coupon_id, one.what, one.state, one.template) for one in last] == [
        (member, bare.coupon_id, "issued", "issued", None),
        (member, bare.coupon_id, "expired", "expired", None),
    ]
    assert last[0].expires_at == bare.expires_at


async def test_many_copies_given_and_undone_are_announced_each(db: Database) -> None:
    await load_programme(db)
    await publish_template(db)
    members = await register_members(db, 3)
    copies = [(member, new_id()) for member in members]
    async with db.transaction() as tx:
        assert await issue_many(tx, "ten", copies, "grant") == {}
    async with db.transaction() as tx:
        assert await coupons.void_many(tx, copies) == {}
    told = [(one.what, one.member_id, one.coupon_id) for one in await heard(db)]
    assert sorted(told) == sorted((what, *copy) for what in ("issued", "voided") for copy in copies)


def test_what_members_see_of_coupons_can_be_told_outside() -> None:
    assert CouponChanged in TOLD
