"""The bytes of a posting that its hash covers. The layout and test vectors stand in docs/domain/points.md.

Fixed-width big-endian integers, 16-byte ids, length-prefixed UTF-8; no personal data. A change of layout is a new
version byte: old postings keep theirs.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from struct import Struct
from uuid import UUID

from huixiang.kernel.epoch import microseconds

VERSION = 1
NO_ID = b"\0" * 16
NO_LOTS = b"\0" * 8  # the end of a posting that neither changed nor opened any

FIXED = Struct(">B16sHqqqqqqqqqi16s")
_LENGTH = Struct(">I")
_ABSENT = b"\xff\xff\xff\xff"
_NO_NUMBERS = bytes(4)


def text(value: str | None) -> bytes:
    """Length and bytes; an absent text has the length 2^32 - 1, so that it differs from an empty one."""
    if value is None:
        return _ABSENT
    encoded = value.encode()
    return _LENGTH.pack(len(encoded)) + encoded


# Kinds, causes, accounts, budgets and rules are few, and the same in posting after posting.
_word = lru_cache(1024)(text)


def numbers(values: tuple[int, ...]) -> bytes:
    """Count and numbers."""
    return _numbers(len(values)).pack(len(values), *values) if values else _NO_NUMBERS


@lru_cache(64)
def _numbers(count: int) -> Struct:
    return Struct(f">I{count}q")


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
            _word(kind),
            _word(cause),
            _word(counter_account),
            _word(budget),
            _word(rule),
            text(key),
            text(origin_key),
            input_hash,
            numbers(alloc),
            numbers(opened),
        )
    )


def link(previous: bytes, encoded: bytes) -> bytes:
    """The account's new head: sha256(previous head, sha256(posting))."""
    return sha256(previous + sha256(encoded).digest()).digest()
