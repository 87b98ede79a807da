"""Receipts of providers: who may tell, what they change, in whatever order and however often they come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.entry.keys import use_keys
from huixiang.entry.messaging import use_messaging
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.messaging import service
from huixiang.messaging.adapters.envelope import Envelope, signature
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import MessageProof, MessageState, Receipt
from huixiang.messaging.model.receipts import CallbackRefused, Delivery
from huixiang.messaging.routes import ROUTES
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from tests.messaging.callbacks import finished, from_gateway, from_wechat, late, report, sealed
from tests.messaging.doubles import CALLBACK_TOKEN, REPORTS_TOKEN, Providers
from tests.messaging.post import CODE, like, proof, send
from tests.messaging.test_delivery import PUSH, WEBHOOK, WECHAT
from tests.support.http_client import client_of

AT = "/api/callbacks"
ALIYUN = f"{AT}/aliyun?token={REPORTS_TOKEN}"


@pytest_asyncio.fixture
async def client(db: Database, delivering: Deliverer) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ARG001 - channels first
    async with client_of(db, ROUTES) as made:
        yield made


def hold_to(settings: Settings, outside: Providers, network: str) -> None:
    """Let Aliyun call from one network alone."""
    said = outside.channels().replace("receipts_token", f'receipts_from = ["{network}"]\nreceipts_token')
    Path(str(settings.channels_file)).write_text(said, encoding="utf-8")


def known(found: MessageProof) -> tuple[MessageState, Delivery | None, str | None]:
    return found.message.state, found.message.delivery, found.message.delivery_code


@pytest.mark.requirement("CMP-11")
@pytest.mark.parametrize(
    ("success", "code", "delivery"),
    [(True, "DELIVERED", Delivery.DELIVERED), (False, "MK:0001", Delivery.UNDELIVERED)],
)
async def test_a_status_report_is_evidence_of_what_became_of_a_message(
    db: Database,
    delivering: Deliverer,
    client: httpx.AsyncClient,
    member: UUID,
    clock: SettableClock,
    success: bool,  # noqa: FBT001 - a cell
    code: str,
    delivery: Delivery,
) -> None:
    receipt = await send(db, member, CODE)
    await delivering.deliver_due()
    other_programs = report(receipt.message_id, clock.now()) | {"out_id": "order-7"}
    told = [other_programs, report(receipt.message_id, clock.now(), success=success, code=code)]
    for _ in range(3):
        answer = await client.post(ALIYUN, json=told)
        assert (answer.status_code, answer.json()["code"]) == (200, 0)
    found = await proof(db, receipt)
    assert known(found) == (MessageState.SENT, delivery, code)
    assert [(one.provider, one.state, one.code, one.occurred_at) for one in found.receipts] == [
        ("aliyun", delivery, code, clock.now())
    ]


async def test_receipts_count_by_when_they_happened_and_not_by_when_they_come(
    db: Database, delivering: Deliverer, client: httpx.AsyncClient, member: UUID, clock: SettableClock
) -> None:
    receipt = await send(db, member, CODE)
    await delivering.deliver_due()
    delivered = report(receipt.message_id, clock.now() + timedelta(seconds=9))
    before = report(receipt.message_id, clock.now() + timedelta(seconds=2), success=False, code="BUSY")
    await client.post(ALIYUN, json=[delivered])
    await client.post(ALIYUN, json=[before])
    found = await proof(db, receipt)
    assert known(found) == (MessageState.SENT, Delivery.DELIVERED, "DELIVERED")
    assert [one.code for one in found.receipts] == ["BUSY", "DELIVERED"]


@pytest.mark.requirement("CMP-03")
@pytest.mark.parametrize(
    "case",
    [
        ({"kind": "drop"}, True, MessageState.SENT),  # nobody knew
        ({"kind": "drop"}, False, MessageState.FAILED),
        ({"code": "isv.BUSINESS_LIMIT_CONTROL"}, True, MessageState.SENT),  # was to be sent again
    ],
)
async def test_a_receipt_settles_what_nobody_knew_and_nothing_is_sent_again(
    db: Database,
    delivering: Deliverer,
    client: httpx.AsyncClient,
    outside: Providers,
    member: UUID,
    clock: SettableClock,
    case: tuple[dict[str, Any], bool, MessageState],
) -> None:
    fault, success, state = case
    outside.will("aliyun", fault)
    receipt = await send(db, member, like(CODE, secret=True))
    await delivering.deliver_due()
    await client.post(ALIYUN, json=[report(receipt.message_id, clock.now(), success=success, code="X")])
    found = (await proof(db, receipt)).message
    assert (found.state, found.due_at, found.address_masked) == (state, None, None)
    clock.advance(timedelta(hours=1))
    assert await delivering.deliver_due() == 0
    assert (outside.requests("aliyun"), outside.requests("aliyun_ask")) == (1, 0)


async def test_of_what_a_provider_was_never_given_it_tells_nothing(
    db: Database, delivering: Deliverer, client: httpx.AsyncClient, member: UUID, clock: SettableClock
) -> None:
    unsent, pushed = await send(db, member, CODE), await send(db, member, like(PUSH, key="p"))
    clock.advance(timedelta(seconds=1))
    async with db.transaction() as tx:
        await service.claim(tx, urgent=True, room={PUSH.channel: 1}, providers={PUSH.channel: "push"})
    told = [report(one.message_id, clock.now()) for one in (unsent, pushed)]
    assert (await client.post(ALIYUN, json=[*told, report(new_id(), clock.now())])).status_code == 200
    assert known(await proof(db, unsent)) == (MessageState.QUEUED, None, None)
    assert known(await proof(db, pushed)) == (MessageState.SENDING, None, None)
    await delivering.deliver_due()
    assert (await proof(db, unsent)).message.state is MessageState.SENT


@pytest.mark.requirement("SEC-01")
async def test_who_does_not_know_the_secret_tells_nothing(client: httpx.AsyncClient, clock: SettableClock) -> None:
    told = [report(new_id(), clock.now())]
    for path in (
        f"{AT}/aliyun",
        f"{AT}/aliyun?token=",
        f"{AT}/aliyun?token={REPORTS_TOKEN[:-1]}",
        f"{AT}/nobody?token={REPORTS_TOKEN}",
        f"{AT}/webhook.erp",
    ):
        refused = await client.post(path, json=told)
        assert (refused.status_code, refused.json()["code"]) == (401, "callback_refused"), path
    assert (await client.get(ALIYUN)).status_code == 401
    large = await client.post(ALIYUN, content=b"[" + b" " * (256 << 10) + b"]")
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    for body in (b"", b"{}", b"[" * 2000, b'[{"success": 1}]', b"[" + b"{}," * 1000 + b"{}]"):
        assert (await client.post(ALIYUN, content=body)).status_code == 422, body[:20]


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize(("network", "status"), [("10.0.0.0/8", 401), ("127.0.0.0/8", 200)])
async def test_a_provider_may_be_held_to_its_networks(
    db: Database, led_out: Settings, outside: Providers, clock: SettableClock, network: str, status: int
) -> None:
    hold_to(led_out, outside, network)
    use_messaging(led_out, use_keys(led_out))
    async with client_of(db, ROUTES) as client:
        assert (await client.post(ALIYUN, json=[report(new_id(), clock.now())])).status_code == status


@pytest.mark.requirement("CMP-11")
@pytest.mark.parametrize(
    ("status", "delivery", "code"),
    [
        ("success", Delivery.DELIVERED, "success"),
        ("failed:user block", Delivery.UNDELIVERED, "failed:user_block"),
        ("failed: system failed", Delivery.UNDELIVERED, "failed:system_failed"),
    ],
)
async def test_wechat_tells_how_a_template_message_ended(
    db: Database,
    delivering: Deliverer,
    client: httpx.AsyncClient,
    member: UUID,
    clock: SettableClock,
    status: str,
    delivery: Delivery,
    code: str,
) -> None:
    receipt = await send(db, member, WECHAT)
    await delivering.deliver_due()
    msgid = (await proof(db, receipt)).message.provider_ref
    call = from_wechat(sealed(finished(str(msgid), status, clock.now())), clock.now())
    for _ in range(2):
        answer = await client.post(f"{AT}/wechat", **call)
        assert (answer.status_code, answer.text) == (200, "success")
    found = await proof(db, receipt)
    assert known(found) == (MessageState.SENT, delivery, code)
    assert len(found.receipts) == 1


async def test_a_receipt_that_comes_before_the_answer_waits_for_it(
    db: Database, delivering: Deliverer, client: httpx.AsyncClient, member: UUID, clock: SettableClock
) -> None:
    receipt = await send(db, member, WECHAT)
    await client.post(f"{AT}/wechat", **from_wechat(sealed(finished("1001", "success", clock.now())), clock.now()))
    assert known(await proof(db, receipt)) == (MessageState.QUEUED, None, None)
    await delivering.deliver_due()  # WeChat's answer: it is number 1001
    assert known(await proof(db, receipt)) == (MessageState.SENT, Delivery.DELIVERED, "success")
    await client.post(f"{AT}/wechat", **from_wechat(sealed(finished("77", "success", clock.now())), clock.now()))
    clock.advance(timedelta(days=1, seconds=1))
    async with db.transaction() as tx:
        assert (await service.tidy(tx), await service.tidy(tx)) == (1, 0)


@pytest.mark.requirement("SEC-01")
async def test_what_wechat_did_not_sign_and_seal_is_refused(client: httpx.AsyncClient, clock: SettableClock) -> None:
    now = clock.now()
    event = finished("1001", "success", now)
    good = sealed(event)
    entity = b'<!DOCTYPE x [<!ENTITY e "boom">]><xml><Encrypt>&e;</Encrypt></xml>'
    calls = {
        "tampered": from_wechat(good, now) | {"content": from_wechat(sealed(event), now)["content"]},
        "replayed": from_wechat(good, late(now)),
        "from the future": from_wechat(good, now + timedelta(minutes=6)),
        "another account's": from_wechat(sealed(event, account="wx2"), now),
        "another key": from_wechat(sealed(event, key="0" * 43), now),
        "another nonce": from_wechat(good, now, nonce="other"),
        "no stamp": from_wechat(good, now, timestamp="now"),
        "no ciphertext": from_wechat("%%%", now),
        "in the clear": from_wechat(good, now) | {"content": event.encode()},
        "a document type": from_wechat(good, now) | {"content": entity},
        "no xml": from_wechat(good, now) | {"content": b"{}"},
        "in UTF-16": from_wechat(good, now) | {"content": entity.decode().encode("utf-16")},
    }
    for name, call in calls.items():
        refused = await client.post(f"{AT}/wechat", **call)
        assert (refused.status_code, refused.json()["code"]) == (401, "callback_refused"), name


async def test_wechat_tries_the_address_it_is_given(client: httpx.AsyncClient, clock: SettableClock) -> None:
    stamp = str(int(clock.now().timestamp()))
    query = {"timestamp": stamp, "nonce": "n", "echostr": "5838", "signature": signature(CALLBACK_TOKEN, stamp, "n")}
    answer = await client.get(f"{AT}/wechat", params=query)
    assert (answer.status_code, answer.text) == (200, "5838")
    assert answer.headers["content-type"].startswith("text/plain")
    for changed in ({"signature": "0" * 40}, {"nonce": "m"}, {"timestamp": "1"}):
        assert (await client.get(f"{AT}/wechat", params=query | changed)).status_code == 401


def test_the_envelope_opens_the_example_of_its_documentation() -> None:
    envelope = Envelope("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
    query = {
        "timestamp": "1409659589",
        "nonce": "263014780",
        "msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    }
    ciphertext = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
    now = datetime.fromtimestamp(1409659589, UTC)
    assert envelope.open(query, ciphertext, now) == b"1616140317555161061"
    with pytest.raises(CallbackRefused):
        envelope.open(query, ciphertext, now + timedelta(minutes=6))


@pytest.mark.requirement("CMP-11")
@pytest.mark.parametrize(("name", "message"), [("push", PUSH), ("webhook.crm", WEBHOOK)])
async def test_a_gateway_tells_what_became_of_a_message(
    db: Database,
    delivering: Deliverer,
    client: httpx.AsyncClient,
    member: UUID,
    clock: SettableClock,
    name: str,
    message: Any,
) -> None:
    receipt: Receipt = await send(db, member, message)
    await delivering.deliver_due()
    now = clock.now()
    told = from_gateway(receipt.message_id, "undelivered", now, code="uninstalled")
    for _ in range(2):
        assert (await client.post(f"{AT}/{name}", **told)).status_code == 200
    found = await proof(db, receipt)
    assert (known(found), len(found.receipts)) == ((MessageState.SENT, Delivery.UNDELIVERED, "uninstalled"), 1)

    other = from_gateway(receipt.message_id, "delivered", now + timedelta(seconds=1))
    stale = from_gateway(receipt.message_id, "delivered", now, signed_at=late(now))
    unsigned = other | {"headers": {**other["headers"], "webhook-signature": "v1,AAAA"}}
    retold = other | {"content": told["content"]}
    for call in (stale, unsigned, retold, other | {"headers": {}}):
        assert (await client.post(f"{AT}/{name}", **call)).status_code == 401
    assert known(await proof(db, receipt)) == known(found)
    wrong = from_gateway(receipt.message_id, "read", now)
    assert (await client.post(f"{AT}/{name}", **wrong)).status_code == 422
