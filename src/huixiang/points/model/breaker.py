"""The circuit breaker: what is usual, what is paused, and the earnings that wait for a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.money import PointsNonNegative
from huixiang.kernel.text import Text

# Pending until somebody decides: an instant that does not come.
PAUSED = datetime(9998, 1, 1, tzinfo=UTC)
# What concerns the programme and no member is announced as its own.
PROGRAMME = UUID("00000000-0000-7000-8000-000000000000")

Asset = Literal["points", "coupon", "benefit"]
Side = Literal["issue", "burn"]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """What is issued or burned, why, by which rule and at which place (a store)."""

    asset: Asset = "points"
    side: Side
    cause: str
    rule: str | None = None
    place: str | None = None


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Off its band is a sum above `times_bp` of the highest of the past, and above `floor`."""

    times_bp: Annotated[int, Meta(ge=10_000, le=10_000_000)]
    floor: PointsNonNegative


class BreakerRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule document of kind `breaker`: `default` for points, else of the asset's name. What has none is not judged.

    history_days: how far back the past goes; a cause with less than `least_days` of it is not judged, nor one that is
    exempt. Hours and days have each their band.
    """

    name: Text
    history_days: Annotated[int, Meta(ge=7, le=90)]
    least_days: Annotated[int, Meta(ge=1, le=90)]
    hour: Band
    day: Band
    exempt: list[Name] = []


class Flow(Stream, frozen=True, kw_only=True):
    """How much of a cause, of one rule of it, or of it at one place, there was in this hour and in this day so far, and
    the most there was in an hour and in a day of the past. `days`: how much past there is."""

    hour: int
    day: int
    highest_hour: int
    highest_day: int
    days: int


class Breach(msgspec.Struct, frozen=True):
    """A sum off its band: this hour's or this day's."""

    span: Literal["hour", "day"]
    sum: int
    limit: int

    @property
    def text(self) -> str:
        return f"{self.sum} in this {self.span}, usually at most {self.limit}"


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """So much of a stream, to be counted in the hour in which it is said."""

    stream: Stream
    amount: int


class NewPause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pause what a cause issues or burns; only by one rule (`earning.default`), only at one place (a store), where that
    is given."""

    asset: Asset = "points"
    side: Side
    cause: Name
    rule: Name | None = None
    place: Name | None = None
    reason: Reason


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """A pause, over where `ended_at` is given. `started_by` is `staff:<id>`, or `breaker` for what was detected."""

    pause_id: UUID
    asset: Asset
    side: Side
    cause: str
    rule: str | None
    place: str | None
    reason: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_reason: str | None = None

    def covers(self, stream: Stream) -> bool:
        return (
            (self.asset, self.side, self.cause) == (stream.asset, stream.side, stream.cause)
            and self.rule in {None, stream.rule}
            and self.place in {None, stream.place}
        )


class Paused(msgspec.Struct, frozen=True, kw_only=True):
    """A credit that was posted while its cause was paused. `due_at`: when it would have become spendable; None: at
    once. `state`: waiting, released, voided."""

    member_id: UUID
    book: str
    key: str
    pause_id: UUID
    cause: str
    points: int
    posted_at: datetime
    due_at: datetime | None
    state: Literal["waiting", "released", "voided"]
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None


class PausedKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names one credit."""

    member_id: UUID
    key: Annotated[str, Meta(min_length=1, max_length=200)]


class Verdict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person decides about credits of a pause."""

    decision: Literal["release", "void"]
    reason: Reason
    credits: Annotated[list[PausedKey], Meta(min_length=1, max_length=200)]


class Decided(msgspec.Struct, frozen=True):
    """How many credits a verdict decided; those decided before are not among them."""

    decided: int


class PausedPosting(msgspec.Struct, frozen=True):
    """A paused credit as it stands in the journal: account, key, and when it would have become spendable."""

    member_id: UUID
    book: int
    key: str
    due_at: datetime | None


class Resumption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a pause ends."""

    reason: Reason
