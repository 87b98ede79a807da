"""What members are told of their coupons, in their inbox: what ends soon, a gift that came, one that came back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from huixiang.coupons import jobs
from huixiang.coupons import service as coupons
from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.coupons.routes import ROUTES as COUPONS
from huixiang.entry.messaging import providers
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.routes import ROUTES as MESSAGES
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.platform.settings import Settings
from huixiang.rulebook import service as rulebook
from tests.coupons.ground import publish_template
from tests.support.http_client import client_of
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-05", "CPN-03")
INBOX, GIFTS = "/api/member/v1/me/messages", "/api/member/v1/me/coupon-gifts"
SHANGHAI = ZoneInfo("Asia/Shanghai")
MIDNIGHT, MORNING = (0, 1), (9, 0)


@pytest_asyncio.fixture
async def people(db: Database) -> list[UUID]:
    await load_programme(db)
    return await register_members(db, 3)


@pytest.fixture
def deliverer(db: Database, tmp_path: Path) -> Deliverer:
    return Deliverer(db, providers(Settings(environment="test", home=tmp_path), db))


async def issue(db: Database, member: UUID, *templates: str) -> list[UUID]:
    made = [new_id() for _ in templates]
    async with db.transaction() as tx:
        for template, copy in zip(templates, made, strict=True):
            await coupons.issue(tx, member, template, copy, "test")
    return made


async def work(db: Database, copies: int = 500) -> None:
    """What the worker does every minute, chunk by chunk."""
    for _ in range(6):
        async with db.transaction() as tx:
            await jobs.end_chunk(tx, jobs.EndCoupons(copies=copies))
            await jobs.end_gifts_chunk(tx, jobs.EndGifts())
        await Relay(db, SUBSCRIPTIONS).drain()


async def inbox(db: Database, member: UUID) -> list[tuple[str, str]]:
    async with client_of(db, MESSAGES, member=member) as client:
        found = await client.get(INBOX)
        return [(one["template"], one["text"]) for one in found.json()["items"]]


def on(clock: SettableClock, day: int, hour: int, minute: int) -> None:
    """A time of day in March; the tests begin on the 18th."""
    clock.advance(datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI) - clock.now())


async def test_all_that_ends_on_a_day_is_one_message_in_the_morning(
    db: Database, people: list[UUID], clock: SettableClock, deliverer: Deliverer
) -> None:
    anna, ben, carl = people
    await publish_template(db, days=7, remind_days=2)
    await publish_template(db, "five", name={"zh": "五元", "en": "Five off"}, days=7, remind_days=2)
    await publish_template(db, "later", days=9, remind_days=2)
    await publish_template(db, "silent", days=7)
    await issue(db, anna, "ten", "later", "five", "ten", "silent")
    await issue(db, ben, "silent")
    await issue(db, carl, "five")
    on(clock, 24, *MIDNIGHT)
    await work(db, copies=1)
    assert await inbox(db, anna) == [], "it is night"
    on(clock, 24, *MORNING)
    await deliverer.deliver_due()
    text = "以下优惠券可用至 2026 年 3 月 25 日：立减十元（2 张）、五元。您可在“券包”中查看。"
    assert await inbox(db, anna) == [("coupons_end_soon", text)]
    assert (await inbox(db, ben), len(await inbox(db, carl))) == ([], 1)
    await work(db)
    on(clock, 26, 9, 30)
    await work(db)
    assert [text for _, text in await inbox(db, anna)] == [
        "以下优惠券可用至 2026 年 3 月 27 日：立减十元。您可在“券包”中查看。",
        text,
    ], "each coupon is in one message"


async def test_what_is_used_is_not_spoken_of_and_what_comes_back_is(
    db: Database, people: list[UUID], clock: SettableClock
) -> None:
    anna = people[0]
    await publish_template(db, days=7, remind_days=2)
    used, held = await issue(db, anna, "ten", "ten")
    order, other = new_id(), new_id()
    async with db.transaction() as tx:
        await coupons.hold(tx, anna, [used], order)
        await coupons.use(tx, anna, order)
        await coupons.hold(tx, anna, [held], other)
    on(clock, 24, 10, 0)
    await work(db)
    assert await inbox(db, anna) == []
    async with db.transaction() as tx:
        await coupons.release(tx, anna, other)
    await work(db)
    [(_, text)] = await inbox(db, anna)
    assert "立减十元。" in text


async def test_in_english_and_cut_to_what_the_template_has_room_for(
    db: Database, people: list[UUID], clock: SettableClock
) -> None:
    long = "Ten off\nfor everybody who likes very long names of coupons"
    await publish_template(db, name={"zh": "十元", "en": long}, days=7, remind_days=2)
    await issue(db, people[0], "ten", "ten", "ten")
    body: dict[str, Any] = {
        "name": {"zh": "到期", "en": "Ending"}, "message_class": "service", "channels": ["inbox"],
        "text": {"zh": "{count}{coupons}{day}", "en": "{count} end on {day}: {coupons}"},
        "variables": {
            "coupons": {"example": "Ten off", "at_most": 24}, "count": {"type": "number", "example": "3"},
            "day": {"type": "day", "example": "2026-04-01"},
        },
    }  # fmt: skip
    async with db.transaction() as tx:
        usual = {"name": {"zh": "一", "en": "1"}, "quiet_from": "21:00", "quiet_until": "09:00", "language": "en"}
        await rulebook.publish(tx, "messaging", "default", usual, tx.now, "test", "test")
        await rulebook.publish(tx, "message_template", "coupons_end_soon", body, tx.now, "test", "test")
    on(clock, 24, *MIDNIGHT)
    await work(db)
    assert await inbox(db, people[0]) == [("coupons_end_soon", "3 end on 25 March 2026: Ten off for everybody w…")], (
        "this template does not wait for the morning"
    )


async def test_a_gift_that_came_and_one_that_came_back(db: Database, people: list[UUID], clock: SettableClock) -> None:
    anna, ben, _ = people
    await publish_template(db, days=9, giftable=True)
    copies = await issue(db, anna, "ten", "ten", "ten")
    async with client_of(db, COUPONS, member=anna) as giver, client_of(db, COUPONS, member=ben) as receiver:
        made = []
        for copy in copies:
            path = f"/api/member/v1/me/coupons/{copy}/gift"
            made.append((await giver.post(path, headers={"Idempotency-Key": str(copy)})).json())
        taken = await receiver.post(
            f"{GIFTS}/take", json={"token": made[0]["token"]}, headers={"Idempotency-Key": "take"}
        )
        gift = made[1]["gift"]["gift_id"]
        withdrawn = await giver.post(f"{GIFTS}/{gift}/withdraw", headers={"Idempotency-Key": "withdraw"})
    assert (taken.status_code, withdrawn.status_code) == (202, 200)
    await work(db)
    arrived = ("coupon_gift_arrived", "赠送给您的“立减十元”已到账，可用至 2026 年 3 月 27 日。")
    assert (await inbox(db, anna), await inbox(db, ben)) == ([], [arrived]), "who took it back knows it"
    clock.advance(timedelta(days=3))
    await work(db)
    back = ("coupon_gift_returned", "您送出的“立减十元”没有送达，已退回给您，可用至 2026 年 3 月 27 日。")
    assert (await inbox(db, anna), await inbox(db, ben)) == ([back], [arrived])
