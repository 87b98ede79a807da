"""Drafts, which change in place until they are closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from huixiang.platform.db import Transaction
from huixiang.rulebook.model import Draft, DraftSummary


async def insert(tx: Transaction, draft: Draft) -> None:
    await tx.execute(
        """
        INSERT INTO rulebook.draft (draft_id, kind, code, base, edition, note, state, body,
                                    created_at, created_by, changed_at, changed_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $9, $10)
        """,
        draft.draft_id,
        draft.kind,
        draft.code,
        draft.base,
        draft.edition,
        draft.note,
        draft.state,
        msgspec.json.encode(draft.body).decode(),
        draft.created_at,
        draft.created_by,
    )


async def update(tx: Transaction, draft: Draft) -> None:
    await tx.execute(
        """
        UPDATE rulebook.draft SET base = $2, edition = $3, note = $4, state = $5, version = $6, body = $7::jsonb,
                                  changed_at = $8, changed_by = $9
        WHERE draft_id = $1
        """,
        draft.draft_id,
        draft.base,
        draft.edition,
        draft.note,
        draft.state,
        draft.version,
        msgspec.json.encode(draft.body).decode(),
        draft.changed_at,
        draft.changed_by,
    )


async def find(tx: Transaction, kind: str, code: str, draft_id: UUID, *, lock: bool = False) -> Draft | None:
    record = await tx.fetchrow(
        f"""
        SELECT draft_id, kind, code, base, edition, note, state, version, body,
               created_at, created_by, changed_at, changed_by
        FROM rulebook.draft WHERE draft_id = $1 AND kind = $2 AND code = $3 {"FOR UPDATE" if lock else ""}
        """,
        draft_id,
        kind,
        code,
    )
    return Draft(**_columns(record), body=msgspec.json.decode(record["body"])) if record else None


async def of_document(
    tx: Transaction, kind: str, code: str, before: tuple[datetime, UUID] | None, limit: int
) -> Sequence[DraftSummary]:
    """The open drafts of a document, the last changed first, below a place in that order."""
    records = await tx.fetch(
        """
        SELECT draft_id, kind, code, base, edition, note, state, version, created_at, created_by, changed_at, changed_by
        FROM rulebook.draft WHERE kind = $1 AND code = $2 AND state = 'open'
          AND ($3::timestamptz IS NULL OR (changed_at, draft_id) < ($3, $4::uuid))
        ORDER BY changed_at DESC, draft_id DESC LIMIT $5
        """,
        kind,
        code,
        *(before or (None, None)),
        limit,
    )
    return [DraftSummary(**_columns(record)) for record in records]


def _columns(record: Any) -> dict[str, Any]:
    return {name: record[name] for name in DraftSummary.__struct_fields__}
