"""The vault of personal data: sealing under members' own keys, and the blind index that finds what is sealed.

Every member has a data key. Each value is sealed with AES-256-GCM under it, bound to the member and the field, so bytes
moved to another member or field do not open. The data key is stored wrapped by a master key that the provider holds.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huixiang.kernel import base64url
from huixiang.kernel.errors import InvariantBroken
from huixiang.members import store
from huixiang.members.model import ExternalId, WrappedKey
from huixiang.members.ports import KeyProvider, WrongKeys
from huixiang.members.rules import card as card_rules
from huixiang.members.store import vault as vault_store
from huixiang.platform.boxes import Box
from huixiang.platform.db import Transaction

_DATA_KEY_BYTES = 32


class Vault:
    def __init__(self, keys: KeyProvider) -> None:
        self.keys = keys
        self.token_secret = keys.secret("member token")
        self._card = keys.secret("card code")
        self._card_keys: dict[int, SigningKey] = {}
        self.refresh_secret = keys.secret("refresh token")
        self.ticket_secret = keys.secret("provider ticket")
        self._one_time = keys.secret("one-time code")
        self._sign_in = keys.secret("sign-in code")
        # Begun once: a copy of what the key has set up costs half of beginning anew.
        self._index = hmac.new(keys.secret("blind index"), digestmod="sha256")
        self._registration = hmac.new(keys.secret("registration"), digestmod="sha256")

    def phone_key(self, e164: str) -> tuple[str, str]:
        """Kind and key under which the directory knows a phone."""
        return ("phone", self._blind(f"phone|{e164}"))

    def external_key(self, identity: ExternalId) -> tuple[str, str]:
        """Kind and key under which the directory knows an external id."""
        return ("external", self._blind(f"external|{identity.source}|{identity.external_id}"))

    def registration_hash(self, body: bytes) -> bytes:
        return _digest(self._registration, body)

    def one_time_hash(self, member_id: UUID, code: str) -> bytes:
        return hmac.digest(self._one_time, member_id.bytes + code.encode(), "sha256")

    def sign_in_hash(self, challenge: bytes, e164: str, code: str) -> bytes:
        return hmac.digest(self._sign_in, challenge + f"{e164}|{code}".encode(), "sha256")

    def card_key(self, generation: int) -> SigningKey:
        """What signs the codes of cards in one generation."""
        if generation not in self._card_keys:
            seed = hmac.digest(self._card, f"huixiang card key 1|{generation}".encode(), "sha256")
            self._card_keys[generation] = SigningKey(Ed25519PrivateKey.from_private_bytes(seed))
        return self._card_keys[generation]

    def address_key(self, address: str) -> str:
        """Under which it is counted what comes from an address."""
        return self._blind(f"address|{address}")

    def tail(self, digits: str) -> bytes:
        """Under which a phone is found by its last four digits, with all that end so."""
        return _digest(self._index, f"tail|{digits[-4:]}".encode())

    async def new_safes(self, member_ids: Sequence[UUID]) -> tuple[list[Safe], list[WrappedKey]]:
        """A fresh data key for each member, opened and wrapped."""
        data_keys = {member_id: os.urandom(_DATA_KEY_BYTES) for member_id in member_ids}
        safes = [Safe(member_id, data_key) for member_id, data_key in data_keys.items()]
        return safes, await self.keys.wrap(data_keys)

    async def open_safes(self, wrapped: Sequence[WrappedKey]) -> dict[UUID, Safe]:
        data_keys = await self.keys.unwrap(wrapped)
        return {key.member_id: Safe(key.member_id, data) for key, data in zip(wrapped, data_keys, strict=True)}

    def _blind(self, value: str) -> str:
        return base64url.encode(_digest(self._index, value.encode()))


def _digest(keyed: hmac.HMAC, value: bytes) -> bytes:
    digest = keyed.copy()
    digest.update(value)
    return digest.digest()


class Safe:
    """One member's values, sealed and opened under the member's data key."""

    __slots__ = ("_box", "member_id")

    def __init__(self, member_id: UUID, data_key: bytes) -> None:
        self.member_id = member_id
        self._box = Box(data_key)

    def seal(self, field: str, value: str) -> bytes:
        return self._box.seal(value.encode(), self._context(field))

    def open(self, field: str, sealed: bytes) -> str:
        """Raises `InvalidTag` of `cryptography` for bytes that were changed, or sealed for another member or field."""
        return self._box.open(sealed, self._context(field)).decode()

    def _context(self, field: str) -> bytes:
        return b"huixiang field 1|" + self.member_id.bytes + field.encode()


class SigningKey:
    """A key that signs the codes of cards. public: 32 bytes."""

    __slots__ = ("key_id", "private", "public")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self.private = private
        self.public = private.public_key().public_bytes_raw()
        self.key_id = card_rules.key_id(self.public)


_vaults: dict[str, Vault] = {}


def use_keys(keys: KeyProvider) -> None:
    """Called once by each process before it serves."""
    _vaults["members"] = Vault(keys)


def vault() -> Vault:
    if "members" not in _vaults:
        raise InvariantBroken("members.service.use_keys was not called in this process")
    return _vaults["members"]


async def check_keys(tx: Transaction) -> None:
    """Called at start: raises WrongKeys where the database was written with keys that the provider does not hold."""
    held = vault().keys.fingerprints()
    written = await store.key_checks(tx)
    for key_id, fingerprint in written.items():
        if held.get(key_id) != fingerprint:
            raise WrongKeys(
                f"this database was written with the key {key_id}, which the key provider does not hold;"
                " give the program the keys that belong to the database"
            )
    if held.keys() - written.keys():
        await store.insert_key_checks(tx, held)


async def master_key_since(tx: Transaction) -> tuple[str, datetime]:
    """The current master key, and since when this database knows it."""
    key_id = vault().keys.current_key_id
    return key_id, await vault_store.key_recorded_at(tx, key_id) or tx.now


async def rewrap(tx: Transaction, limit: int = 1000) -> int:
    """Wrap some data keys anew under the current master key; how many. Nothing waits for it: call it until it gives
    0, and the former master key is no longer needed."""
    keys = vault().keys
    former = keys.fingerprints().keys() - {keys.current_key_id}
    stale = await store.lock_keys_wrapped_by(tx, former, limit)
    if stale:
        data_keys = await keys.unwrap(stale)
        by_member = {key.member_id: data for key, data in zip(stale, data_keys, strict=True)}
        await store.update_wrapped_keys(tx, await keys.wrap(by_member))
    return len(stale)
