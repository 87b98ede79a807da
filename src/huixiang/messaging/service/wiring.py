"""What messaging is put together with in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvariantBroken
from huixiang.messaging.model import Channel, Content, StoredMessage
from huixiang.messaging.ports import Callback, Consents, Recipients, Sealer
from huixiang.platform.db import Transaction


class Wired(msgspec.Struct, frozen=True):
    """channels: those that a provider or the sink carries, by the provider's name. callbacks: who hears what providers
    tell of their own accord, by the name in the address."""

    sealer: Sealer
    recipients: Recipients
    consents: Consents
    channels: Mapping[Channel, str]
    callbacks: Mapping[str, Callback] = {}


_wired: dict[str, Wired] = {}


def use(wired: Wired) -> None:
    """Called once by each process before it serves or works."""
    _wired["messaging"] = wired


def wiring() -> Wired:
    if "messaging" not in _wired:
        raise InvariantBroken("messaging.service.use was not called in this process")
    return _wired["messaging"]


async def open_contents(tx: Transaction, messages: Sequence[StoredMessage]) -> dict[UUID, Content]:
    """Contents by message; without those that are destroyed."""
    sealed = [(one.member_id, one.message_id, one.sealed) for one in messages if one.sealed is not None]
    return await open_sealed(tx, sealed)


async def open_sealed(tx: Transaction, sealed: Sequence[tuple[UUID, UUID, bytes]]) -> dict[UUID, Content]:
    opened = await wiring().sealer.open(tx, sealed) if sealed else []
    return {
        message_id: msgspec.json.decode(content, type=Content)
        for (_, message_id, _), content in zip(sealed, opened, strict=True)
        if content is not None
    }
