"""The bytes of a posting that its hash covers. The layout and test vectors stand in docs/domain/points.md.

Fixed-width big-endian integers, 16-byte ids, length-prefixed UTF-8; no personal data. A change of layout is a new
version byte: old postings keep theirs.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from struct import Struct, pack
from uuid import UUID

from huixiang.kernel.epoch import microseconds

VERSION = 1
NO_ID = b"\0" * 16

FIXED = Struct(">B16sHqqqqqqqqqi16s")
_LENGTH = Struct(">I")
_ABSENT = b"\xff\xff\xff\xff"


def text(value: str | None) -> bytes:
    """Length and bytes; an absent text has the length 2^32 - 1, so that it differs from an empty one."""
    if value is None:
        return _ABSENT
    encoded = value.encode()
    return _LENGTH.pack(len(encoded)) + encoded


def encode_posting(  # noqa: PLR0913, PLR0917 - the fields of a posting, in its order
    member_id: UUID,
    book: int,
    seq: int,
    points: int,
    requested: int,
    lapsed: int,
    held_delta: int,
    pending_delta: int,
    debt_delta: int,
    kind: str,
    cause: str,
    counter_account: str,
    budget: str | None,
    rule: str | None,
    rule_version: int | None,
    order_ref: UUID | None,
    occurred_at: datetime,
    recorded_at: datetime,
    key: str,
    origin_key: str | None,
    input_hash: bytes,
    alloc: tuple[int, ...],
    opened: tuple[int, ...],
) -> bytes:
    return b"".join(
        (
            FIXED.pack(
                VERSION,
                member_id.bytes,
                book,
                seq,
                points,
                requested,
                lapsed,
                held_delta,
                pending_delta,
                debt_delta,
                microseconds(occurred_at),
                microseconds(recorded_at),
                -1 if rule_version is None else rule_version,
                NO_ID if order_ref is None else order_ref.bytes,
            ),
            text(kind),
            text(cause),
            text(counter_account),
            text(budget),
            text(rule),
            text(key),
            text(origin_key),
            input_hash,
            pack(f">I{len(alloc)}q", len(alloc), *alloc),
            pack(f">I{len(opened)}q", len(opened), *opened),
        )
    )


def link(previous: bytes, encoded: bytes) -> bytes:
    """The account's new head: sha256(previous head, sha256(posting))."""
    return sha256(previous + sha256(encoded).digest()).digest()
