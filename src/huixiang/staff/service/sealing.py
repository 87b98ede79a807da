"""TOTP secrets at rest: AES-256-GCM, bound to the account they belong to."""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huixiang.kernel.errors import InvariantBroken
from huixiang.staff.ports import SecretProvider

_NONCE_BYTES = 12
_ciphers: dict[str, AESGCM] = {}


def use_secrets(provider: SecretProvider) -> None:
    """Called once by each process before it serves."""
    _ciphers["staff"] = AESGCM(provider.secret("staff"))


def seal_totp(staff_id: UUID, secret: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _opened().encrypt(nonce, secret.encode(), _context(staff_id))


def open_totp(staff_id: UUID, sealed: bytes) -> str:
    """Raises cryptography's InvalidTag where the bytes were changed or belong to another account."""
    return _opened().decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _context(staff_id)).decode()


def _opened() -> AESGCM:
    if "staff" not in _ciphers:
        raise InvariantBroken("staff.service.use_secrets was not called in this process")
    return _ciphers["staff"]


def _context(staff_id: UUID) -> bytes:
    return b"huixiang totp 1|" + staff_id.bytes
