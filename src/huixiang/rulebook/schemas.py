"""A rule document as HTTP shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from huixiang.kernel.errors import Problem
from huixiang.rulebook.model import Document, State, Switch, Version
from huixiang.rulebook.model.drafts import Body
from huixiang.rulebook.service import Published


class RuleVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a rule document, without what it says."""

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


class RuleDocument(RuleVersion, frozen=True, kw_only=True):
    """One version of a rule document. `hash` is the sha256, in hex, of the body as JSON with sorted keys and no spaces
    between tokens, in UTF-8."""

    body: dict[str, Any]


class PublishedVersion(msgspec.Struct, frozen=True):
    """A version that was published, and what may be a slip in it."""

    version: RuleVersion
    warnings: Sequence[Problem]


class CheckedBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that is not published, only looked at."""

    body: Body


class Switches(msgspec.Struct, frozen=True):
    """off: what is switched off now, whichever version has it; turns: the last five hundred, the newest first."""

    off: Sequence[str]
    turns: Sequence[Switch]


def shown(document: Document) -> RuleDocument:
    return RuleDocument(**_columns(document), body=msgspec.to_builtins(document.body))


def listed(version: Version | Document) -> RuleVersion:
    return RuleVersion(**_columns(version))


def published(done: Published) -> PublishedVersion:
    return PublishedVersion(listed(done.document), done.warnings)


def _columns(version: Version | Document) -> dict[str, Any]:
    return {
        "kind": version.kind,
        "code": version.code,
        "version": version.version,
        "hash": version.hash.hex(),
        "state": version.state,
        "valid_from": version.period.start,
        "valid_to": version.period.end,
        "published_at": version.published_at,
        "published_by": version.published_by,
        "note": version.note,
    }
