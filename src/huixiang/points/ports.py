"""What points needs from outside: a keeper of the keys that sign roots, and somebody who looks at transfers."""

from __future__ import annotations

from typing import Protocol

from huixiang.platform.db import Transaction
from huixiang.points.model.transfer import ProposedTransfer


class RootSigner(Protocol):
    """Holds Ed25519 keys by the id that `rules.merkle.key_id` gives their public halves. A file on one machine, a
    hardware module elsewhere. Only the process that closes days asks it."""

    def current(self, *, create: bool) -> bytes | None:
        """The public half of the key that signs now; None where there is none and none may be made."""
        ...

    def holds(self, key_id: str) -> bool: ...

    def sign(self, key_id: str, message: bytes) -> bytes:
        """64 bytes. Only with a key that it holds."""
        ...


class TransferRisk(Protocol):
    """Looks at a transfer between members before it is made."""

    async def allows(self, tx: Transaction, transfer: ProposedTransfer) -> bool:
        """False refuses it. It may read in the transaction, and is called under the sender's lock."""
        ...


class AllowAll:
    """Where nobody looks: every transfer is allowed."""

    async def allows(self, tx: Transaction, transfer: ProposedTransfer) -> bool:  # noqa: ARG002 - the port's shape
        return True
