"""Nouns of benefits. What a benefit does is said by rules that ask for it; claiming and redeeming stand elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text

KIND = "benefit"  # of rule documents
BenefitCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,31}$(?!\n)", description="A benefit, by its document.")]
Giver = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_:.-]{0,63}$(?!\n)", description="What gave it: tier:gold, service.")
]
Instant = Annotated[datetime, Meta(tz=True)]
Times = Annotated[int, Meta(ge=1, le=1_000_000)]
Span = Literal["life", "month", "week", "day"]


class BenefitTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule document of kind `benefit`. times: how often in a period of the calendar; without limit if left out."""

    name: Text
    times: Times | None = None
    in_a: Span = "life"


class NewEntitlement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A benefit for a member from now on, with the quota of its document; until `ends_at`, or until it is ended. used:
    how much of this period's quota is gone, where another system has counted so far."""

    benefit: BenefitCode
    source: Giver
    ends_at: Instant | None = None
    used: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class Entitlement(msgspec.Struct, frozen=True, kw_only=True):
    """A privilege that one member has, or had. quota: times a period, None without limit; used: in the period now."""

    entitlement_id: UUID
    benefit: str
    source: str
    state: Literal["active", "ended"]
    quota: int | None
    in_a: Span
    used: int
    starts_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None


class Counted(NamedTuple):
    """An entitlement as it is counted: its uses are those of the period that began on `period_from`."""

    entitlement: Entitlement
    period_from: date


class Use(NamedTuple):
    """What an order takes of a benefit: a use of one entitlement, in the period that began then."""

    benefit: str
    entitlement_id: UUID
    period_from: date


class GivenBack(NamedTuple):
    """A use that an order takes no more. counts: there is one more to be had; not where its period or its entitlement
    is over."""

    benefit: str
    entitlement_id: UUID
    counts: bool


class BenefitUnknown(DomainError):
    code = "benefit_unknown"
    status = 409
    title = Text(zh="没有这项权益", en="Unknown benefit")
    detail = Text(zh="目前没有名为 {benefit} 的权益。", en="There is no benefit {benefit} in force.")


class EntitlementUnknown(DomainError):
    code = "entitlement_unknown"
    status = 404
    title = Text(zh="没有这份权益", en="Unknown entitlement")
    detail = Text(zh="该会员没有编号为 {entitlement_id} 的权益。", en="The member has no entitlement {entitlement_id}.")
