"""Quotes as tokens: sealed under a key of this installation, so that nobody else makes, changes or reads one.

A token holds costs and other prices, which are not the buyer's to know, so it is sealed and not only signed (AES-SIV,
which takes no random number that could repeat). The same quote is the same token.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from huixiang.kernel import base64url
from huixiang.kernel.errors import InvariantBroken
from huixiang.pricing.model.kept import Kept
from huixiang.pricing.model.refusals import QuoteExpired, QuoteTokenInvalid
from huixiang.pricing.rules import kept as rules

LIFE = timedelta(minutes=15)
# Another one as soon as the same inputs may come to another price, so that no older token is priced again.
_FORMAT = b"\x01"
_CONTEXT = [b"huixiang quote" + _FORMAT]


class SecretProvider(Protocol):
    """Keeps this installation's secrets."""

    def secret(self, purpose: str) -> bytes:
        """32 bytes, the same in every process."""
        ...


class _Sealing(msgspec.Struct):
    cipher: AESSIV | None = None
    life: timedelta = LIFE


_sealing = _Sealing()


def use_secrets(provider: SecretProvider, life: timedelta = LIFE) -> None:
    """Called once by each process before it serves. life: how long quotes are good for."""
    _sealing.cipher = AESSIV(provider.secret("quote token") + provider.secret("quote token iv"))
    _sealing.life = life


def expires_at(now: datetime) -> datetime:
    return now + _sealing.life


def seal(kept: Kept) -> str:
    sealed = _cipher().encrypt(rules.packed(kept), _CONTEXT)
    return base64url.encode(_FORMAT + sealed)


def require_fresh(kept: Kept, now: datetime) -> None:
    """Raises QuoteExpired."""
    if kept.expires_at <= now:
        raise QuoteExpired(expires_at=kept.expires_at)


def read_token(token: str) -> Kept:
    """What a token holds, also when it has expired. Raises QuoteTokenInvalid."""
    try:
        raw = base64url.decode(token)
        if raw[:1] != _FORMAT:
            raise QuoteTokenInvalid
        return rules.unpacked(_cipher().decrypt(raw[1:], _CONTEXT))
    except (ValueError, InvalidTag, msgspec.DecodeError):
        raise QuoteTokenInvalid from None


def _cipher() -> AESSIV:
    if _sealing.cipher is None:
        raise InvariantBroken("pricing.service.tokens.use_secrets was not called in this process")
    return _sealing.cipher
