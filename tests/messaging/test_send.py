"""Accepting messages within a caller's transaction, and the sink that they arrive at where nothing is configured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from huixiang.entry.messaging import use_messaging
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import new_id
from huixiang.members.adapters.key_file import FILE_NAME, FileKeys
from huixiang.messaging import service
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import Channel, ChannelNotConfigured, MessageKeyReused, MessageState
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from tests.messaging.post import CODE, OFFER, PHONE, like, proof, send, sunk


@pytest.mark.requirement("CMP-04")
async def test_a_message_arrives_at_the_sink_as_it_was_rendered(
    db: Database, deliverer: Deliverer, member: UUID
) -> None:
    receipt = await send(db, member, CODE)
    assert receipt.state is MessageState.QUEUED
    assert await sunk(db) == []

    assert await deliverer.deliver_due() == 1

    (arrived,) = await sunk(db)
    assert (arrived.member_id, arrived.message_id, arrived.channel) == (member, receipt.message_id, Channel.SMS)
    assert (arrived.address, arrived.text, arrived.values) == (PHONE, CODE.text, {"code": "284915"})
    sent = await proof(db, receipt)
    assert (sent.message.state, sent.message.provider) == (MessageState.SENT, "sink")
    assert [(one.number, one.action, one.outcome) for one in sent.evidence] == [(1, "send", "taken")]


async def test_a_guest_without_a_data_key_is_sent_a_code(db: Database, deliverer: Deliverer) -> None:
    guest = new_id()
    await send(db, guest, CODE)
    await deliverer.deliver_due()
    assert [(one.member_id, one.text) for one in await sunk(db)] == [(guest, CODE.text)]


async def test_a_caller_that_rolls_back_has_sent_nothing(db: Database, deliverer: Deliverer, member: UUID) -> None:
    async def send_and_fail() -> None:
        async with db.transaction() as tx:
            await service.send(tx, member, CODE)
            raise LookupError

    with pytest.raises(LookupError):
        await send_and_fail()
    assert await deliverer.deliver_due() == 0


async def test_a_repetition_under_one_key_is_the_same_message(
    db: Database, deliverer: Deliverer, member: UUID, clock: SettableClock
) -> None:
    first = await send(db, member, like(CODE, expires_at=clock.now() + timedelta(minutes=5)))
    clock.advance(timedelta(seconds=3))
    again = await send(db, member, like(CODE, expires_at=clock.now() + timedelta(minutes=5)))
    assert (again.message_id, again.repeated, first.repeated) == (first.message_id, True, False)
    assert await deliverer.deliver_due() == 1
    # Another owner's key is another key.
    assert (await send(db, new_id(), CODE)).message_id != first.message_id


async def test_a_key_for_another_message_is_refused(db: Database, member: UUID) -> None:
    await send(db, member, CODE)
    with pytest.raises(MessageKeyReused):
        await send(db, member, like(CODE, text="您的验证码是 000000。"))


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.SMS, "13800000001"),
        (Channel.SMS, "+8613800000001\n"),
        (Channel.SMS, None),
        (Channel.EMAIL, "li@example.com\r\nBcc: all@example.com"),
        (Channel.EMAIL, "li@example.com,all@example.com"),
        (Channel.EMAIL, "Li <li@example.com>"),
        (Channel.WECHAT_TEMPLATE, "o id"),
        (Channel.PUSH, "short"),
        (Channel.INBOX, "somewhere"),
    ],
)
async def test_what_is_no_address_is_refused(db: Database, member: UUID, channel: Channel, address: str | None) -> None:
    with pytest.raises(InvalidInput, match=r"\$\.address"):
        await send(db, member, like(CODE, channel=channel, address=address))


async def test_production_has_no_sink(db: Database, member: UUID, settings: Settings) -> None:
    production = Settings(environment="production", home=settings.home)
    use_messaging(production, FileKeys.open(settings.home / FILE_NAME))
    with pytest.raises(ChannelNotConfigured):
        await send(db, member, CODE)


@pytest.mark.requirement("CMP-11")
@pytest.mark.parametrize(
    ("hour_utc", "due_utc"),
    [
        (12, datetime(2026, 3, 18, 12, 30, tzinfo=UTC)),  # 20:30 in Shanghai
        (13, datetime(2026, 3, 19, 1, 0, tzinfo=UTC)),  # 21:30: until 09:00
        (18, datetime(2026, 3, 19, 1, 0, tzinfo=UTC)),  # 02:30 of the next day
    ],
)
async def test_what_can_wait_keeps_to_quiet_hours_and_a_code_does_not(
    db: Database, member: UUID, clock: SettableClock, hour_utc: int, due_utc: datetime
) -> None:
    clock.set(datetime(2026, 3, 18, hour_utc, 30, tzinfo=UTC))
    assert (await send(db, member, CODE)).due_at == clock.now()
    assert (await send(db, member, like(CODE, key="notice", can_wait=True))).due_at == due_utc
    assert (await send(db, member, OFFER)).due_at == due_utc


async def test_what_is_over_is_put_away_even_where_nothing_carries_it(
    db: Database, deliverer: Deliverer, member: UUID, clock: SettableClock
) -> None:
    carried = await send(db, member, CODE)
    await deliverer.deliver_due()
    secret = like(CODE, key="code-2", secret=True, expires_at=clock.now() + timedelta(minutes=5))
    stuck, fresh = await send(db, member, secret), await send(db, member, like(CODE, key="code-3"))
    clock.advance(timedelta(days=6))
    assert await tidied(db) == 1
    gone = (await proof(db, stuck)).message
    assert (gone.state, gone.reason, gone.address_masked) == (MessageState.FAILED, "expired", None)
    assert (await proof(db, fresh)).message.state is MessageState.QUEUED
    assert [one.message_id for one in await sunk(db)] == [carried.message_id]
    clock.advance(timedelta(days=1, seconds=1))
    assert (await tidied(db), await tidied(db), await sunk(db)) == (1, 0, [])


async def tidied(db: Database) -> int:
    async with db.transaction() as tx:
        return await service.tidy(tx)


async def test_personal_data_is_sealed_and_a_secret_is_destroyed_when_settled(
    db: Database, deliverer: Deliverer, member: UUID, owner_url: str
) -> None:
    secret = await send(db, member, like(CODE, key="code-2", secret=True))
    kept = await send(db, member, CODE)
    with psycopg.connect(owner_url) as owner:

        def written() -> str:
            rows = owner.execute(
                "SELECT m::text FROM messaging.message AS m UNION ALL SELECT e::text FROM messaging.evidence AS e"
                " UNION ALL SELECT s::text FROM messaging.sink AS s"
            ).fetchall()
            owner.rollback()
            return str(rows)

        for _ in range(2):
            assert not any(
                text.encode().hex() in written() or text in written() for text in (PHONE, "284915", "验证码")
            )
            await deliverer.deliver_due()
    assert (await proof(db, secret)).message.address_masked is None
    assert (await proof(db, kept)).message.address_masked == "+86****0001"
