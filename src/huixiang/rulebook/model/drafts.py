"""Drafts: what may become the next version of a document, changed in place until it does."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

Body = dict[str, Any]
VersionNumber = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Base = Annotated[
    int, Meta(ge=0, le=2**31 - 1, description="The latest version when the change was made; 0 where there was none.")
]
Note = Annotated[str, Meta(min_length=1, max_length=500, description="Why, for who reads the history.")]
DraftState = Literal["open", "published", "discarded"]


class NewDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draft may hold what could not be published yet. Without a base it is made against the latest version."""

    body: Body
    note: Note
    base: Base | None = None


class DraftChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole new body. edition: the one that was read. base: where the draft is now made against another version."""

    body: Body
    note: Note
    edition: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    base: Base | None = None


class DraftSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A draft without what it says."""

    draft_id: UUID
    kind: str
    code: str
    base: int
    edition: int
    note: str
    state: DraftState
    version: int | None
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


class Draft(DraftSummary, frozen=True, kw_only=True):
    """edition: how often it was written. version: what it was published as."""

    body: Body


class NewVersion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to publish: a body, a draft (in the edition that was read), or what a former version said. From
    `valid_from`, now where it is left out, up to `valid_to`."""

    base: Base
    note: Note
    body: Body | None = None
    draft_id: UUID | None = None
    edition: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    of_version: VersionNumber | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class Withdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    note: Note
