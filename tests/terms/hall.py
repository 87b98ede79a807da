"""The ground of tests of terms: a programme with members, versions of its terms, and what tells of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from huixiang.members import service as members
from huixiang.members.model import NewMember
from huixiang.messaging import service as messaging
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Document
from huixiang.terms import handlers, service
from huixiang.terms.model import Announcement, Tell
from huixiang.terms.store import announcements

NOTICE = timedelta(days=15)


def body(name: str = "two") -> dict[str, Any]:
    return {
        "title": {"zh": "会员条款", "en": "Terms"},
        "text": {"zh": f"## 一\n{name}\n\n第二段", "en": f"## 1\n{name}\n\nsecond"},
        "summary": {"zh": f"积分有效期改为 {name}。", "en": f"Points last {name}."},
    }


async def publish(
    db: Database, at: datetime | None = None, name: str = "two", until: datetime | None = None
) -> Document:
    async with db.transaction() as tx:
        start = at or tx.now + NOTICE
        return await rulebook.publish(tx, "terms", "default", body(name), start, "test", "test", valid_to=until)


async def rule(db: Database, days: int, *channels: str) -> None:
    """How long before, and by which channels, members are told."""
    async with db.transaction() as tx:
        notice = {"days": days, "channels": channels}
        await rulebook.publish(tx, "terms_notice", "default", notice, tx.now, "test", "test")


async def join_by_phone(db: Database, phone: str) -> None:
    async with db.transaction() as tx:
        await members.register(tx, NewMember(channel="h5", phone=phone))


async def relay(db: Database) -> None:
    await Relay(db, handlers.SUBSCRIPTIONS).drain()


async def look(db: Database) -> None:
    async with db.transaction() as tx:
        await service.look(tx)


async def told(db: Database) -> list[Announcement]:
    async with db.transaction(read_only=True) as tx:
        return await announcements(tx)


async def tell_all(db: Database, at_once: int = 3) -> None:
    """Look, and let every chain come to its end."""
    await look(db)
    for one in await told(db):
        while True:
            async with db.transaction() as tx:
                await service.tell(tx, Tell(one.version, one.kind, one.generation), at_once)
            if any(now.ended_at for now in await told(db) if (now.version, now.kind) == (one.version, one.kind)):
                break


async def inbox(db: Database, member: UUID) -> list[str]:
    async with db.transaction(read_only=True) as tx:
        return [message.text for message in (await messaging.inbox(tx, member, None, 50)).items]
