"""Rule documents in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from huixiang.kernel.period import Period
from huixiang.platform.db import Transaction
from huixiang.rulebook.model import State


class Header(msgspec.Struct, frozen=True):
    """A document without its body."""

    version: int
    hash: bytes
    period: Period
    state: State
    transitions: int
    published_at: datetime | None
    published_by: str | None
    note: str | None


async def current_header(tx: Transaction, kind: str, code: str, at: datetime) -> Header | None:
    record = await tx.fetchrow(
        """
        SELECT * FROM rulebook.rulebook_facts
        WHERE kind = $1 AND code = $2 AND state = 'published' AND valid_from <= $3
          AND (valid_to IS NULL OR valid_to > $3)
        ORDER BY version DESC LIMIT 1
        """,
        kind,
        code,
        at,
    )
    return _header(record) if record else None


async def published_headers(tx: Transaction, kind: str, code: str) -> list[Header]:
    records = await tx.fetch(
        """
        SELECT * FROM rulebook.rulebook_facts
        WHERE kind = $1 AND code = $2 AND state = 'published' ORDER BY version DESC
        """,
        kind,
        code,
    )
    return [_header(record) for record in records]


async def header(tx: Transaction, kind: str, code: str, version: int) -> Header | None:
    record = await tx.fetchrow(
        "SELECT * FROM rulebook.rulebook_facts WHERE kind = $1 AND code = $2 AND version = $3",
        kind,
        code,
        version,
    )
    return _header(record) if record else None


async def bodies(tx: Transaction, kind: str, code: str, versions: Sequence[int]) -> dict[int, bytes]:
    records = await tx.fetch(
        "SELECT version, body FROM rulebook.document WHERE kind = $1 AND code = $2 AND version = ANY($3::int[])",
        kind,
        code,
        versions,
    )
    return {record["version"]: record["body"].encode() for record in records}


async def next_version(tx: Transaction, kind: str, code: str) -> int:
    """Takes the document's next number and keeps its row locked, so that two publishers take turns."""
    version: int = await tx.fetchval(
        """
        INSERT INTO rulebook.head AS h (kind, code, version) VALUES ($1, $2, 1)
        ON CONFLICT (kind, code) DO UPDATE SET version = h.version + 1 RETURNING version
        """,
        kind,
        code,
    )
    return version


async def is_first(tx: Transaction, kind: str, code: str) -> bool:
    """Takes number 1 where the document has no version yet; of two at once, the other gets False."""
    taken = await tx.execute(
        "INSERT INTO rulebook.head (kind, code, version) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING", kind, code
    )
    return taken == 1


async def insert_document(
    tx: Transaction, kind: str, code: str, version: int, *, body: bytes, digest: bytes, period: Period
) -> None:
    await tx.execute(
        """
        INSERT INTO rulebook.document (kind, code, version, body, hash, valid_from, valid_to, recorded_at)
        VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, $8)
        """,
        kind,
        code,
        version,
        body.decode(),
        digest,
        period.start,
        period.end,
        tx.now,
    )


async def insert_transition(
    tx: Transaction, kind: str, code: str, version: int, *, seq: int, state: State, by: str, note: str
) -> None:
    """Two who change one document's state at once both write `seq`; the second is refused by the primary key."""
    await tx.execute(
        """
        INSERT INTO rulebook.transition (kind, code, version, seq, state, at, by, note)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        kind,
        code,
        version,
        seq,
        state,
        tx.now,
        by,
        note,
    )


def _header(record: Any) -> Header:
    return Header(
        version=record["version"],
        hash=record["hash"],
        period=Period(record["valid_from"], record["valid_to"]),
        state=record["state"],
        transitions=record["transitions"],
        published_at=record["published_at"],
        published_by=record["published_by"],
        note=record["note"],
    )
