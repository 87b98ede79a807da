"""Refund requests: who asked what of an order to come back, why, and what became of it. Amounts are fen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.checkout.model.orders import LINES_MAX, Name
from huixiang.checkout.model.refunds import RefundLine
from huixiang.conditions.model import AttributeCode, Condition, Number
from huixiang.kernel.money import FenNonNegative
from huixiang.kernel.text import Text

KIND = "refund_policy"  # of rule documents
DOCUMENT = (KIND, "default")

Party = Literal["member", "staff", "system", "rule"]
Asker = Literal["member", "staff", "system"]
Words = Annotated[str, Meta(min_length=1, max_length=500)]
Days = Annotated[int, Meta(ge=1, le=3650)]


class RefundGround(StrEnum):
    """Why something is to come back."""

    DAMAGED = "damaged"
    NOT_FRESH = "not_fresh"
    WRONG_GOODS = "wrong_goods"
    MISSING = "missing"
    UNWANTED = "unwanted"
    OTHER = "other"


class RequestState(StrEnum):
    """Approving and refunding are one transaction, so nothing rests between them."""

    ASKED = "asked"
    REFUNDED = "refunded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class GoodsState(StrEnum):
    """What was refunded at once is looked at afterwards."""

    TO_CHECK = "to_check"
    OK = "ok"
    NOT_OK = "not_ok"


class RequestStep(StrEnum):
    """What happens to a request; each is a row of its log, for ever."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUNDED = "refunded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    GOODS_OK = "goods_ok"
    GOODS_NOT_OK = "goods_not_ok"


class NotAtOnce(StrEnum):
    """Why a request was not refunded at once. not_offered: the policy does not do it; asker: not for who asked;
    audience, risk: not for this member; late: too long after completion; goods: some of them need a person's look;
    amount, period: more than the policy gives at once, by itself or within its period; paused: goods were not as
    told."""

    NOT_OFFERED = "not_offered"
    ASKER = "asker"
    AUDIENCE = "audience"
    RISK = "risk"
    LATE = "late"
    GOODS = "goods"
    AMOUNT = "amount"
    PERIOD = "period"
    PAUSED = "paused"


class RiskLimit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number of the member that must be known and at most so much."""

    attribute: AttributeCode
    at_most: Number


class InstantRefund(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a request is refunded at once: for members for whom `audience` holds, asked for by one of `asked_by`, on the
    business day of completion or at most `within_days` after it.

    request_fen: what one may come to; period_fen: what all of a member may, in `period_days` business days, today
    included. not_returnable: categories, with all below them, that need a person. pause_after: so many whose goods were
    not as told, within `pause_days` business days, and a person decides again.
    """

    audience: Condition
    asked_by: Annotated[tuple[Asker, ...], Meta(min_length=1, max_length=3)] = ("member",)
    within_days: Annotated[int, Meta(ge=0, le=3650)]
    request_fen: FenNonNegative
    period_days: Days
    period_fen: FenNonNegative
    risk: RiskLimit | None = None
    not_returnable: Annotated[tuple[Name, ...], Meta(max_length=1000)] = ()
    pause_after: Annotated[int, Meta(ge=1, le=100)] = 1
    pause_days: Days = 90


class RefundPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule document of kind `refund_policy`. Without `instant` a person decides every request."""

    name: Text
    instant: InstantRefund | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What instant refunds ask of a member. risk_known_low: their number is known and low enough, or none is asked for;
    instant_fen: refunded at once within the period; not_ok: goods that were not as told, within the days of a pause."""

    in_audience: bool
    risk_known_low: bool
    instant_fen: int
    not_ok: int


NOBODY = Standing(in_audience=False, risk_known_low=False, instant_fen=0, not_ok=0)


class NewRefundRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to come back of an order, and why. note: in the words of who asks; it is sealed."""

    ground: RefundGround
    lines: Annotated[list[RefundLine], Meta(min_length=1, max_length=LINES_MAX)]
    note: Words | None = None

    def __post_init__(self) -> None:
        if len({line.line_id for line in self.lines}) != len(self.lines):
            raise ValueError("two lines have the same line_id")


class RequestDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person decides, and why; the member reads the reason."""

    decision: Literal["approve", "refuse"]
    reason: Words


class GoodsCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether goods that were refunded at once are as the member told, and what was seen."""

    goods: Literal["ok", "not_ok"]
    note: Words


class By(msgspec.Struct, frozen=True):
    """Who does something to a request. party_id: of the member, the account or the key; None of the rule."""

    party: Party
    party_id: UUID | None = None


BY_RULE = By("rule")


class RequestChange(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a request's log."""

    change: RequestStep
    party: Party
    party_id: UUID | None
    reason: str | None
    changed_at: datetime


class RequestedRefund(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it stands. worth_fen: what its lines would have given back when it was asked; what they gave is in
    the refund. why_not: why it was not refunded at once, none where it was. policy_version: of the document that said
    so. goods: None of what a person approved. changes: its log, the first one first."""

    request_id: UUID
    order_id: UUID
    order_number: str
    member_id: UUID
    state: RequestState
    ground: RefundGround
    lines: list[RefundLine]
    worth_fen: int
    asked_by: Asker
    asked_by_id: UUID
    asked_at: datetime
    store_id: str | None
    why_not: list[NotAtOnce]
    policy_version: int
    note: str | None = None
    refund_id: UUID | None = None
    decided_by: Party | None = None
    decided_by_id: UUID | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    goods: GoodsState | None = None
    changes: list[RequestChange] = []


class MyRefundRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request as its member sees it: not who at the shop did what, nor what the rule holds against them."""

    request_id: UUID
    order_id: UUID
    order_number: str
    state: RequestState
    ground: RefundGround
    lines: list[RefundLine]
    worth_fen: int
    asked_by: Asker
    asked_at: datetime
    note: str | None
    refund_id: UUID | None
    at_once: bool
    decided_at: datetime | None
    reason: str | None
    goods: GoodsState | None


def as_member_sees(request: RequestedRefund) -> MyRefundRequest:
    shown = {field: getattr(request, field) for field in MyRefundRequest.__struct_fields__ if field != "at_once"}
    return MyRefundRequest(**shown, at_once=request.decided_by == "rule")
