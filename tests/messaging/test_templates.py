"""Templates as versioned documents: what may be published, what they say, and how they look before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import InvalidInput
from huixiang.messaging import service
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import Channel, MessageClass, Receipt
from huixiang.messaging.model.templates import FromTemplate, TemplateUnknown
from huixiang.messaging.routes import ROUTES
from huixiang.messaging.rules.rendering import filled, sms_parts
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import RuleDocumentInvalid
from tests.messaging.post import PHONE, proof, sunk
from tests.support.http_client import client_of

PREVIEW = "/api/console/v1/message-templates/preview"
REFUND: dict[str, Any] = {
    "name": {"zh": "退款到账", "en": "Refund"},
    "message_class": "service",
    "channels": ["sms", "inbox"],
    "title": {"zh": "退款 {amount}", "en": "Refund of {amount}"},
    "text": {"zh": "订单 {order} 的 {amount} 已退回。", "en": "{amount} of order {order} were refunded."},
    "variables": {"order": {"example": "260318-7KQ2", "at_most": 20}, "amount": {"example": "¥25.80"}},
    "can_wait": True,
}
VALUES = {"order": "260318-7KQ2", "amount": "¥25.80"}


async def publish(db: Database, **changes: object) -> None:
    async with db.transaction() as tx:
        await rulebook.publish(tx, "message_template", "order_refunded", REFUND | changes, tx.now, "test", "test")


async def say(db: Database, member: UUID, **changes: Any) -> Receipt:
    asked: dict[str, Any] = {
        "key": "refund-1",
        "template": "order_refunded",
        "channel": Channel.SMS,
        "language": "zh",
        "values": VALUES,
        "address": PHONE,
    }
    async with db.transaction() as tx:
        return await service.send_template(tx, member, FromTemplate(**asked | changes))


@pytest.mark.requirement("CMP-05")
async def test_a_message_says_what_its_template_said_and_keeps_the_version(
    db: Database, deliverer: Deliverer, member: UUID, clock: SettableClock
) -> None:
    await publish(db)
    first = await say(db, member)
    clock.advance(timedelta(minutes=1))
    await publish(db, text={"zh": "{amount} 已退回({order})。", "en": "{amount} are back ({order})."})
    second = await say(db, member, key="refund-2", language="en")
    await deliverer.deliver_due()
    assert [one.text for one in await sunk(db)] == [
        "¥25.80 are back (260318-7KQ2).",
        "订单 260318-7KQ2 的 ¥25.80 已退回。",
    ]
    found = [(await proof(db, one)).message for one in (first, second)]
    assert [one.template_version for one in found] == [1, 2]
    assert {one.message_class for one in found} == {MessageClass.SERVICE}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"text": {"zh": "订单 {order} {amount} {who}", "en": "{order} {amount}"}}, "$.text.zh"),
        ({"text": {"zh": "{order} {amount} {", "en": "{order} {amount}"}}, "$.text.zh"),
        ({"text": {"zh": "{order} {amount}", "en": "{order} {amount} {0}"}}, "$.text.en"),
        ({"text": {"zh": "{order} {amount}", "en": "{amount}"}}, "$.variables.order"),
        ({"text": {"zh": "{order} {amount}", "en": "{order.__class__} {amount}"}}, "$.text.en"),
        ({"text": {"zh": "字" * 3980 + "{order}{amount}", "en": "{order}{amount}"}}, "$.text.zh"),
        ({"title": {"zh": "一\n二", "en": "one"}}, "$.title.zh"),
        ({"title": {"zh": "题" * 70 + "{amount}", "en": "{amount}"}}, "$.title.zh"),
        ({"secret": True}, "$.secret"),
        ({"variables": VALUES | {"order": {"example": "x" * 30, "at_most": 20}, "amount": {"example": "1"}}}, None),
        ({"channels": []}, None),
        ({"channels": ["pager"]}, None),
        ({"message_class": "news"}, None),
    ],
)  # fmt: skip
async def test_a_template_that_could_not_be_sent_is_not_published(
    db: Database, changes: dict[str, Any], path: str | None
) -> None:
    with pytest.raises(RuleDocumentInvalid) as refused:
        await publish(db, **changes)
    if path is not None:
        assert refused.value.fields["path"] == path


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"values": {"order": "1"}}, "$.values.amount"),
        ({"values": VALUES | {"who": "x"}}, "$.values.who"),
        ({"values": VALUES | {"order": "x" * 21}}, "$.values.order"),
        ({"values": VALUES | {"order": "1\n2"}}, "$.values.order"),
        ({"values": VALUES | {"order": ""}}, "$.values.order"),
        ({"channel": Channel.EMAIL, "address": "li@example.com"}, "$.channel"),
    ],
)
async def test_values_and_channels_are_the_templates_own(
    db: Database, member: UUID, changes: dict[str, Any], path: str
) -> None:
    await publish(db)
    with pytest.raises(InvalidInput) as refused:
        await say(db, member, **changes)
    assert refused.value.fields["path"] == path


async def test_a_template_that_is_not_in_force_says_nothing(db: Database, member: UUID) -> None:
    with pytest.raises(TemplateUnknown):
        await say(db, member, template="nothing")


@pytest.mark.requirement("SEC-01")
@given(st.text(max_size=40), st.text(max_size=40))
def test_a_value_is_never_taken_for_a_template(first: str, second: str) -> None:
    assert filled("a{one}b{two}c", {"one": first, "two": second}) == f"a{first}b{second}c"


@pytest.mark.parametrize(
    ("text", "parts"), [("字" * 70, 1), ("字" * 71, 2), ("字" * 134, 2), ("字" * 135, 3), ("😀" * 36, 2)]
)
def test_how_many_text_messages_it_costs(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


def said(answer: dict[str, Any]) -> Sequence[object]:
    return (
        answer["version"],
        answer["zh"]["title"],
        answer["zh"]["text"],
        answer["en"]["text"],
        answer["zh"]["sms_parts"],
    )


@pytest.mark.requirement("CMP-05")
async def test_a_template_is_looked_at_before_it_is_published(db: Database) -> None:
    async with client_of(db, ROUTES, "rulebook:read") as client:
        drafted = (await client.post(PREVIEW, json={"body": REFUND})).json()
        zh, en = "订单 260318-7KQ2 的 ¥25.80 已退回。", "¥25.80 of order 260318-7KQ2 were refunded."
        assert said(drafted) == (None, "退款 ¥25.80", zh, en, 1)
        await publish(db)
        published = (await client.post(PREVIEW, json={"template": "order_refunded", "values": {"amount": "¥1"}})).json()
        assert said(published)[:2] == (1, "退款 ¥1")
        for body, status in (
            ({"template": "nothing"}, 404),
            ({"template": "order_refunded", "values": {"who": "x"}}, 422),
            ({"body": REFUND | {"secret": True}}, 422),
            ({"body": REFUND, "template": "order_refunded"}, 422),
            ({}, 422),
        ):
            assert (await client.post(PREVIEW, json=body)).status_code == status, body
    async with client_of(db, ROUTES, "messages:read") as client:
        assert (await client.post(PREVIEW, json={"body": REFUND})).status_code == 403
