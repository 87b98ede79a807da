"""Messages for tests, and what they come to."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import msgspec

from huixiang.messaging import service
from huixiang.messaging.model import Channel, MessageClass, MessageProof, NewMessage, Receipt, SunkMessage
from huixiang.platform.db import Database, Transaction

PHONE = "+8613800000001"
CODE = NewMessage(
    key="code-1",
    channel=Channel.SMS,
    message_class=MessageClass.SERVICE,
    template="sign_in_code",
    address=PHONE,
    text="您的验证码是 284915,5 分钟内有效。",
    values={"code": "284915"},
)
OFFER = NewMessage(
    key="offer-1",
    channel=Channel.EMAIL,
    message_class=MessageClass.MARKETING,
    template="member_day",
    address="li@example.com",
    title="会员日",
    text="周三会员日,满 100 减 20。",
)


class Ledger:
    """A ledger of consents in memory: everybody has consented but who withdrew."""

    def __init__(self) -> None:
        self.withdrawn: set[tuple[UUID, Channel]] = set()

    async def marketing(self, tx: Transaction, member_ids: Collection[UUID], channel: Channel) -> set[UUID]:  # noqa: ARG002 - the port's
        return {member for member in member_ids if (member, channel) not in self.withdrawn}


def like(message: NewMessage, **changes: object) -> NewMessage:
    return msgspec.structs.replace(message, **changes)


async def send(db: Database, owner: UUID, message: NewMessage) -> Receipt:
    async with db.transaction() as tx:
        return await service.send(tx, owner, message)


async def proof(db: Database, receipt: Receipt) -> MessageProof:
    async with db.transaction(read_only=True) as tx:
        return await service.proof(tx, receipt.message_id)


async def sunk(db: Database, owner: UUID | None = None) -> list[SunkMessage]:
    async with db.transaction(read_only=True) as tx:
        return (await service.sunk(tx, owner, None, 50)).items
