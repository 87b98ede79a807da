"""Whom each class of message reaches, cell by cell, asked when it is sent; consent and caps of marketing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.entry.keys import use_keys
from huixiang.entry.messaging import providers, use_messaging
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.members.model import Ability, NewMember, State
from huixiang.members.model.states import NewState
from huixiang.members.rules.states import STATES
from huixiang.members.service import states
from huixiang.messaging import service
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import (
    Channel,
    MarketingNotWanted,
    MessageClass,
    MessageState,
    NewMessage,
    Receipt,
    Standing,
)
from huixiang.messaging.rules.receiving import REACHES
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from huixiang.rulebook import service as rulebook
from tests.messaging.post import CODE, OFFER, Ledger, like, proof, send, sunk

NIGHT, MORNING = datetime(2026, 3, 18, 14, 0, tzinfo=UTC), datetime(2026, 3, 19, 1, 0, tzinfo=UTC)
# What becomes of a message that was asked for while its member was active, by the state they are in when it is sent.
CELLS = {
    ("active", "service"): None,
    ("active", "marketing"): None,
    ("minor", "service"): None,
    ("minor", "marketing"): "state_minor",
    ("blocked", "service"): None,
    ("blocked", "marketing"): "state_blocked",
    ("closed", "service"): None,
    ("closed", "marketing"): "state_closed",
    ("deceased", "service"): "state_deceased",
    ("deceased", "marketing"): "state_deceased",
}
BY_CHANNEL: dict[Channel, str | None] = {
    Channel.SMS: "+8613800000001",
    Channel.EMAIL: "li@example.com",
    Channel.INBOX: None,
}


async def into(db: Database, member: UUID, state: str) -> None:
    if state != "active":
        consent = "archive/7" if state == "minor" else None
        async with db.transaction() as tx:
            await states.change_state(
                tx, member, NewState(state=state, reason="a test", guardian_consent=consent), "key:test"  # type: ignore[arg-type]
            )  # fmt: skip


def offer(n: int, channel: Channel = Channel.EMAIL) -> NewMessage:
    return like(OFFER, key=f"offer-{n}", channel=channel, address=BY_CHANNEL[channel])


async def became(db: Database, receipt: Receipt) -> tuple[MessageState, str | None]:
    found = (await proof(db, receipt)).message
    return found.state, found.reason


@pytest.mark.requirement("CMP-11", "MEM-14")
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.INBOX])
@pytest.mark.parametrize(("state", "message_class"), CELLS)
async def test_the_state_of_a_member_counts_when_a_message_is_sent(
    db: Database,
    deliverer: Deliverer,
    member: UUID,
    clock: SettableClock,
    state: str,
    message_class: str,
    channel: Channel,
) -> None:
    clock.set(NIGHT)
    waiting = like(
        OFFER, channel=channel, address=BY_CHANNEL[channel], message_class=MessageClass(message_class), can_wait=True
    )
    receipt = await send(db, member, waiting)
    assert (receipt.state, receipt.due_at) == (MessageState.QUEUED, MORNING)
    await into(db, member, state)
    clock.set(MORNING)
    await deliverer.deliver_due()
    reason = CELLS[state, message_class]
    expected = MessageState.SENT if reason is None else MessageState.FAILED
    assert await became(db, receipt) == (expected, reason)
    assert len(await sunk(db)) == (reason is None and channel is not Channel.INBOX)


@pytest.mark.requirement("MEM-14")
def test_the_table_of_messaging_and_the_table_of_members_agree_on_marketing() -> None:
    assert {Standing(state.value) for state in State} | {Standing.GUEST} == set(REACHES)
    for state in State:
        assert (MessageClass.MARKETING in REACHES[Standing(state.value)]) == (
            Ability.RECEIVE_MARKETING in STATES[state]
        ), state


@pytest.mark.requirement("CMP-11", "MEM-14")
async def test_into_the_inbox_of_the_dead_nothing_goes(db: Database, member: UUID) -> None:
    await into(db, member, "deceased")
    notice = like(CODE, channel=Channel.INBOX, address=None)
    receipt = await send(db, member, notice)
    assert await became(db, receipt) == (MessageState.FAILED, "state_deceased")
    assert (await send(db, member, notice)).message_id == receipt.message_id


@pytest.mark.requirement("CMP-11")
async def test_who_never_consented_gets_no_marketing_and_all_notices(
    db: Database, member: UUID, settings: Settings
) -> None:
    """As the program is wired; an owner who is no member of ours never consented either."""
    use_messaging(settings, use_keys(settings))
    for owner in (member, new_id()):
        with pytest.raises(MarketingNotWanted):
            await send(db, owner, OFFER)
        notice = await send(db, owner, CODE)
        await Deliverer(db, providers(settings, db)).deliver_due()
        assert await became(db, notice) == (MessageState.SENT, None)


@pytest.mark.requirement("CMP-11")
async def test_consent_is_asked_for_by_channel_and_again_when_it_is_sent(
    db: Database, deliverer: Deliverer, member: UUID, clock: SettableClock, ledger: Ledger
) -> None:
    ledger.withdrawn.add((member, Channel.SMS))
    with pytest.raises(MarketingNotWanted):
        await send(db, member, offer(1, Channel.SMS))
    clock.set(NIGHT)
    receipts = [await send(db, member, offer(2)), await send(db, member, offer(3, Channel.INBOX))]
    ledger.withdrawn |= {(member, Channel.EMAIL), (member, Channel.INBOX)}
    clock.set(MORNING)
    await deliverer.deliver_due()
    assert [await became(db, one) for one in receipts] == [(MessageState.FAILED, "not_wanted")] * 2


@pytest.mark.requirement("CMP-11")
async def test_one_marketing_message_a_day_over_all_channels_and_notices_without_end(
    db: Database, deliverer: Deliverer, member: UUID, clock: SettableClock
) -> None:
    first, second = await send(db, member, offer(1)), await send(db, member, offer(2, Channel.SMS))
    await deliverer.deliver_due()
    third = await send(db, member, offer(3, Channel.INBOX))
    assert [await became(db, one) for one in (first, second, third)] == [
        (MessageState.SENT, None),
        (MessageState.FAILED, "capped"),
        (MessageState.FAILED, "capped"),
    ]
    other = await send(db, new_id(), CODE)
    notices = [await send(db, member, like(CODE, key=f"code-{n}")) for n in range(3)]
    await deliverer.deliver_due()
    assert {await became(db, one) for one in (other, *notices)} == {(MessageState.SENT, None)}
    # Proof of sending: each with a request and its answer.
    assert all([len((await proof(db, one)).evidence) == 1 for one in notices])
    clock.advance(timedelta(days=1))
    assert await became(db, await send(db, member, offer(4, Channel.INBOX))) == (MessageState.SENT, None)


@pytest.mark.requirement("CMP-11")
async def test_caps_are_a_rule_document(db: Database, deliverer: Deliverer, member: UUID, clock: SettableClock) -> None:
    caps = [{"per": "week", "at_most": 2}, {"per": "day", "at_most": 1, "channel": "email"}]
    body = {"name": {"zh": "上限", "en": "Caps"}, "quiet_from": "21:00", "quiet_until": "09:00", "marketing_caps": caps}
    async with db.transaction() as tx:
        await rulebook.publish(tx, "messaging", "default", body, tx.now, "test", "test")
    became_by_day = []
    for day in range(3):
        receipts = [await send(db, member, offer(10 * day + n)) for n in range(2)]
        await deliverer.deliver_due()
        became_by_day.append([(await became(db, one))[1] for one in receipts])
        clock.advance(timedelta(days=1))
    assert became_by_day == [[None, "capped"], [None, "capped"], ["capped", "capped"]]
    clock.set(datetime(2026, 3, 23, 2, 0, tzinfo=UTC))  # Monday
    later = await send(db, member, offer(40))
    await deliverer.deliver_due()
    assert await became(db, later) == (MessageState.SENT, None)


@pytest.mark.requirement("CMP-11")
async def test_two_workers_at_once_do_not_let_a_second_one_through(
    db: Database, member: UUID, settings: Settings
) -> None:
    channels = (Channel.EMAIL, Channel.SMS)
    receipts = [await send(db, member, offer(n, channel)) for n, channel in enumerate(channels)]
    names = dict.fromkeys(channels, "sink")
    async with db.transaction() as one, db.transaction() as other:
        first = await service.claim(one, urgent=False, room={Channel.EMAIL: 1}, providers=names)
        # Counted by the one just now: left alone, and still due.
        assert await service.claim(other, urgent=False, room={Channel.SMS: 1}, providers=names) == []
    assert len(first) == 1
    await Deliverer(db, providers(settings, db)).deliver_due()
    assert await became(db, receipts[1]) == (MessageState.FAILED, "capped")


@pytest.mark.requirement("MEM-02", "CMP-05")
async def test_marketing_that_reached_who_was_merged_counts_for_who_stays(
    db: Database, deliverer: Deliverer, member: UUID, superuser: psycopg.Connection[Any]
) -> None:
    async with db.transaction() as tx:
        gone = (await members.register(tx, NewMember(channel="h5", phone="13800000002"))).member_id
    await send(db, gone, OFFER)
    await deliverer.deliver_due()
    superuser.execute(
        "UPDATE members.member SET state = 'merged', merged_into = %s WHERE member_id = %s", (member, gone)
    )
    capped = await send(db, member, OFFER)
    await deliverer.deliver_due()
    found = (await proof(db, capped)).message
    assert (found.state, found.reason) == (MessageState.FAILED, "capped")
    superuser.execute("UPDATE members.member SET state = 'active', merged_into = NULL WHERE member_id = %s", (gone,))
    alone = await send(db, member, like(OFFER, key="offer-2"))
    await deliverer.deliver_due()
    assert (await proof(db, alone)).message.state is MessageState.SENT
