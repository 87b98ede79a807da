"""What is asked over HTTP of transfers, pools and exchanges."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.members.model import MemberRef
from huixiang.points.model.partner import Direction, Reference
from huixiang.points.model.transfer import PointsPositive

FILE_CHARACTERS = 900_000

MemberNumber = Annotated[str, Meta(pattern=r"^[0-9]{12}$(?!\n)", description="The number on the other member's card.")]
TakenLimit = Annotated[int, Meta(ge=0, le=10**12)] | None


class NewTransfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member names another by card number alone, so that nobody can try out phones."""

    to_number: MemberNumber
    points: PointsPositive


class SystemTransfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    to: MemberRef
    points: PointsPositive


class Contribution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    points: PointsPositive


class Invitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: MemberNumber


class PoolChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pool_id: UUID


class PoolLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much a person may take out of the pool; null: what the rules say."""

    daily_points: TakenLimit
    monthly_points: TakenLimit


class NewTicket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points of a pool to set aside for one person. `ticket_id`: made by the caller, one for each order."""

    ticket_id: UUID
    member_id: UUID
    points: PointsPositive


class TicketCapture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a ticket is spent."""

    points: PointsPositive


class TicketReturn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points that come back to the pool by the refund `reference`."""

    points: PointsPositive
    reference: Reference


class NewExchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points of the partner that become ours (`in`), or that ours become (`out`)."""

    direction: Direction
    reference: Reference
    member: MemberRef
    partner_points: PointsPositive


class SettlementFile(msgspec.Struct, frozen=True):
    """`file` is the CSV; `sha256` is of all its bytes, in hex."""

    partner: str
    business_day: date
    sha256: str
    file: str


class TheirFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The partner's file of the day, laid out as ours."""

    file: Annotated[str, Meta(max_length=FILE_CHARACTERS)]


class OnTheirWay(msgspec.Struct, frozen=True):
    """What a pool pays out, by the transfers that bring it."""

    transfers: list[UUID]
    points: int
