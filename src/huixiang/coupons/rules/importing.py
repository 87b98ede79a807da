"""What a brought-in copy is, and in which turns rows are issued."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid5

from huixiang.coupons.model.importing import ImportedCopy

_COPIES = UUID("0d6a3c58-7f0e-5a3d-8c7e-9c1b7a52e4f9")
Row = TypeVar("Row")


def copy_id(row: ImportedCopy) -> UUID:
    """Follows from all that a row says but whose it is, so that the same row is the same copy and another one is not.
    Members may be named in several ways, and are merged."""
    end = "" if row.expires_at is None else str(int(row.expires_at.timestamp()))
    return uuid5(_COPIES, f"{row.reference} {row.template} {end}")


def is_over(row: ImportedCopy, now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= now


def turns(rows: Sequence[tuple[UUID, Row]]) -> Iterator[list[tuple[UUID, Row]]]:
    """Rows with their members, parted so that in each part a member comes once, in their order: of several copies of a
    member each is judged for itself."""
    seen = Counter[UUID]()
    parts: defaultdict[int, list[tuple[UUID, Row]]] = defaultdict(list)
    for member_id, row in rows:
        parts[seen[member_id]].append((member_id, row))
        seen[member_id] += 1
    yield from (parts[number] for number in sorted(parts))
