"""What the hashes of the audit log are over. The layout stands in docs/operate/staff.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from struct import Struct
from uuid import UUID

from huixiang.kernel.epoch import days, microseconds
from huixiang.staff.model.audit import AuditRoot, ChainEnd, Link

_LINK_NAME = b"huixiang audit 1"
_ENDS_NAME = b"huixiang ends 1\0"
_ROOT_NAME = b"huixiang audroot"
_NUMBERS = Struct(">iqq")
_STATEMENT = Struct(">16siqq32s32s")
_LENGTH = Struct(">i")


def link_hash(link: Link) -> bytes:
    """Of an entry: over all that its row says, and the hash of the entry before it."""
    parts: list[bytes] = [
        _LINK_NAME,
        link.previous_hash,
        _NUMBERS.pack(days(link.day), link.seq, microseconds(link.recorded_at)),
        link.audit_id.bytes,
        _part(link.actor),
        _part(link.action),
        _part(link.subject),
        _part(link.member_id),
        _part(link.before),
        _part(link.after),
        _part(link.reason),
    ]
    return sha256(b"".join(parts)).digest()


def _part(value: str | UUID | None) -> bytes:
    """With its length before it, -1 for nothing, so that no two rows run together to the same bytes."""
    if value is None:
        return _LENGTH.pack(-1)
    encoded = value.bytes if isinstance(value, UUID) else value.encode()
    return _LENGTH.pack(len(encoded)) + encoded


def broken(link: Link, before: Link | None) -> str | None:
    """What is wrong with an entry that stands behind another of its chain (None: it is the first one)."""
    expected = before.seq + 1 if before else 1
    if link.seq != expected:
        return f"entries {expected} to {link.seq - 1} are missing"
    if link_hash(link) != link.hash:
        return "the entry is not what was recorded"
    if before and link.previous_hash != before.hash:
        return "the entry does not follow the one before it"
    return None


def key_id(public_key: bytes) -> str:
    """The first half of its sha256, in hexadecimal: the id that signers know a key by."""
    return sha256(public_key).digest()[:16].hex()


def ends_digest(ends: Iterable[ChainEnd]) -> bytes:
    """Over the ends of a day's chains, in the order of their actors' bytes."""
    digest = sha256(_ENDS_NAME)
    for end in sorted(ends, key=lambda one: one.actor.encode()):
        digest.update(_part(end.actor) + _NUMBERS.pack(0, end.seq, 0) + end.hash)
    return digest.digest()


def day_root(day: date, ends: Sequence[ChainEnd], previous: bytes) -> AuditRoot:
    """The root of a day, not signed yet."""
    unsigned = AuditRoot(
        day=day, chains=len(ends), entries=sum(end.seq for end in ends), ends=ends_digest(ends), previous=previous
    )
    return AuditRoot(
        day=day,
        chains=unsigned.chains,
        entries=unsigned.entries,
        ends=unsigned.ends,
        previous=previous,
        root=sha256(statement(unsigned)).digest(),
    )


def statement(root: AuditRoot) -> bytes:
    """What is signed: day, chains, entries, ends and the root of the day before, 100 bytes."""
    return _STATEMENT.pack(_ROOT_NAME, days(root.day), root.chains, root.entries, root.ends, root.previous)
