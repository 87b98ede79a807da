"""A member's inbox, what staff see of sending, and the viewer of the sink, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.members.model import NewMember
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import Channel, MessageClass, NewMessage
from huixiang.messaging.routes import ROUTES
from huixiang.platform.db import Database
from tests.messaging.post import CODE, OFFER, PHONE, like, send
from tests.support.http_client import client_of

NOTICE = NewMessage(
    key="refund-1",
    channel=Channel.INBOX,
    message_class=MessageClass.SERVICE,
    template="order_refunded",
    title="退款到账",
    text="订单 20260318001 的 25.80 元已退回。",
)
MINE, STAFF = "/api/member/v1/me/messages", "/api/console/v1/messages"


@pytest.mark.requirement("CMP-04")
async def test_a_member_leafs_through_the_inbox_and_reads_a_message_once(
    db: Database, member: UUID, clock: SettableClock
) -> None:
    receipts = [await send(db, member, like(NOTICE, key=f"refund-{n}")) for n in range(3)]
    await send(db, member, CODE)  # of another channel: not in the inbox
    async with client_of(db, ROUTES, member=member) as client:
        first = (await client.get(MINE, params={"limit": 2})).json()
        rest = (await client.get(MINE, params={"limit": 2, "cursor": first["next_cursor"]})).json()
        shown = [one["message_id"] for one in first["items"] + rest["items"]]
        assert shown == [str(one.message_id) for one in reversed(receipts)]
        assert (first["items"][0]["text"], rest["next_cursor"]) == (NOTICE.text, None)
        assert (await client.get(f"{MINE}/unread")).json() == {"unread": 3}

        path = f"{MINE}/{receipts[0].message_id}/read"
        read = (await client.post(path, headers={"Idempotency-Key": "a"})).json()
        clock.advance(timedelta(hours=1))
        again = (await client.post(path, headers={"Idempotency-Key": "b"})).json()
        assert read["read_at"] == again["read_at"] is not None
        assert (await client.get(f"{MINE}/unread")).json() == {"unread": 2}


async def test_another_members_message_is_not_there(db: Database, member: UUID) -> None:
    receipt = await send(db, member, NOTICE)
    code = await send(db, member, CODE)
    async with db.transaction() as tx:
        other = (await members.register(tx, NewMember(channel="h5", phone="13800000002"))).member_id
    async with client_of(db, ROUTES, member=other) as client:
        assert (await client.get(MINE)).json()["items"] == []
        refused = await client.post(f"{MINE}/{receipt.message_id}/read", headers={"Idempotency-Key": "a"})
        assert (refused.status_code, refused.json()["code"]) == (404, "message_unknown")
    async with client_of(db, ROUTES, member=member) as client:
        # A message of another channel is no part of the inbox, though it is the member's own.
        refused = await client.post(f"{MINE}/{code.message_id}/read", headers={"Idempotency-Key": "b"})
        assert refused.status_code == 404


async def test_a_message_for_the_inbox_that_can_wait_arrives_after_quiet_hours(
    db: Database, deliverer: Deliverer, member: UUID, clock: SettableClock
) -> None:
    clock.advance(timedelta(hours=12))  # 22:30
    await send(db, member, like(NOTICE, message_class=MessageClass.MARKETING))
    async with client_of(db, ROUTES, member=member) as client:
        assert ((await client.get(MINE)).json()["items"], (await client.get(f"{MINE}/unread")).json()) == (
            [],
            {"unread": 0},
        )
        clock.advance(timedelta(hours=10, minutes=30))  # 09:00
        await deliverer.deliver_due()
        assert len((await client.get(MINE)).json()["items"]) == 1


@pytest.mark.requirement("CMP-11")
async def test_staff_see_the_proof_of_sending_and_not_what_was_said(
    db: Database, deliverer: Deliverer, member: UUID
) -> None:
    receipt, _ = await send(db, member, CODE), await send(db, new_id(), like(CODE, key="code-2"))
    await deliverer.deliver_due()
    async with client_of(db, ROUTES, "messages:read") as client:
        everybody = await client.get(STAFF)
        (row,) = (await client.get(STAFF, params={"member_id": str(member)})).json()["items"]
        proof = await client.get(f"{STAFF}/{receipt.message_id}")
        assert len(everybody.json()["items"]) == 2
        assert {row["state"], row["message_class"], row["address_masked"]} == {"sent", "service", "+86****0001"}
        (evidence,) = proof.json()["evidence"]
        assert {evidence["outcome"], evidence["provider"], evidence["provider_ref"]} == {
            "taken",
            "sink",
            receipt.message_id.hex,
        }
        for text in (everybody.text, proof.text):
            assert "284915" not in text
            assert PHONE not in text
        assert (await client.get(f"{STAFF}/{new_id()}")).status_code == 404
        assert (await client.get(f"{STAFF}/sink")).status_code == 403


@pytest.mark.requirement("CMP-04")
async def test_the_sink_shows_what_the_member_would_have_got(db: Database, deliverer: Deliverer, member: UUID) -> None:
    for n in range(3):
        await send(db, member, like(CODE, key=f"code-{n}"))
    await send(db, new_id(), like(OFFER, message_class=MessageClass.SERVICE))
    await deliverer.deliver_due()
    async with client_of(db, ROUTES, "messages:sink") as client:
        page = (await client.get(f"{STAFF}/sink", params={"limit": 2, "member_id": str(member)})).json()
        assert [(one["text"], one["address"], one["values"]) for one in page["items"]] == [
            (CODE.text, PHONE, {"code": "284915"})
        ] * 2
        latest = (await client.get(f"{STAFF}/sink")).json()["items"]
        assert (len(latest), latest[0]["title"], latest[0]["channel"]) == (4, "会员日", "email")
        assert (await client.get(STAFF)).status_code == 403
