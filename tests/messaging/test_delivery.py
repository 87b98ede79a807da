"""Delivery through the real adapters to providers in a process of their own, which lose, delay, double and refuse."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from huixiang.entry.messaging import providers
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.messaging import service
from huixiang.messaging.jobs import AT_ONCE, Deliverer
from huixiang.messaging.model import Channel, MessageClass, MessageState, NewMessage, Receipt
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from tests.messaging.doubles import Providers
from tests.messaging.post import CODE, OFFER, like, proof, send

WECHAT = like(CODE, channel=Channel.WECHAT_TEMPLATE, address="oABCD1234567")
EMAIL = like(CODE, channel=Channel.EMAIL, address="li@example.com", title="验证码")
PUSH = like(CODE, channel=Channel.PUSH, address="device-token-1")
WECOM_USER = like(CODE, channel=Channel.WECOM, address="user:ZhangSan")
WECOM_CUSTOMER = like(CODE, channel=Channel.WECOM, address="external:wmAAAAAAAAAA")
WEBHOOK = like(CODE, channel=Channel.WEBHOOK, address="crm")
BY_SERVICE: Mapping[str, NewMessage] = {
    "aliyun": CODE,
    "wechat": WECHAT,
    "wecom": WECOM_USER,
    "smtp": EMAIL,
    "push": PUSH,
    "webhook": WEBHOOK,
}
CHANNELS = pytest.mark.parametrize(("service", "message"), BY_SERVICE.items())
TELLING = pytest.mark.parametrize("service", ["aliyun", "wechat", "wecom", "push", "webhook"])
LATER = timedelta(minutes=3)


async def steps(db: Database, receipt: Receipt) -> list[tuple[str, str, str | None]]:
    return [(one.action, one.outcome, one.reason) for one in (await proof(db, receipt)).evidence]


async def state(db: Database, receipt: Receipt) -> MessageState:
    return (await proof(db, receipt)).message.state


@pytest.mark.requirement("CMP-04")
@CHANNELS
async def test_a_message_reaches_its_provider_under_its_stable_id(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, service: str, message: NewMessage
) -> None:
    receipt = await send(db, member, message)
    await delivering.deliver_due()
    (taken,) = outside.taken(service)
    stable = receipt.message_id
    by_service: dict[str, dict[str, object]] = {
        "aliyun": {"OutId": stable.hex, "PhoneNumbers": "13800000001", "TemplateCode": "SMS_1000", "SignName": "惠象"},
        "wechat": {"client_msg_id": stable.hex, "touser": "oABCD1234567", "data": {"code": {"value": "284915"}}},
        "wecom": {"touser": "ZhangSan", "agentid": 1000002, "msgtype": "text", "text": {"content": CODE.text}},
        "webhook": {"id": str(stable), "member_id": str(member), "text": CODE.text, "values": {"code": "284915"}},
        "smtp": {"to": ["li@example.com"], "text": CODE.text + "\r\n"},
        "push": {"id": str(stable), "device": "device-token-1", "text": CODE.text, "class": "service"},
    }
    expected = by_service[service]
    assert {name: taken[name] for name in expected} == expected
    if service == "smtp":
        assert ["Message-ID", f"<{stable}@huixiang.example>"] in taken["headers"]
        assert ["Subject", "验证码"] in taken["headers"]
    if service == "aliyun":
        assert msgspec.json.decode(taken["TemplateParam"]) == {"code": "284915"}
    assert await state(db, receipt) is MessageState.SENT
    assert [step[:2] for step in await steps(db, receipt)] == [("send", "taken")]


@pytest.mark.requirement("CMP-03")
@TELLING
async def test_an_answer_that_is_lost_is_asked_for_and_nothing_is_sent_twice(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock, service: str
) -> None:
    outside.will(service, {"kind": "drop"})
    receipt = await send(db, member, BY_SERVICE[service])
    await delivering.deliver_due()
    assert await state(db, receipt) is MessageState.UNKNOWN
    clock.advance(LATER)
    await delivering.deliver_due()
    assert await state(db, receipt) is MessageState.SENT
    assert [step[:2] for step in await steps(db, receipt)] == [("send", "unknown"), ("ask", "taken")]
    assert len(outside.taken(service)) == 1


@pytest.mark.requirement("CMP-03")
@pytest.mark.parametrize("service", ["aliyun", "push", "webhook"])
async def test_what_the_provider_never_had_is_sent_again(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock, service: str
) -> None:
    outside.will(service, {"kind": "lose"})
    receipt = await send(db, member, BY_SERVICE[service])
    await delivering.deliver_due()
    # Asked soon after, a provider may only not have come to it yet: its "never had it" is not believed.
    clock.advance(timedelta(seconds=20))
    await delivering.deliver_due()
    assert (await state(db, receipt), outside.taken(service)) == (MessageState.UNKNOWN, [])
    clock.advance(LATER)
    await delivering.deliver_due()
    assert await state(db, receipt) is MessageState.SENT
    assert [one[:2] for one in await steps(db, receipt)] == [
        ("send", "unknown"),
        ("ask", "not_taken"),
        ("ask", "not_taken"),
        ("send", "taken"),
    ]
    assert len(outside.taken(service)) == 1


@pytest.mark.requirement("CMP-03", "CMP-11")
async def test_where_nobody_can_tell_a_notice_is_sent_again_and_marketing_is_not(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock
) -> None:
    outside.will("smtp", {"kind": "drop"}, {"kind": "drop"})
    notice, offer = await send(db, member, EMAIL), await send(db, member, OFFER)
    for _ in range(4):
        await delivering.deliver_due()
        clock.advance(LATER)
    copies = [dict(one["headers"])["Message-ID"] for one in outside.taken("smtp")]
    assert (await state(db, notice), await state(db, offer)) == (MessageState.SENT, MessageState.UNKNOWN)
    assert sorted(copies) == sorted(
        [f"<{notice.message_id}@huixiang.example>"] * 2 + [f"<{offer.message_id}@huixiang.example>"]
    )
    assert (await proof(db, offer)).message.due_at is None


async def test_wechat_is_not_asked_after_what_it_remembers(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock
) -> None:
    outside.will("wechat", {"kind": "drop"})
    receipt = await send(db, member, like(WECHAT, message_class=OFFER.message_class))
    await delivering.deliver_due()
    clock.advance(timedelta(minutes=11))
    await delivering.deliver_due()
    assert [one[:2] for one in await steps(db, receipt)] == [("send", "unknown"), ("ask", "untellable")]
    assert (await state(db, receipt), outside.requests("wechat")) == (MessageState.UNKNOWN, 1)


@pytest.mark.parametrize(
    ("service", "fault", "reason"),
    [
        ("aliyun", {"code": "isv.MOBILE_NUMBER_ILLEGAL"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ("aliyun", {"code": "isv.INVALID_PARAMETERS", "status": 400}, "isv.INVALID_PARAMETERS"),
        ("wechat", {"errcode": 43004}, "wechat_43004"),
        ("smtp", {"rcpt": 550}, "smtp_550"),
        ("smtp", {"data": 554}, "smtp_554"),
        ("push", {"status": 410}, "http_410"),
        ("wecom", {"errcode": 81013}, "wecom_81013"),
        ("wecom", {"errcode": 40003}, "wecom_40003"),
        ("wecom", {"invalid": True}, "wecom_invaliduser"),
        ("webhook", {"status": 410}, "http_410"),
    ],
)
async def test_a_refusal_is_final_and_says_why(
    db: Database,
    delivering: Deliverer,
    outside: Providers,
    member: UUID,
    service: str,
    fault: dict[str, object],
    reason: str,
) -> None:
    outside.will(service, fault)
    receipt = await send(db, member, BY_SERVICE[service])
    await delivering.deliver_due()
    found = (await proof(db, receipt)).message
    assert (found.state, found.reason, found.due_at) == (MessageState.FAILED, reason, None)


@pytest.mark.parametrize(
    ("service", "fault"),
    [
        ("aliyun", {"code": "isv.BUSINESS_LIMIT_CONTROL"}),
        ("aliyun", {"code": "Throttling.User", "status": 400}),
        ("wechat", {"errcode": 45009}),
        ("smtp", {"rcpt": 451}),
        ("smtp", {"mail": 421}),
        ("push", {"status": 429}),
        ("wecom", {"errcode": 45009}),
        ("wecom", {"errcode": 60020}),
        ("webhook", {"status": 429}),
        ("push", {"status": 302}),
    ],
)
async def test_what_was_certainly_not_taken_is_tried_again_later(
    db: Database,
    delivering: Deliverer,
    outside: Providers,
    member: UUID,
    clock: SettableClock,
    service: str,
    fault: dict[str, object],
) -> None:
    outside.will(service, fault)
    receipt = await send(db, member, BY_SERVICE[service])
    assert await delivering.deliver_due() == 1
    waiting = (await proof(db, receipt)).message
    assert (waiting.state, waiting.due_at) == (MessageState.QUEUED, clock.now() + timedelta(seconds=5))
    clock.advance(timedelta(seconds=5))
    await delivering.deliver_due()
    assert (await state(db, receipt), len(outside.taken(service))) == (MessageState.SENT, 1)
    assert outside.requests("/_elsewhere") == 0


@pytest.mark.parametrize(("service", "message"), [("aliyun", CODE), ("wecom", WECOM_USER), ("push", PUSH)])
async def test_a_server_failure_says_nothing(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, service: str, message: NewMessage
) -> None:
    outside.will(service, {"status": 503, "code": "ServiceUnavailable"})
    receipt = await send(db, member, message)
    await delivering.deliver_due()
    assert await state(db, receipt) is MessageState.UNKNOWN


async def test_an_expired_code_is_not_sent(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock
) -> None:
    receipt = await send(db, member, like(CODE, expires_at=clock.now() + timedelta(minutes=5), secret=True))
    clock.advance(timedelta(minutes=5))
    assert await delivering.deliver_due() == 0
    found = (await proof(db, receipt)).message
    assert (found.state, found.reason, found.address_masked) == (MessageState.FAILED, "expired", None)
    assert outside.requests("aliyun") == 0


async def test_retries_end(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock
) -> None:
    outside.will("push", *[{"status": 429}] * 20)
    receipt = await send(db, member, PUSH)
    for _ in range(20):
        await delivering.deliver_due()
        clock.advance(timedelta(hours=6))
    assert (await state(db, receipt), outside.requests("push")) == (MessageState.FAILED, 8)


async def test_an_incomplete_list_is_not_taken_for_never_had_it(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock
) -> None:
    outside.will("aliyun", {"kind": "drop"})
    outside.will("aliyun_ask", {"incomplete": True}, {"code": "isp.SYSTEM_ERROR"})
    receipt = await send(db, member, CODE)
    for _ in range(3):
        await delivering.deliver_due()
        clock.advance(timedelta(minutes=3))
    await delivering.deliver_due()
    assert [one[:2] for one in await steps(db, receipt)] == [
        ("send", "unknown"),
        ("ask", "unknown"),
        ("ask", "unknown"),
        ("ask", "taken"),
    ]
    assert len(outside.taken("aliyun")) == 1


async def test_a_wechat_token_that_went_stale_is_renewed_without_a_second_message(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID
) -> None:
    await send(db, member, WECHAT)
    await delivering.deliver_due()
    outside.will("wechat", {"renewed": True})
    receipt = await send(db, member, like(WECHAT, key="code-2"))
    await delivering.deliver_due()
    assert (await state(db, receipt), len(outside.taken("wechat")), outside.requests("wechat_token")) == (
        MessageState.SENT,
        2,
        2,
    )


async def test_of_two_workers_one_delivers_each_message(
    db: Database, delivering: Deliverer, outside: Providers, led_out: Settings
) -> None:
    other = Deliverer(db, providers(led_out, db))
    receipts = [await send(db, new_id(), PUSH) for _ in range(40)]
    await asyncio.gather(delivering.deliver_due(), other.deliver_due())
    await other.close()
    assert sorted(one["id"] for one in outside.taken("push")) == sorted(str(one.message_id) for one in receipts)


async def test_two_claims_at_once_share_what_is_due_and_wait_for_nobody(db: Database) -> None:
    for _ in range(6):
        await send(db, new_id(), PUSH)
    names, room = {Channel.PUSH: "push"}, {Channel.PUSH: 3}
    async with asyncio.timeout(5), db.transaction() as one, db.transaction() as other:
        first = await service.claim(one, urgent=True, room=room, providers=names)
        second = await service.claim(other, urgent=True, room=room, providers=names)
    assert (len(first), len({task.parcel.message_id for task in first + second})) == (3, 6)


async def test_a_slow_provider_does_not_hold_back_what_is_urgent(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID
) -> None:
    stop = asyncio.Event()
    outside.will("smtp", *[{"kind": "delay", "seconds": 2}] * AT_ONCE)
    for _ in range(AT_ONCE):
        await send(db, new_id(), like(OFFER, message_class=MessageClass.SERVICE, can_wait=True))
    running = asyncio.create_task(delivering.run(stop))
    await asyncio.sleep(0.5)
    code = await send(db, member, CODE)
    await asyncio.sleep(1)
    assert (await state(db, code), len(outside.taken("aliyun"))) == (MessageState.SENT, 1)
    stop.set()
    await running
    assert len(outside.taken("smtp")) == AT_ONCE
