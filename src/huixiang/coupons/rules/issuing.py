"""What a copy of a template is, and whether it may be had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

import msgspec

from huixiang.coupons.model import (
    ClaimTerms,
    CouponClaimNotOpen,
    CouponClaimOver,
    CouponNotOffered,
    CouponTemplate,
    CouponTemplateOver,
)
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.errors import Problem
from huixiang.stock.model import Definition, Kind, Wanted

Way = Literal["claim", "grant", "desk", "code", "pack"]
_COPIES = UUID("5d0c2f34-6f0b-5c5d-9b52-6f0f3a1d7c11")


def copy_id(member_id: UUID, way: Way, template: str, key: str) -> UUID:
    """The id of the copy that a command makes follows from it, so that who repeats it finds its own ticket."""
    return uuid5(_COPIES, f"{member_id} {way} {template} {key}")


def copy_again(coupon_id: UUID, attempt: int) -> UUID:
    """The id in place of one that was given up."""
    return uuid5(coupon_id, str(attempt))


def require_offered(template: str, terms: CouponTemplate, way: Way, now: datetime) -> None:
    """Raises CouponNotOffered, CouponClaimNotOpen, CouponClaimOver."""
    if way in {"grant", "desk", "pack"}:
        if not terms.grant or (way == "desk" and not terms.desk_per_day):
            raise CouponNotOffered(template=template, way=way)
        return
    if way == "code":
        if terms.codes is None:
            raise CouponNotOffered(template=template, way=way)
        return
    require_claims(template, terms.claim, now)


def require_granted(template: str, terms: CouponTemplate, now: datetime, calendar: BusinessCalendar) -> None:
    """Whether copies may be given to members now. Raises CouponNotOffered, CouponTemplateOver."""
    require_offered(template, terms, "grant", now)
    end_of(template, terms, now, calendar)


def require_claims(what: str, claim: ClaimTerms | None, now: datetime) -> None:
    """Whether members may take a template or a pack themselves at this hour. Raises as `require_offered`."""
    if claim is None:
        raise CouponNotOffered(template=what, way="claim")
    if claim.opens_at is not None and now < claim.opens_at:
        raise CouponClaimNotOpen(template=what, opens_at=claim.opens_at)
    if claim.closes_at is not None and now >= claim.closes_at:
        raise CouponClaimOver(template=what, closes_at=claim.closes_at)


def end_of(template: str, terms: CouponTemplate, now: datetime, calendar: BusinessCalendar) -> datetime:
    """When a copy that is issued now ends. Raises CouponTemplateOver."""
    last = terms.until if terms.until is not None else calendar.day(now) + timedelta(days=terms.days or 0)
    end = calendar.start_of(last + timedelta(days=1))
    if end <= now:
        raise CouponTemplateOver(template=template, until=last.isoformat())
    return end


def reminder_of(terms: CouponTemplate, end: datetime, now: datetime) -> datetime | None:
    """When its end is announced; None where it is not, or is that near from the start."""
    if terms.remind_days is None:
        return None
    at = end - timedelta(days=terms.remind_days)
    return at if at > now else None


def copy_of(template: str) -> Wanted:
    """What a copy of a template takes, whichever its version, of how many there are."""
    return Wanted(kind=Kind.COUPON_TEMPLATE, key=template, amount=1)


def wanted_of(template: str, version: int, terms: CouponTemplate) -> list[Wanted]:
    """What one copy takes of what all members share."""
    wanted = []
    if terms.total is not None:
        definition = Definition(unit="pieces", capacity=terms.total, version=version, source="coupon_template")
        wanted.append(msgspec.structs.replace(copy_of(template), definition=definition))
    if terms.budget_fen is not None and terms.worth_fen is not None:
        definition = Definition(unit="fen", capacity=terms.budget_fen, version=version, source="coupon_template")
        wanted.append(Wanted(kind=Kind.BUDGET, key=f"coupon/{template}", amount=terms.worth_fen, definition=definition))
    return wanted


def copies_left(wanted: Sequence[Wanted], room: Mapping[UUID, int]) -> int | None:
    """How many copies there still are for all members; None without an end of them. wanted: by one copy; room: of each
    resource of these."""
    left = [room[one.resource_id] // one.amount for one in wanted]
    return max(min(left), 0) if left else None


def problems_of(terms: CouponTemplate) -> Iterator[Problem]:
    """What is wrong with a template by itself."""
    if (terms.until is None) == (terms.days is None):
        yield Problem("$", "give the last day in until, or a number of days")
    if terms.budget_fen is not None and terms.worth_fen is None:
        yield Problem("$", "a budget_fen takes a worth_fen: what all copies may cost, and what one does")
    elif terms.budget_fen is not None and terms.worth_fen is not None and terms.worth_fen > terms.budget_fen:
        yield Problem("$.worth_fen", "is more than the whole budget")
    if terms.codes is not None and terms.codes.public is None and not terms.codes.unique:
        yield Problem("$.codes", "give a public code, or say that there are unique ones")
    if not (terms.grant or terms.claim or terms.codes):
        yield Problem("$", "nobody could have it: give claim, codes or grant")
    if terms.holdout_bp and not (terms.grant or terms.claim):
        yield Problem("$.holdout_bp", "takes a claim or grant: who has a code is never held out")
    yield from problems_of_claim(terms.claim)


def problems_of_claim(window: ClaimTerms | None) -> Iterator[Problem]:
    if window and window.opens_at and window.closes_at and window.closes_at <= window.opens_at:
        yield Problem("$.claim.closes_at", "must be after opens_at")
