"""Marketing and service notices kept apart: whom each reaches, and when."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.members.model.states import NewState
from huixiang.members.service import states
from huixiang.messaging import service
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import Channel, MarketingNotWanted, MessageClass, MessageState
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from tests.messaging.post import CODE, OFFER, like, proof, send, sunk

SERVICE = MessageClass.SERVICE


async def block(db: Database, member: UUID) -> None:
    """Into a state in which nobody takes marketing."""
    async with db.transaction() as tx:
        await states.change_state(tx, member, NewState(state="blocked", reason="asked for"), "key:test")


@pytest.mark.requirement("CMP-11")
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.INBOX])
async def test_who_takes_no_marketing_gets_none_and_still_gets_notices(
    db: Database, deliverer: Deliverer, member: UUID, channel: Channel
) -> None:
    await block(db, member)
    address = OFFER.address if channel is Channel.EMAIL else None
    with pytest.raises(MarketingNotWanted):
        await send(db, member, like(OFFER, channel=channel, address=address))
    notice = await send(db, member, like(OFFER, message_class=MessageClass.SERVICE))
    await deliverer.deliver_due()
    assert (await proof(db, notice)).message.state is MessageState.SENT


@pytest.mark.requirement("CMP-11", "MEM-09")
async def test_what_waits_when_it_is_no_longer_wanted_is_not_sent(
    db: Database, deliverer: Deliverer, member: UUID, clock: SettableClock
) -> None:
    clock.set(datetime(2026, 3, 18, 13, 30, tzinfo=UTC))  # 21:30: quiet
    offer = await send(db, member, OFFER)
    notice = await send(db, member, like(CODE, can_wait=True))
    await block(db, member)
    clock.set(datetime(2026, 3, 19, 1, 0, tzinfo=UTC))
    await deliverer.deliver_due()
    withheld = (await proof(db, offer)).message
    assert (withheld.state, withheld.reason) == (MessageState.FAILED, "state_blocked")
    assert (await proof(db, notice)).message.state is MessageState.SENT
    assert [one.template for one in await sunk(db)] == ["sign_in_code"]


@pytest.mark.requirement("CMP-11")
async def test_what_was_due_by_day_and_comes_up_at_night_waits_for_the_morning(
    db: Database, deliverer: Deliverer, member: UUID, clock: SettableClock
) -> None:
    offer = await send(db, member, OFFER)  # at 10:30, but no worker runs until
    clock.set(datetime(2026, 3, 18, 14, 0, tzinfo=UTC))  # 22:00
    code = await send(db, member, CODE)
    await deliverer.deliver_due()
    waiting = (await proof(db, offer)).message
    assert (waiting.state, waiting.due_at) == (MessageState.QUEUED, datetime(2026, 3, 19, 1, 0, tzinfo=UTC))
    assert (await proof(db, code)).message.state is MessageState.SENT
    clock.set(datetime(2026, 3, 19, 1, 0, tzinfo=UTC))
    await deliverer.deliver_due()
    assert (await proof(db, offer)).message.state is MessageState.SENT


async def test_quiet_hours_are_a_rule_document(db: Database, member: UUID, clock: SettableClock) -> None:
    async with db.transaction() as tx:
        await rulebook.load_shipped(tx)
    clock.set(datetime(2026, 3, 18, 12, 0, tzinfo=UTC))  # 20:00
    assert (await send(db, member, OFFER)).due_at == clock.now()
    async with db.transaction() as tx:
        body = {"name": {"zh": "早些安静", "en": "Quiet earlier"}, "quiet_from": "19:30", "quiet_until": "10:00"}
        await rulebook.publish(tx, "messaging", "default", body, tx.now, "test", "test")
    clock.advance(timedelta(minutes=1))
    later = await send(db, member, like(OFFER, key="offer-2"))
    assert later.due_at == datetime(2026, 3, 19, 2, 0, tzinfo=UTC)


async def test_a_campaign_does_not_hold_back_a_code(db: Database, deliverer: Deliverer, member: UUID) -> None:
    async with db.transaction() as tx:
        for n in range(60):
            await service.send(tx, member, like(OFFER, message_class=SERVICE, can_wait=True, key=f"offer-{n}"))
    stop = asyncio.Event()
    running = asyncio.create_task(deliverer.run(stop))
    code = await send(db, member, CODE)
    await asyncio.sleep(1)
    stop.set()
    await running
    found = (await proof(db, code)).message
    assert (found.state, found.tries) == (MessageState.SENT, 1)
