"""TOTP secrets at rest: AES-256-GCM, bound to the account they belong to."""

from __future__ import annotations

from uuid import UUID

from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.boxes import Box
from huixiang.staff.ports import SecretProvider

_boxes: dict[str, Box] = {}


def use_secrets(provider: SecretProvider) -> None:
    """Called once by each process before it serves."""
    _boxes["staff"] = Box(provider.secret("staff"))


def seal_totp(staff_id: UUID, secret: str) -> bytes:
    return _box().seal(secret.encode(), _context(staff_id))


def open_totp(staff_id: UUID, sealed: bytes) -> str:
    """Raises cryptography's InvalidTag where the bytes were changed or belong to another account."""
    return _box().open(sealed, _context(staff_id)).decode()


def _box() -> Box:
    if "staff" not in _boxes:
        raise InvariantBroken("staff.service.use_secrets was not called in this process")
    return _boxes["staff"]


def _context(staff_id: UUID) -> bytes:
    return b"huixiang totp 1|" + staff_id.bytes
