"""Keys of calling systems."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class SystemKey(msgspec.Struct, frozen=True):
    """A key of a calling system, without its secret. `last_used_at` is right to the hour."""

    key_id: UUID
    name: str
    scopes: frozenset[str]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class StoredKey(msgspec.Struct, frozen=True):
    key: SystemKey
    secret_hash: bytes


class NewKey(msgspec.Struct, frozen=True):
    """A key with its token, which is shown this once and cannot be read again."""

    key: SystemKey
    token: str
