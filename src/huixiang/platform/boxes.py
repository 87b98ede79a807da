"""What is sealed at rest: a leading byte that says how, then what that calls for. Another cipher takes another byte,
and what was sealed before opens as it did; the byte is bound to what it stands before.

Byte 1: AES-256-GCM, a random nonce of 12 bytes, then the content with its tag of 16.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

AES_256_GCM = b"\x01"
_NONCE_END = 13


class Box:
    """Seals under one key of 32 bytes."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, content: bytes, bound_to: bytes) -> bytes:
        """bound_to: what it opens with again, such as whose it is and which field."""
        nonce = os.urandom(12)
        return AES_256_GCM + nonce + self._cipher.encrypt(nonce, content, AES_256_GCM + bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        """Raises `InvalidTag` of `cryptography` for bytes that were changed, sealed under another key or bound to
        something else, or that say they are of a form that is not known here."""
        if sealed[:1] != AES_256_GCM or len(sealed) < _NONCE_END:
            raise InvalidTag
        return self._cipher.decrypt(sealed[1:_NONCE_END], sealed[_NONCE_END:], AES_256_GCM + bound_to)
