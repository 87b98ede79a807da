"""Ids of what a grant gives: reckoned, so that no copy can come twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def copy_id(grant_id: UUID, started_at: datetime, member_id: UUID, number: int) -> UUID:
    """A UUIDv7 of the instant at which the grant was started: by their ids, things stand in the order they came in."""
    value = int.from_bytes(sha256(grant_id.bytes + member_id.bytes + number.to_bytes(4)).digest()[:16])
    value &= (1 << 80) - 1
    value |= (((started_at - _EPOCH) // _MILLISECOND) & 0xFFFF_FFFF_FFFF) << 80
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
