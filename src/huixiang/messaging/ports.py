"""What messaging needs from outside: a sealer of personal data, somebody who knows who wants marketing, providers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, runtime_checkable
from uuid import UUID

from huixiang.messaging.model import Answer, Channel, Parcel, Standing
from huixiang.messaging.model.receipts import Call, Heard, ProviderReceipt
from huixiang.platform.db import Transaction


class Sealer(Protocol):
    """Seals what a message says and where it goes, under the owner's own key where there is one: an owner who is erased
    takes along what was sent. A guest who asks for a code has none yet, and is sealed for under the installation's."""

    async def seal(self, tx: Transaction, member_id: UUID, message_id: UUID, content: bytes) -> bytes: ...

    async def open(self, tx: Transaction, sealed: Sequence[tuple[UUID, UUID, bytes]]) -> list[bytes | None]:
        """Contents of (owner, message, sealed), in order; None where the owner's key is destroyed."""
        ...

    def digest(self, content: bytes) -> bytes:
        """Keyed, so that six digits can not be tried out against it."""
        ...


class Recipients(Protocol):
    async def standings(self, tx: Transaction, member_ids: Collection[UUID]) -> Mapping[UUID, Standing]:
        """How members stand as of this transaction; without those who are none."""
        ...


class Consents(Protocol):
    """The ledger of consents. Without one nobody has consented."""

    async def marketing(self, tx: Transaction, member_ids: Collection[UUID], channel: Channel) -> set[UUID]:
        """Those of the members who consented to marketing over the channel, as of this transaction."""
        ...


class Callback(Protocol):
    """Hears one provider that calls of its own accord."""

    def hear(self, call: Call) -> Heard:
        """What the call says. Raises CallbackRefused where it is not shown to be the provider's, or too old."""
        ...


@runtime_checkable
class Telling(Protocol):
    """A provider that is fetched from what became of messages after it took them, where it does not call."""

    async def told(self) -> Sequence[ProviderReceipt]:
        """What it has told since the last time; after a start, perhaps what was told before. Outside of any
        transaction."""
        ...


class Provider(Protocol):
    """Carries messages of one channel. Called outside of any transaction, for at most `rules.CALL_TIME`."""

    @property
    def name(self) -> str:
        """For the evidence: `aliyun`, `smtp`, `sink`."""
        ...

    async def send(self, parcel: Parcel) -> Answer:
        """Hand over the message under its stable id, once: no repetition by itself. An exception counts as unknown."""
        ...

    async def ask(self, parcel: Parcel) -> Answer:
        """What became of the message with this stable id. `not_taken`: the provider has never had it. Must not cause
        a second delivery."""
        ...

    async def close(self) -> None: ...
