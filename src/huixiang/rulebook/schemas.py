"""A rule document as HTTP shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from huixiang.rulebook.model import Document, State


class RuleDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a rule document. `hash` is the sha256, in hex, of the body as JSON with sorted keys and no spaces
    between tokens, in UTF-8."""

    kind: str
    code: str
    version: int
    hash: str
    state: State
    valid_from: datetime
    valid_to: datetime | None
    published_at: datetime | None
    published_by: str | None
    note: str | None
    body: dict[str, Any]


def shown(document: Document) -> RuleDocument:
    return RuleDocument(
        kind=document.kind,
        code=document.code,
        version=document.version,
        hash=document.hash.hex(),
        state=document.state,
        valid_from=document.period.start,
        valid_to=document.period.end,
        published_at=document.published_at,
        published_by=document.published_by,
        note=document.note,
        body=msgspec.to_builtins(document.body),
    )
