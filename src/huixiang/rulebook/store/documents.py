"""Documents, their versions and states."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from huixiang.kernel.period import Period
from huixiang.platform.db import Transaction
from huixiang.rulebook.model import Name, State, Version


class Header(msgspec.Struct, frozen=True):
    """A document but for its decoded body, which `stored` holds as JSON."""

    kind: str
    code: str
    version: int
    hash: bytes
    period: Period
    state: State
    transitions: int
    published_at: datetime | None
    published_by: str | None
    note: str | None
    stored: bytes


async def revision(tx: Transaction) -> UUID | None:
    """The name of what is published now: another one after every change. None before the first document."""
    name: UUID | None = await tx.fetchval("SELECT id FROM rulebook.revision")
    return name


async def begin_change(tx: Transaction, revision: UUID) -> None:
    """Give what will be published a new name. The row stays locked, so that whoever changes anything takes turns."""
    await tx.execute(
        "INSERT INTO rulebook.revision (one, id) VALUES (true, $1) ON CONFLICT (one) DO UPDATE SET id = excluded.id",
        revision,
    )


async def published(tx: Transaction, names: Collection[Name]) -> list[Header]:
    """The published versions of some documents, of each the newest first."""
    records = await tx.fetch(
        """
        SELECT f.*, d.body FROM unnest($1::text[], $2::text[]) AS wanted (kind, code)
        JOIN rulebook.rulebook_facts f USING (kind, code) JOIN rulebook.document d USING (kind, code, version)
        WHERE f.state = 'published' ORDER BY kind, code, version DESC
        """,
        [kind for kind, _ in names],
        [code for _, code in names],
    )
    return [_header(record) for record in records]


async def header(tx: Transaction, kind: str, code: str, version: int) -> Header | None:
    record = await tx.fetchrow(
        """
        SELECT f.*, d.body FROM rulebook.rulebook_facts f JOIN rulebook.document d USING (kind, code, version)
        WHERE kind = $1 AND code = $2 AND version = $3
        """,
        kind,
        code,
        version,
    )
    return _header(record) if record else None


async def versions(tx: Transaction, kind: str | None, code: str | None = None) -> list[Version]:
    """Every version, or those of a kind or of one document; of each document the newest first."""
    records = await tx.fetch(
        """
        SELECT kind, code, version, hash, valid_from, valid_to, state, published_at, published_by, note
        FROM rulebook.rulebook_facts
        WHERE ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR code = $2) ORDER BY kind, code, version DESC
        """,
        kind,
        code,
    )
    return [_version(record) for record in records]


async def versions_below(tx: Transaction, kind: str, code: str, below: int, limit: int) -> list[Version]:
    """Versions of one document with lower numbers than one, the newest first."""
    records = await tx.fetch(
        """
        SELECT kind, code, version, hash, valid_from, valid_to, state, published_at, published_by, note
        FROM rulebook.rulebook_facts
        WHERE kind = $1 AND code = $2 AND version < $3 ORDER BY version DESC LIMIT $4
        """,
        kind,
        code,
        below,
        limit,
    )
    return [_version(record) for record in records]


async def last_versions(tx: Transaction) -> dict[Name, int]:
    """The highest number of every document, whatever its state."""
    records = await tx.fetch("SELECT kind, code, max(version) AS version FROM rulebook.document GROUP BY kind, code")
    return {(record["kind"], record["code"]): record["version"] for record in records}


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


def _version(record: Any) -> Version:
    return Version(
        kind=record["kind"],
        code=record["code"],
        version=record["version"],
        period=Period(record["valid_from"], record["valid_to"]),
        state=record["state"],
        published_at=record["published_at"],
        published_by=record["published_by"],
        note=record["note"],
        hash=record["hash"],
    )


def _header(record: Any) -> Header:
    return Header(
        kind=record["kind"],
        code=record["code"],
        version=record["version"],
        hash=record["hash"],
        period=Period(record["valid_from"], record["valid_to"]),
        state=record["state"],
        transitions=record["transitions"],
        published_at=record["published_at"],
        published_by=record["published_by"],
        note=record["note"],
        stored=record["body"].encode(),
    )
