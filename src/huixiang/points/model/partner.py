"""Exchange with partners: another brand's points in and out at a rate, and the files by which days are settled."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.points.model.transfer import PointsPositive

PartnerCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,31}$(?!\n)")]
Reference = Annotated[
    str, Meta(pattern=r"^[^\s\x00-\x1f\x7f]{1,64}$(?!\n)", description="The partner's own name for one exchange.")
]
Direction = Literal["in", "out"]
EntryDirection = Literal["in", "out", "cancelled"]


class ExchangeRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`points` of ours for `partner_points` of theirs. Only whole multiples are exchanged: nothing is rounded."""

    points: PointsPositive
    partner_points: PointsPositive


class DirectionTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One direction of an exchange, in points of ours.

    budget_points: for all members and all time; daily_points: for all members a business day; member_daily_points: for
    each of them.
    """

    rate: ExchangeRate
    budget_points: PointsPositive
    daily_points: PointsPositive
    member_daily_points: PointsPositive


class PartnerTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was agreed with a partner; a document of kind `partner` under the partner's code.

    A direction without terms is closed. valid_days: how long points that came in can be used; None: for ever.
    """

    name: Text
    incoming: DirectionTerms | None = None
    outgoing: DirectionTerms | None = None
    valid_days: Annotated[int, Meta(ge=1, le=36_500)] | None = None


class ExchangeOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: so many points of the partner, in or out, for one member."""

    partner: str
    direction: Direction
    reference: str
    partner_points: int


class PartnerTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the partner's budget and daily limit, reserved for one exchange. A cancelled one counts no more; its
    reference stays taken."""

    partner: str
    direction: Direction
    reference: str
    owner_id: UUID
    points: int
    partner_points: int
    rule_version: int
    state: Literal["reserved", "confirmed", "cancelled"]
    business_day: date
    reserved_at: datetime


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the journal of exchanges."""

    partner: str
    direction: EntryDirection
    reference: str
    points: int
    partner_points: int
    rule_version: int
    occurred_at: datetime
    recorded_at: datetime
    business_day: date


class SettlementLine(msgspec.Struct, frozen=True, order=True):
    """One exchange as a settlement names it: its place is (direction, reference)."""

    direction: EntryDirection
    reference: str
    points: int
    partner_points: int


class Settlement(msgspec.Struct, frozen=True):
    """The file of one partner and business day."""

    partner: str
    business_day: date
    file: bytes
    sha256: bytes


class Difference(msgspec.Struct, frozen=True):
    """Where the partner's file and ours part: `only_ours`, `only_theirs`, or `figures` that differ."""

    direction: EntryDirection
    reference: str
    kind: Literal["only_ours", "only_theirs", "figures"]
    ours: SettlementLine | None
    theirs: SettlementLine | None


class Reconciliation(msgspec.Struct, frozen=True):
    """What came of holding a partner's file against ours. `agreed`: how many exchanges are alike."""

    partner: str
    business_day: date
    agreed: int
    differences: list[Difference]


class ExchangeClosed(DomainError):
    """Fields: partner, direction."""

    code = "exchange_closed"
    status = 409
    title = Text(zh="兑换未开放", en="Exchange is closed")
    detail = Text(
        zh="与 {partner} 的 {direction} 方向兑换未开放。", en="Exchange {direction} with {partner} is not open."
    )


class ExchangeNotWhole(DomainError):
    """Fields: partner_points, multiple."""

    code = "exchange_not_whole"
    status = 409
    title = Text(zh="兑换数量不成倍数", en="Not a whole multiple")
    detail = Text(
        zh="{partner_points} 不是 {multiple} 的整数倍。", en="{partner_points} is not a whole multiple of {multiple}."
    )


class ExchangeOutsideLimit(DomainError):
    """Fields: limit (budget_points, daily_points, member_daily_points), points."""

    code = "exchange_outside_limit"
    status = 409
    title = Text(zh="超出兑换限额", en="Outside the limits of the exchange")
    detail = Text(
        zh="兑换 {points} 积分超出限额 {limit}。", en="An exchange of {points} points is outside the limit {limit}."
    )


class ExchangeConflict(DomainError):
    """Fields: partner, reference."""

    code = "exchange_conflict"
    status = 409
    title = Text(zh="合作方流水号冲突", en="Exchange conflict")
    detail = Text(
        zh="合作方 {partner} 的流水号 {reference} 已用于另一笔兑换。",
        en="Reference {reference} of {partner} was used for another exchange.",
    )


class ExchangeUnknown(DomainError):
    """Fields: partner, reference."""

    code = "exchange_unknown"
    status = 404
    title = Text(zh="没有这笔兑换", en="Unknown exchange")
    detail = Text(
        zh="合作方 {partner} 没有流水号为 {reference} 的兑出。",
        en="There is no exchange out with reference {reference} of {partner}.",
    )


class SettlementDayOpen(DomainError):
    """Field: day."""

    code = "settlement_day_open"
    status = 409
    title = Text(zh="营业日未结束", en="The day is not over")
    detail = Text(
        zh="营业日 {day} 尚未结束，不能对账。", en="Business day {day} is not over; it is settled afterwards."
    )


class SettlementUnreadable(DomainError):
    """Fields: line (1 is the first), problem."""

    code = "settlement_unreadable"
    status = 422
    title = Text(zh="对账文件无法读取", en="Unreadable settlement file")
    detail = Text(zh="对账文件第 {line} 行：{problem}", en="Settlement file, line {line}: {problem}")
