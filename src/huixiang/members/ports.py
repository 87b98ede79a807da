"""What members needs from outside: a keeper of keys, identity providers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from huixiang.members.model import ExternalId, WrappedKey
from huixiang.members.model.merging import Held
from huixiang.platform.db import Transaction
from huixiang.platform.settings import CannotRun


class WrongKeys(CannotRun):
    """The key provider does not hold the keys this database was written with: personal data could not be read, and
    members would not be found."""


class KeyProvider(Protocol):
    """Holds the master keys that wrap members' data keys. A file on one machine, a key service elsewhere. Wrapping
    goes in batches, because a key service answers over the network."""

    @property
    def current_key_id(self) -> str:
        """The master key that wraps new data keys."""
        ...

    async def wrap(self, data_keys: Mapping[UUID, bytes]) -> list[WrappedKey]:
        """Encrypt each member's data key under the current master key, bound to the member."""
        ...

    async def unwrap(self, wrapped: Sequence[WrappedKey]) -> list[bytes]:
        """The data keys, in order. Raises WrongKeys for a master key that is not held, and `InvalidTag` of
        `cryptography` for bytes that were changed or belong to another member."""
        ...

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose, the same in every process, unrelated to the master keys and to other purposes.
        Members asks for `blind index`, `registration`, `member token`, `refresh token`, `card code`, `one-time code`,
        `sign-in code` and `provider ticket`."""
        ...

    def fingerprints(self) -> Mapping[str, bytes]:
        """By key id, what tells a key from another without telling the key."""
        ...


class Counter(Protocol):
    """Counts what a module keeps of members, for the preview of a merge."""

    async def __call__(self, tx: Transaction, member_ids: Sequence[UUID], /) -> Mapping[UUID, Held]:
        """Of each member by their own id; who has nothing may be left out."""
        ...


class IdentityProvider(Protocol):
    """Says who somebody is, for one kind of device: WeChat's pages, its mini-programs, Alipay."""

    def authorize_url(self, state: str) -> str | None:
        """Where to send a browser, which comes back with `state`; None where the provider's own kit asks instead."""
        ...

    async def identify(self, code: str) -> Sequence[ExternalId]:
        """Who a code stands for: what the provider calls them, the name that all of the retailer's applications share
        first. Raises ProviderRefused, ProviderUnavailable. Nothing of it is logged."""
        ...
