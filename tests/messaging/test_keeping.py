"""How long messages and all that shows what became of them are kept, and that what is kept is sealed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock, SystemClock
from huixiang.messaging import service
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import Channel, MessageUnknown
from huixiang.messaging.model.receipts import Delivery, ProviderReceipt
from huixiang.messaging.service import tidying
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from tests.messaging.doubles import Providers
from tests.messaging.post import CODE, PHONE, like, proof, send

TABLES = ("message", "evidence", "receipt", "early_receipt", "sink")


def kept(owner_url: str) -> dict[str, str]:
    """All rows of each table, as text."""
    with psycopg.connect(owner_url) as owner:
        rows = {
            table: owner.execute(f"SELECT t::text FROM messaging.{table} AS t").fetchall()  # noqa: S608 - our names
            for table in TABLES
        }
    return {table: "\n".join(row[0] for row in found) for table, found in rows.items() if found}


async def tidied(db: Database) -> int:
    async with db.transaction() as tx:
        return await service.tidy(tx)


def told(message_id: UUID, clock: SettableClock) -> ProviderReceipt:
    return ProviderReceipt(
        provider="aliyun",
        channel=Channel.SMS,
        message_id=message_id,
        state=Delivery.DELIVERED,
        code="DELIVERED",
        occurred_at=clock.now(),
    )


@pytest.mark.requirement("CMP-11")
async def test_a_message_goes_after_its_time_with_evidence_and_receipts(
    db: Database, delivering: Deliverer, member: UUID, clock: SettableClock, owner_url: str
) -> None:
    clock.set(SystemClock().now())  # ids know when they were made
    async with db.transaction() as tx:
        body = {"name": {"zh": "短", "en": "Short"}, "quiet_from": "21:00", "quiet_until": "09:00", "kept_days": 40}
        await rulebook.publish(tx, "messaging", "default", body, tx.now - timedelta(days=1), "test", "test")
    old = await send(db, member, CODE)
    await delivering.deliver_due()
    async with db.transaction() as tx:
        assert await service.receive(tx, told(old.message_id, clock))
    assert set(kept(owner_url)) == {"message", "evidence", "receipt"}
    clock.advance(timedelta(days=40) - timedelta(minutes=1))
    assert await tidied(db) == 0
    assert len((await proof(db, old)).receipts) == 1
    clock.advance(timedelta(minutes=2))
    assert (await tidied(db), await tidied(db)) == (1, 0)
    assert kept(owner_url) == {}
    with pytest.raises(MessageUnknown):
        await proof(db, old)


async def test_only_so_many_go_at_once_and_the_oldest_first(
    db: Database, member: UUID, clock: SettableClock, owner_url: str
) -> None:
    clock.set(SystemClock().now())
    async with db.transaction() as tx:
        for n in range(tidying.FORGOTTEN_PER_CALL + 3):
            await service.send(tx, member, like(CODE, key=f"n-{n}", secret=True))
    newest = await send(db, member, CODE)
    clock.advance(timedelta(days=730, minutes=1))
    assert [await tidied(db), len(kept(owner_url)["message"].splitlines())] == [tidying.FORGOTTEN_PER_CALL, 4]
    assert (await proof(db, newest)).message.message_id == newest.message_id
    assert [await tidied(db), await tidied(db), kept(owner_url)] == [4, 0, {}]


@pytest.mark.requirement("INV-6")
async def test_nothing_that_is_kept_says_where_a_message_went_or_what_it_said(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock, owner_url: str
) -> None:
    outside.will("aliyun", {"code": "isv.MOBILE_NUMBER_ILLEGAL"}, {"kind": "drop"})
    receipts = [
        await send(db, member, like(CODE, key=f"n-{n}", expires_at=clock.now() + timedelta(1))) for n in range(3)
    ]
    await send(db, member, like(CODE, key="w", channel=Channel.WECOM, address="external:wmSecretCustomer"))
    await delivering.deliver_due()
    async with db.transaction() as tx:
        for one in receipts:
            await service.receive(tx, told(one.message_id, clock))
    written = str(kept(owner_url))
    assert "isv.MOBILE_NUMBER_ILLEGAL" in written
    for text in (PHONE, PHONE[3:], "284915", "验证码", "wmSecretCustomer"):
        assert text not in written
        assert text.encode().hex() not in written
