"""The order in which a member gets messages, and an outage of a provider in the middle."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from uuid import UUID

import pytest

from huixiang.entry.messaging import providers
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.messaging import rules
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import MessageClass, MessageState, NewMessage, Receipt
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from tests.messaging.doubles import Providers
from tests.messaging.post import CODE, OFFER, like, send
from tests.messaging.test_delivery import PUSH, WEBHOOK, WECOM_USER, state


def numbered(message: NewMessage, n: int) -> NewMessage:
    return like(message, key=f"n-{n}", text=f"第 {n} 条")


def until_taken(outside: Providers, count: int) -> None:
    deadline = time.monotonic() + 10
    while len(outside.taken("webhook")) < count:
        assert time.monotonic() < deadline, "it was not taken"
        time.sleep(0.02)


def texts(taken: list[dict[str, object]]) -> list[str]:
    return [str(one["text"]["content"] if isinstance(one["text"], dict) else one["text"]) for one in taken]


@pytest.mark.requirement("CMP-03")
@pytest.mark.parametrize(("provider", "message"), [("push", PUSH), ("webhook", WEBHOOK), ("wecom", WECOM_USER)])
async def test_what_follows_does_not_overtake_what_is_tried_again_or_asked_for(
    db: Database,
    delivering: Deliverer,
    outside: Providers,
    member: UUID,
    clock: SettableClock,
    provider: str,
    message: NewMessage,
) -> None:
    refused = {"errcode": 45009} if provider == "wecom" else {"status": 429}
    outside.will(provider, refused, {"kind": "drop"})
    receipts = [await send(db, member, numbered(message, n)) for n in range(3)]
    other = await send(db, new_id(), message)
    assert await delivering.deliver_due() == 2  # the first, and the other member's, who waits for nobody
    for _ in range(8):
        clock.advance(timedelta(minutes=3))
        await delivering.deliver_due()
    assert [await state(db, one) for one in (*receipts, other)] == [MessageState.SENT] * 4
    mine = [text for text in texts(outside.taken(provider)) if text != message.text]
    assert mine == ["第 0 条", "第 1 条", "第 2 条"]


async def test_a_code_waits_for_nothing_and_a_notice_not_for_marketing(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock
) -> None:
    outside.will("smtp", {"rcpt": 451})
    outside.will("aliyun", {"code": "isv.BUSINESS_LIMIT_CONTROL"})
    waiting = [await send(db, member, OFFER), await send(db, member, CODE)]
    await delivering.deliver_due()
    notice = like(OFFER, key="notice", message_class=MessageClass.SERVICE, can_wait=True)
    code = like(CODE, key="code-2", expires_at=clock.now() + timedelta(minutes=5))
    assert await delivering.deliver_due() == 0
    sent = [await send(db, member, notice), await send(db, member, code)]
    follower = await send(db, member, like(CODE, key="code-3"))
    await delivering.deliver_due()
    assert [await state(db, one) for one in sent] == [MessageState.SENT] * 2
    assert [await state(db, one) for one in (*waiting, follower)] == [MessageState.QUEUED] * 3


async def test_one_that_nobody_can_tell_of_holds_back_others_for_an_hour_and_no_longer(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock
) -> None:
    outside.will("push", {"kind": "lose"})
    outside.will("push_ask", *[{"status": 500}] * 20)
    lost, follower = await send(db, member, PUSH), await send(db, member, like(PUSH, key="second"))
    began = clock.now()
    while clock.now() - began < rules.ORDER_KEPT:
        await delivering.deliver_due()
        assert await state(db, follower) is MessageState.QUEUED
        clock.advance(timedelta(minutes=5))
    clock.advance(timedelta(hours=1))
    await delivering.deliver_due()
    assert (await state(db, lost), await state(db, follower)) == (MessageState.UNKNOWN, MessageState.SENT)


@pytest.mark.requirement("CMP-03")
async def test_a_provider_that_is_killed_in_the_middle_costs_and_doubles_nothing(
    db: Database,
    delivering: Deliverer,
    outside: Providers,
    led_out: Settings,
    clock: SettableClock,
) -> None:
    """Killed with requests under way, gone for ten minutes while more is sent, back with the books it had."""
    members = [new_id() for _ in range(4)]
    receipts: list[Receipt] = []

    async def send_all(numbers: range) -> None:
        receipts.extend([await send(db, one, numbered(WEBHOOK, n)) for n in numbers for one in members])

    await send_all(range(2))
    outside.will("webhook", {}, {}, *[{"kind": "delay", "seconds": 30}] * 2)
    under_way = asyncio.create_task(delivering.deliver_due())
    await asyncio.to_thread(until_taken, outside, 4)
    await asyncio.to_thread(outside.kill)
    await under_way
    await send_all(range(2, 4))
    for _ in range(5):
        clock.advance(timedelta(minutes=2))
        await delivering.deliver_due()
    assert MessageState.FAILED not in {await state(db, one) for one in receipts}

    await asyncio.to_thread(outside.revive)
    other = Deliverer(db, providers(led_out, db))
    for _ in range(30):
        clock.advance(timedelta(minutes=3))
        await asyncio.gather(delivering.deliver_due(), other.deliver_due())
    await other.close()
    taken = outside.taken("webhook")
    assert {await state(db, one) for one in receipts} == {MessageState.SENT}
    assert sorted(one["id"] for one in taken) == sorted(str(one.message_id) for one in receipts)
    for one in members:
        assert [each["text"] for each in taken if each["member_id"] == str(one)] == [f"第 {n} 条" for n in range(4)]
