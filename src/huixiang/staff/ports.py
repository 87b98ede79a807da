"""What staff needs from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from huixiang.platform.db import Transaction


class SecretProvider(Protocol):
    def secret(self, purpose: str) -> bytes:
        """32 random bytes that are this installation's for one purpose, the same at every call and in every process.
        Staff asks for `staff`."""
        ...


class PersonalSealer(Protocol):
    """Seals personal values under the key of the member that they say something of."""

    async def seal(self, tx: Transaction, member_id: UUID, values: Mapping[str, str]) -> Mapping[str, bytes] | None:
        """Values by what they are called, sealed for that name. None where the member has no key any more."""
        ...

    async def open(self, tx: Transaction, member_id: UUID, sealed: Mapping[str, bytes]) -> Mapping[str, str] | None:
        """What was sealed. None where the member's key is gone, and with it what was sealed."""
        ...


class BreachedPasswords(Protocol):
    """Passwords that are known from breaches."""

    def times(self, text: str) -> int:
        """How often a password stands in them. May block; raises CannotRun where they cannot be read any more."""
        ...


class RootSigner(Protocol):
    """Holds Ed25519 keys by the id that `rules.audit.key_id` gives their public halves. Only who closes days, or
    verifies them, asks it."""

    def current(self, *, create: bool) -> bytes | None:
        """The public half of the key that signs now; None where there is none and none may be made."""
        ...

    def holds(self, key_id: str) -> bool: ...

    def sign(self, key_id: str, message: bytes) -> bytes:
        """64 bytes. Only with a key that it holds."""
        ...
