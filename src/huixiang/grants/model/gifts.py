"""What a grant gives to each member, and what came of giving it and of taking it back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.coupons.model import TemplateCode
from huixiang.tiers.model import TierCode

Amount = Annotated[int, Meta(ge=1, le=10_000_000, description="Points for each member, where the list says none.")]
BudgetCode = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,31}$(?!\n)", description="Who pays, as the ledger has it.")
]
BenefitCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,31}$(?!\n)", description="A benefit, by its document.")]
Copies = Annotated[int, Meta(ge=1, le=20)]
UnitCost = Annotated[int, Meta(ge=0, le=100_000_000, description="What one is expected to cost, in fen.")]
Instant = Annotated[datetime, Meta(tz=True)]


class _Gift(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """`kind` says which."""


class PointsGift(_Gift, frozen=True, kw_only=True, tag="points"):
    """Points for each. expires_on: their last day; left out, as the earning rules say of the cause `grant`."""

    points: Amount
    expires_on: date | None = None
    budget: BudgetCode | None = None

    @property
    def amount(self) -> int:
        return self.points


class CouponGift(_Gift, frozen=True, kw_only=True, tag="coupons"):
    """Copies of a coupon template for each, which says all else about them: until when they are good, what a member
    may have, how many there are."""

    template: TemplateCode
    copies: Copies = 1

    @property
    def amount(self) -> int:
        return self.copies


class BenefitGift(_Gift, frozen=True, kw_only=True, tag="benefit"):
    """One entitlement to a benefit for each, with the quota of its document. unit_cost_fen: what one is expected to
    cost, for the preview alone."""

    benefit: BenefitCode
    ends_at: Instant | None = None
    unit_cost_fen: UnitCost | None = None

    @property
    def amount(self) -> int:
        return 1


class TierGift(_Gift, frozen=True, kw_only=True, tag="tier"):
    """A tier for each through a day. Who has it, or a higher one, when the grant comes to them is not given it."""

    tier: TierCode
    until: date
    unit_cost_fen: UnitCost | None = None

    @property
    def amount(self) -> int:
        return 1


Gift = PointsGift | CouponGift | BenefitGift | TierGift


class Settled(msgspec.Struct, frozen=True):
    """What came of one member's row: how much was given, or why nothing was. Neither: it is left to another
    transaction."""

    given: int = 0
    refusal: str | None = None


class TakenFrom(msgspec.Struct, frozen=True):
    """How much of what was given came back, and why not all of it."""

    member_id: UUID
    taken: int
    rest: str | None
