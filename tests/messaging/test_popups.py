"""Pop-ups: shown once, by one device, until an end, to whom they may be shown; and the evidence of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.members import service as members
from huixiang.members.model import NewMember
from huixiang.messaging import service
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import Channel, MessageClass, MessageState, NewMessage
from huixiang.messaging.routes import ROUTES
from huixiang.platform.db import Database
from tests.messaging.post import OFFER, Ledger, like, proof, send
from tests.messaging.test_receiving import into
from tests.support.fixtures import NOW
from tests.support.http_client import client_of

MINE = "/api/member/v1/me/popups"
POPUP = NewMessage(
    key="terms-2",
    channel=Channel.POPUP,
    message_class=MessageClass.SERVICE,
    template="terms_changed",
    title="会员章程更新",
    text="新的会员章程自 4 月 1 日起生效。",
    expires_at=NOW + timedelta(days=7),
)
MARKETING = like(POPUP, key="member-day", message_class=MessageClass.MARKETING, template="member_day")


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


@pytest.mark.requirement("CMP-04", "CMP-11")
async def test_a_popup_is_shown_once_by_one_device_and_leaves_evidence(
    db: Database, member: UUID, clock: SettableClock
) -> None:
    receipt = await send(db, member, POPUP)
    assert receipt.state is MessageState.QUEUED
    path = f"{MINE}/{receipt.message_id}"
    async with client_of(db, ROUTES, member=member) as client:
        (listed,) = (await client.get(MINE)).json()["popups"]
        assert (listed["title"], listed["text"], listed["shown_at"]) == (POPUP.title, POPUP.text, None)
        early = await client.post(f"{path}/dismiss", headers=keyed("early"))
        assert (early.status_code, early.json()["code"]) == (404, "message_unknown")

        phone = await client.post(f"{path}/show", headers=keyed("phone"))
        tablet = await client.post(f"{path}/show", headers=keyed("tablet"))
        again = await client.post(f"{path}/show", headers=keyed("phone"))
        assert (phone.status_code, again.json()) == (200, phone.json())
        assert (tablet.status_code, tablet.json()["code"]) == (409, "popup_over")
        assert (await client.get(MINE)).json() == {"popups": []}

        clock.advance(timedelta(minutes=1))
        closed = (await client.post(f"{path}/dismiss", headers=keyed("close"))).json()
        clock.advance(timedelta(minutes=1))
        assert (await client.post(f"{path}/dismiss", headers=keyed("close-2"))).json() == closed
    found = await proof(db, receipt)
    assert (found.message.state, found.message.provider) == (MessageState.SENT, "app")
    assert (found.message.sent_at, found.message.dismissed_at) == (NOW, NOW + timedelta(minutes=1))
    assert [(one.action, one.provider, one.outcome, one.began_at) for one in found.evidence] == [
        ("show", "app", "taken", NOW),
        ("dismiss", "app", "taken", NOW + timedelta(minutes=1)),
    ]


@pytest.mark.requirement("CMP-04")
async def test_a_popup_that_was_never_shown_ends(db: Database, member: UUID, clock: SettableClock) -> None:
    receipt = await send(db, member, POPUP)
    clock.advance(timedelta(days=7))
    async with client_of(db, ROUTES, member=member) as client:
        assert (await client.get(MINE)).json() == {"popups": []}
        assert (await client.post(f"{MINE}/{receipt.message_id}/show", headers=keyed("a"))).status_code == 409
    async with db.transaction() as tx:
        assert await service.tidy(tx) == 1
    found = (await proof(db, receipt)).message
    assert (found.state, found.reason) == (MessageState.FAILED, "expired")


async def test_another_members_popup_is_not_there(db: Database, member: UUID) -> None:
    receipt = await send(db, member, POPUP)
    in_inbox = await send(db, member, like(POPUP, key="n", channel=Channel.INBOX, expires_at=None))
    async with db.transaction() as tx:
        other = (await members.register(tx, NewMember(channel="h5", phone="13800000002"))).member_id
    async with client_of(db, ROUTES, member=other) as client:
        assert (await client.get(MINE)).json() == {"popups": []}
        assert (await client.post(f"{MINE}/{receipt.message_id}/show", headers=keyed("a"))).status_code == 404
    async with client_of(db, ROUTES, member=member) as client:
        # A message of another channel is no pop-up, though it is the member's own.
        assert (await client.post(f"{MINE}/{in_inbox.message_id}/show", headers=keyed("b"))).status_code == 404


@pytest.mark.requirement("CMP-11", "MEM-14")
async def test_whom_a_popup_may_be_shown_to_is_asked_when_it_is_shown(
    db: Database, member: UUID, ledger: Ledger
) -> None:
    notice, offer = await send(db, member, POPUP), await send(db, member, MARKETING)
    async with client_of(db, ROUTES, member=member) as client:
        assert len((await client.get(MINE)).json()["popups"]) == 2
        ledger.withdrawn.add((member, Channel.POPUP))
        assert [one["message_id"] for one in (await client.get(MINE)).json()["popups"]] == [str(notice.message_id)]
        assert (await client.post(f"{MINE}/{offer.message_id}/show", headers=keyed("a"))).status_code == 409
        await into(db, member, "deceased")
        assert (await client.get(MINE)).json() == {"popups": []}
        assert (await client.post(f"{MINE}/{notice.message_id}/show", headers=keyed("b"))).status_code == 409
    assert (await proof(db, notice)).evidence == []


@pytest.mark.requirement("CMP-11")
async def test_marketing_popups_keep_to_caps_and_quiet_hours(
    db: Database, deliverer: Deliverer, member: UUID, clock: SettableClock
) -> None:
    await send(db, member, OFFER)
    await deliverer.deliver_due()  # that was the one of today
    capped = await send(db, member, MARKETING)
    async with client_of(db, ROUTES, member=member) as client:
        assert (await client.get(MINE)).json() == {"popups": []}
        assert (await client.post(f"{MINE}/{capped.message_id}/show", headers=keyed("a"))).status_code == 409
        clock.set(datetime(2026, 3, 18, 14, 0, tzinfo=UTC))  # 22:00
        night = await send(db, member, like(MARKETING, key="night"))
        clock.set(datetime(2026, 3, 18, 17, 0, tzinfo=UTC))  # 01:00 of the next day: no longer capped, but quiet
        assert (await client.get(MINE)).json() == {"popups": []}
        assert (await client.post(f"{MINE}/{capped.message_id}/show", headers=keyed("n"))).status_code == 409
        clock.set(datetime(2026, 3, 19, 1, 0, tzinfo=UTC))
        assert len((await client.get(MINE)).json()["popups"]) == 2
        assert (await client.post(f"{MINE}/{night.message_id}/show", headers=keyed("b"))).status_code == 200
        # The other one is too much for this day, and waits for the next.
        assert (await client.get(MINE)).json() == {"popups": []}


@pytest.mark.parametrize("changes", [{"expires_at": None}, {"secret": True}])
def test_a_popup_has_an_end_and_no_secret(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="pop-up"):
        like(POPUP, **changes)
