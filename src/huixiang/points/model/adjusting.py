"""Points given or taken by staff."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.money import PointsNonNegative
from huixiang.kernel.text import Text

Ground = Literal["goodwill", "correction", "breach"]
State = Literal["waiting", "posted", "refused", "expired", "failed"]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Reference = Annotated[str, Meta(min_length=1, max_length=200)]
Amount = Annotated[int, Meta(ge=-10_000_000, le=10_000_000, description="Points; below zero to take.")]


class AdjustingRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule document of kind `adjusting`: what one person moves on one account in a business day, above so many
    points, waits for another's approval. One request of more than `large_above` is not for everybody who approves."""

    name: Text
    approval_above: PointsNonNegative
    large_above: PointsNonNegative | None = None


class NewAdjustment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What staff asks for. `attachment` refers to the evidence, as a ticket's number.

    ground: goodwill gives; a correction gives, or takes what is there; breach of terms takes, and what is not there
    is owed.
    """

    points: Amount
    ground: Ground
    reason: Reason
    attachment: Reference | None = None


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """An adjustment and what became of it: `posted` with the number of its posting, `waiting` for the request of the
    same id to be decided, `refused` or `expired` there, or `failed` when it was to be posted, with the code of the
    refusal as its note.

    `checked_by` is None where no approval was needed.
    """

    adjustment_id: UUID
    member_id: UUID
    points: int
    ground: Ground
    reason: str
    attachment: str | None
    made_by: UUID
    made_at: datetime
    state: State
    checked_by: UUID | None = None
    decided_at: datetime | None = None
    note: str | None = None
    seq: int | None = None
