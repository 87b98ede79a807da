"""Reads the code on a member's card without asking anybody: for tills and gates that may be cut off.

    keys = CardKeys.read(httpx.get("https://loyalty.example/.well-known/card-keys.json").content, fetched_at=now)
    reader = CardReader(keys)
    code = reader.read(scanned, now)         # raises CardCodeRefused
    code.number                              # the member

What it says for certain: the installation made this code for this member, at most a minute ago by its own clock, plus
twice what this machine's clock may be wrong. What it cannot know: whether another till has seen the code meanwhile.
`CardReader` itself takes each code once. Where a code is spent with, the server decides, and takes it once.

Written by hand, and needs `cryptography` alone.
"""

from __future__ import annotations

import base64
import json
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = ["CardCode", "CardCodeRefused", "CardKeys", "CardReader", "KeysRefused"]

Reason = Literal["malformed", "version", "unknown_key", "forged", "early", "expired", "seen", "keys_stale"]

CLOCK_ERROR_MAX = timedelta(minutes=5)
_VERSION = 1
_LAYOUT = struct.Struct(">B4sI5sI")  # version, key id, second of issue, member number, allowance in points
_SIGNATURE_BYTES = 64
_TOKEN_BYTES = _LAYOUT.size + _SIGNATURE_BYTES
_DIGITS = re.compile(r"[1-9][0-9]{190,199}", re.ASCII)
_SIGNED = b"Huixiang card 1\n"
_KEY = b"Huixiang card key 1\n"
_NUMBERS = 10**12


class CardCodeRefused(Exception):
    """A code that does not hold. `reason`: `malformed` (no code, or not all of one), `version` (of a later program than
    this), `unknown_key` (fetch the keys anew), `forged`, `early` (from further ahead than the clocks may differ),
    `expired`, `seen` (taken here before), `keys_stale` (the keys are too old to say anything)."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class KeysRefused(ValueError):
    """A document of keys that cannot be used."""


@dataclass(frozen=True)
class CardCode:
    """What a code says that holds. number: of the member, 12 digits. allowance: points that may be spent with it while
    the till is cut off."""

    number: str
    issued_at: datetime
    allowance: int


@dataclass(frozen=True)
class _Key:
    public: Ed25519PublicKey
    signs_from: datetime | None
    signs_until: datetime | None

    def signed_at(self, second: datetime) -> bool:
        return (self.signs_from is None or second >= self.signs_from) and (
            self.signs_until is None or second < self.signs_until
        )


class CardKeys:
    """The keys that an installation publishes. Keep the document and when it was fetched; fetch it daily."""

    def __init__(self, keys: dict[bytes, _Key], life: timedelta, good_until: datetime) -> None:
        self.by_id = keys
        self.life = life
        self.good_until = good_until

    @classmethod
    def read(cls, document: bytes | str, fetched_at: datetime) -> CardKeys:
        """Raises KeysRefused. A key of another kind than Ed25519 for signatures is no key of a card."""
        try:
            said = json.loads(document)
            version = said["version"]
            keys = dict(_read_key(one) for one in said["keys"])
            life, good_for = timedelta(seconds=said["life_s"]), timedelta(seconds=said["good_for_s"])
        except KeysRefused:
            raise
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeysRefused(f"no document of keys: {error!r}") from error
        if version != _VERSION:
            raise KeysRefused(f"keys of version {version}: this program knows {_VERSION}")
        return cls(keys, life, fetched_at + good_for)


class CardReader:
    """Reads codes, each once. clock_error: how wrong this machine's clock may be, at most five minutes."""

    def __init__(self, keys: CardKeys, clock_error: timedelta = timedelta(seconds=15)) -> None:
        if not timedelta(0) <= clock_error <= CLOCK_ERROR_MAX:
            raise ValueError(f"a clock that may be wrong by {clock_error} cannot tell a code from an old one")
        self.keys = keys
        self.clock_error = clock_error
        self._seen: dict[tuple[str, datetime], datetime] = {}

    def read(self, shown: str, now: datetime) -> CardCode:
        """What a code says, as it was scanned. Raises CardCodeRefused."""
        code = self.verify(shown, now)
        forgotten = [seen for seen, until in self._seen.items() if until < now]
        for seen in forgotten:
            del self._seen[seen]
        named = (code.number, code.issued_at)
        if named in self._seen:
            raise CardCodeRefused("seen")
        self._seen[named] = code.issued_at + self.keys.life + self.clock_error
        return code

    def verify(self, shown: str, now: datetime) -> CardCode:
        """As `read`, without remembering the code."""
        if now >= self.keys.good_until:
            raise CardCodeRefused("keys_stale")
        token = _token(shown)
        _, key_id, second, number, allowance = _LAYOUT.unpack_from(token)
        key = self.keys.by_id.get(key_id)
        if key is None:
            raise CardCodeRefused("unknown_key")
        try:
            key.public.verify(token[_LAYOUT.size :], _SIGNED + token[: _LAYOUT.size])
        except InvalidSignature:
            raise CardCodeRefused("forged") from None
        issued_at = datetime.fromtimestamp(second, UTC)
        if not key.signed_at(issued_at):
            raise CardCodeRefused("forged")
        if issued_at > now + self.clock_error:
            raise CardCodeRefused("early")
        if now > issued_at + self.keys.life + self.clock_error:
            raise CardCodeRefused("expired")
        return CardCode(f"{int.from_bytes(number, 'big'):012d}", issued_at, allowance)


def _token(shown: str) -> bytes:
    digits = shown.strip()
    if _DIGITS.fullmatch(digits) is None or int(digits).bit_length() > 8 * _TOKEN_BYTES:
        raise CardCodeRefused("malformed")
    token = int(digits).to_bytes(_TOKEN_BYTES, "big")
    version, _, _, number, _ = _LAYOUT.unpack_from(token)
    if version == 0:  # a digit or more is missing
        raise CardCodeRefused("malformed")
    if version != _VERSION:
        raise CardCodeRefused("version")
    if int.from_bytes(number, "big") >= _NUMBERS:
        raise CardCodeRefused("malformed")
    return token


def _read_key(one: dict[str, Any]) -> tuple[bytes, _Key]:
    if (one["kty"], one["crv"], one["use"]) != ("OKP", "Ed25519", "sig"):
        raise KeysRefused(f"a key of another kind: {one['kty']} {one['crv']} {one['use']}")
    x = str(one["x"])
    public = base64.b64decode(x + "=" * (-len(x) % 4), altchars=b"-_", validate=True)
    key_id = sha256(_KEY + public).digest()[:4]
    if key_id.hex() != one["kid"]:
        raise KeysRefused(f"the key {one['kid']} is another than its id says")
    key = _Key(Ed25519PublicKey.from_public_bytes(public), _instant(one, "signs_from"), _instant(one, "signs_until"))
    return key_id, key


def _instant(one: dict[str, Any], name: str) -> datetime | None:
    text = one.get(name)
    if text is None:
        return None
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise KeysRefused(f"{name} has no offset: {text}")
    return instant
