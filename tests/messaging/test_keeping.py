"""How long messages and all that shows what became of them are kept, and that what is kept is sealed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec
import psycopg
import pytest

from huixiang.kernel.clock import SettableClock, SystemClock
from huixiang.messaging import service
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import Channel, MessageUnknown
from huixiang.messaging.model.receipts import Delivery, ProviderReceipt
from huixiang.messaging.service import tidying
from huixiang.messaging.store import receipts
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


def age(owner_url: str, by: timedelta) -> None:
    """Give messages, and what belongs to them, ids that were made so much earlier: the database's own clock is asked
    how old they are."""
    with psycopg.connect(owner_url) as owner:
        for table in ("message", "evidence", "receipt"):
            owner.execute(
                f"""
                UPDATE messaging.{table} SET message_id = (
                    lpad(to_hex(('x' || substr(h, 1, 12))::bit(48)::bigint - %s), 12, '0') || substr(h, 13))::uuid
                FROM (SELECT member_id AS m, message_id AS i, replace(message_id::text, '-', '') AS h
                      FROM messaging.{table}) AS before
                WHERE member_id = m AND message_id = i
                """,  # noqa: S608 - our names
                [by // timedelta(milliseconds=1)],
            )


def ids(owner_url: str) -> list[UUID]:
    with psycopg.connect(owner_url) as owner:
        return [row[0] for row in owner.execute("SELECT message_id FROM messaging.message").fetchall()]


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
    sent = await send(db, member, CODE)
    await delivering.deliver_due()
    async with db.transaction() as tx:
        assert await service.receive(tx, told(sent.message_id, clock))
    assert set(kept(owner_url)) == {"message", "evidence", "receipt"}
    age(owner_url, timedelta(days=40) - timedelta(minutes=1))
    assert await tidied(db) == 0
    assert set(kept(owner_url)) == {"message", "evidence", "receipt"}
    age(owner_url, timedelta(minutes=2))
    old = msgspec.structs.replace(sent, message_id=ids(owner_url)[0])
    assert (await tidied(db), await tidied(db)) == (1, 0)
    assert kept(owner_url) == {}
    with pytest.raises(MessageUnknown):
        await proof(db, old)


@pytest.mark.requirement("SEC-03")
async def test_a_stolen_role_makes_no_fresh_proof_vanish(
    db: Database, delivering: Deliverer, member: UUID, clock: SettableClock, owner_url: str
) -> None:
    """As the application's own role, past all of the program: it names an id above all others, and renames messages."""
    clock.set(SystemClock().now())
    sent = await send(db, member, CODE)
    await delivering.deliver_due()
    async with db.transaction() as tx:
        assert await service.receive(tx, told(sent.message_id, clock))
    before = kept(owner_url)
    everything = UUID(int=2**128 - 1)
    age(owner_url, timedelta(days=30) - timedelta(minutes=1))
    async with db.transaction() as tx:
        assert await receipts.forget(tx, everything, 1000) == 0
    for table in ("evidence", "receipt"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.transaction() as tx:
                await tx.execute(f"DELETE FROM messaging.{table}")  # noqa: S608 - our names
    assert set(kept(owner_url)) == set(before)
    async with db.transaction() as tx:
        await tx.execute("UPDATE messaging.message SET message_id = $1", UUID(int=7))
        assert await receipts.forget(tx, everything, 1000) == 1
    assert set(kept(owner_url)) == {"evidence", "receipt"}, "what shows it stays, whatever became of the message"
    async with db.transaction() as tx:
        assert await receipts.forget(tx, everything, 1000) == 0


async def test_only_so_many_go_at_once_and_the_oldest_first(
    db: Database, member: UUID, clock: SettableClock, owner_url: str
) -> None:
    clock.set(SystemClock().now())
    async with db.transaction() as tx:
        for n in range(tidying.FORGOTTEN_PER_CALL + 3):
            await service.send(tx, member, like(CODE, key=f"n-{n}", secret=True))
    await send(db, member, CODE)
    age(owner_url, timedelta(days=730, minutes=1))
    newest = max(ids(owner_url))
    assert [await tidied(db), len(kept(owner_url)["message"].splitlines())] == [tidying.FORGOTTEN_PER_CALL, 4]
    assert newest in ids(owner_url)
    assert [await tidied(db), await tidied(db), kept(owner_url)] == [4, 0, {}]


@pytest.mark.requirement("INV-6")
async def test_nothing_that_is_kept_says_where_a_message_went_or_what_it_said(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock, owner_url: str
) -> None:
    outside.will("aliyun", {"code": "isv.MOBILE_NUMBER_ILLEGAL"}, {"kind": "drop"})
    messages = [
        await send(db, member, like(CODE, key=f"n-{n}", expires_at=clock.now() + timedelta(1))) for n in range(3)
    ]
    await send(db, member, like(CODE, key="w", channel=Channel.WECOM, address="external:wmSecretCustomer"))
    await delivering.deliver_due()
    async with db.transaction() as tx:
        for one in messages:
            await service.receive(tx, told(one.message_id, clock))
    written = str(kept(owner_url))
    assert "isv.MOBILE_NUMBER_ILLEGAL" in written
    for text in (PHONE, PHONE[3:], "284915", "验证码", "wmSecretCustomer"):
        assert text not in written
        assert text.encode().hex() not in written
