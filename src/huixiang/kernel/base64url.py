"""Bytes as text for addresses and tokens (RFC 4648, 5), without padding: one spelling for any bytes."""

from __future__ import annotations

import base64
import binascii


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Raises ValueError for what `encode` does not write, other spellings of the same bytes among it: the last letter
    of most texts has bits to spare."""
    raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if encode(raw) != text:
        raise binascii.Error("another spelling")
    return raw
