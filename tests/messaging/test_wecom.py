"""WeCom's two ways to a member, and webhooks, where they differ from the other channels."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from huixiang.entry.messaging import providers
from huixiang.kernel.clock import SettableClock
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import MessageState, Receipt
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from tests.messaging.doubles import Providers
from tests.messaging.post import OFFER, like, proof, send
from tests.messaging.test_delivery import WEBHOOK, WECOM_CUSTOMER, WECOM_USER, state, steps


@pytest.mark.requirement("CMP-04")
async def test_a_customer_is_written_to_under_an_id_of_ours(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID
) -> None:
    receipt = await send(db, member, like(WECOM_CUSTOMER, title="验证码"))
    await delivering.deliver_due()
    (taken,) = outside.taken("wecom")
    assert taken == {
        "touser": "wmAAAAAAAAAA",
        "open_kfid": "wk1",
        "msgid": receipt.message_id.hex,
        "msgtype": "text",
        "text": {"content": f"验证码\n{WECOM_CUSTOMER.text}"},
    }
    assert (await proof(db, receipt)).message.provider_ref == receipt.message_id.hex


@pytest.mark.requirement("CMP-03")
async def test_a_customer_gets_one_message_though_nobody_can_tell_whether_it_was_taken(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock
) -> None:
    """WeCom refuses the id a second time, with a code that it does not document: it stays for a person to look at."""
    outside.will("wecom", {"kind": "drop"})
    receipt = await send(db, member, WECOM_CUSTOMER)
    for _ in range(10):
        await delivering.deliver_due()
        clock.advance(timedelta(days=1))
    found = (await proof(db, receipt)).message
    assert (found.state, found.reason, found.due_at) == (MessageState.UNKNOWN, "wecom_40035", None)
    assert len(outside.taken("wecom")) == 1


async def test_a_customers_message_that_was_lost_is_sent_by_asking(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock
) -> None:
    outside.will("wecom", {"kind": "lose"}, {"errcode": 45009})
    receipt = await send(db, member, WECOM_CUSTOMER)
    for _ in range(3):
        await delivering.deliver_due()
        clock.advance(timedelta(minutes=3))
    assert await steps(db, receipt) == [
        ("send", "unknown", "RemoteProtocolError"),
        ("ask", "unknown", "wecom_45009"),
        ("ask", "taken", None),
    ]
    assert len(outside.taken("wecom")) == 1


def wrote(text: str) -> dict[str, object]:
    """A customer's own message, as it stands among what happened."""
    return {"msgid": "m", "open_kfid": "wk1", "external_userid": "wmA", "send_time": 1773801000, "origin": 3,
            "msgtype": "text", "text": {"content": text}}  # fmt: skip


def fails(receipt: Receipt, fail_type: int, msgid: str | None = None) -> dict[str, object]:
    event = {"event_type": "msg_send_fail", "open_kfid": "wk1", "external_userid": "wmAAAAAAAAAA",
             "fail_msgid": msgid or receipt.message_id.hex, "fail_type": fail_type}  # fmt: skip
    return {"msgid": "e", "send_time": 1773801000, "origin": 4, "msgtype": "event", "event": event}


@pytest.mark.requirement("CMP-03", "CMP-11")
async def test_a_customers_message_that_nobody_knows_of_is_settled_by_what_wecom_tells_of_it(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock
) -> None:
    """Taken, its answer lost, refused by the customer: it is asked for, and not sent again."""
    outside.will("wecom", {"kind": "drop"})
    receipt = await send(db, member, WECOM_CUSTOMER)
    await delivering.deliver_due()
    outside.book("wecom_events", wrote("在吗"), wrote("?"), fails(receipt, 10, "not-ours"), fails(receipt, 10))
    clock.advance(timedelta(minutes=3))
    await delivering.deliver_due()
    assert await steps(db, receipt) == [
        ("send", "unknown", "RemoteProtocolError"),
        ("ask", "refused", "wecom_fail_10"),
    ]
    found = (await proof(db, receipt)).message
    assert (found.state, found.reason, found.due_at) == (MessageState.FAILED, "wecom_fail_10", None)
    assert (outside.requests("wecom"), len(outside.taken("wecom"))) == (1, 1), "the request was not made again"


@pytest.mark.requirement("CMP-11")
async def test_that_a_message_did_not_arrive_is_fetched_and_kept_once(
    db: Database, delivering: Deliverer, led_out: Settings, outside: Providers, member: UUID
) -> None:
    first = await send(db, member, WECOM_CUSTOMER)
    second = await send(db, member, like(WECOM_CUSTOMER, key="code-2"))
    await delivering.deliver_due()
    outside.book("wecom_events", fails(first, 6), wrote("在吗"), fails(second, 4))
    outside.will("wecom_sync", {"errcode": 45009})
    assert [await delivering.hear() for _ in range(3)] == [0, 2, 0], "too often, then both, then nothing new"
    for receipt, code in ((first, "wecom_fail_6"), (second, "wecom_fail_4")):
        found = await proof(db, receipt)
        assert (found.message.state, found.message.delivery_code) == (MessageState.SENT, code)
        assert [(one.state, one.code) for one in found.receipts] == [("undelivered", code)]
    after_a_start = Deliverer(db, providers(led_out, db))
    assert await after_a_start.hear() == 0, "what was told before is not new"
    await after_a_start.close()


async def test_an_application_is_not_asked_after_what_it_remembers(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock
) -> None:
    outside.will("wecom", {"kind": "drop"})
    receipt = await send(db, member, like(WECOM_USER, message_class=OFFER.message_class))
    await delivering.deliver_due()
    clock.advance(timedelta(minutes=11))
    await delivering.deliver_due()
    assert [one[:2] for one in await steps(db, receipt)] == [("send", "unknown"), ("ask", "untellable")]
    assert (await state(db, receipt), outside.requests("wecom")) == (MessageState.UNKNOWN, 1)


async def test_a_token_that_ended_is_renewed_without_a_second_message(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID
) -> None:
    await send(db, member, WECOM_USER)
    await delivering.deliver_due()
    outside.will("wecom", {"renewed": True})
    receipt = await send(db, member, like(WECOM_CUSTOMER, key="code-2"))
    await delivering.deliver_due()
    assert (await state(db, receipt), len(outside.taken("wecom")), outside.requests("wecom_token")) == (
        MessageState.SENT,
        2,
        2,
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"text": "很" * 700}, "too_long"), ({"address": "external:wmA", "text": "长" * 683}, "too_long")],
)
async def test_what_wecom_would_cut_off_is_refused(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, changes: dict[str, str], reason: str
) -> None:
    receipt = await send(db, member, like(WECOM_USER, **changes))
    await delivering.deliver_due()
    found = (await proof(db, receipt)).message
    assert (found.state, found.reason, outside.requests("wecom")) == (MessageState.FAILED, reason, 0)


@pytest.mark.requirement("SEC-01")
async def test_a_webhook_goes_where_the_file_says_and_nowhere_else(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID
) -> None:
    """Who sends says a name: no address that a caller, or a member, could choose."""
    receipt = await send(db, member, like(WEBHOOK, address="erp"))
    await delivering.deliver_due()
    found = (await proof(db, receipt)).message
    assert (found.state, found.reason, outside.requests("webhook")) == (MessageState.FAILED, "not_configured", 0)
