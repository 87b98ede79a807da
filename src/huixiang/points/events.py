"""What the ledger announces."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import UNSET, UnsetType

from huixiang.platform.outbox import Event


class PointsPosted(Event, frozen=True, kw_only=True, tag="points.posted.v1"):
    """A posting in the journal. `business_day` is the day of `occurred_at`. `store_id` is left out where no store is
    known."""

    book: str
    seq: int
    kind: str
    cause: str
    points: int
    business_day: date
    order_id: UUID | None = None
    store_id: str | UnsetType = UNSET


class PointsExpiringSoon(Event, frozen=True, kw_only=True, tag="points.expiring_soon.v1"):
    """Points will expire with the end of a day, about a month from now. Announced once for each member, book and day,
    with what stood to expire then."""

    book: str
    points: int
    expires_on: date


class TransferSent(Event, frozen=True, kw_only=True, tag="points.transfer_sent.v1"):
    """Points left the account of `member_id`, for the purpose of a transfer, a pool_contribution, a pool_return, a
    merge or an unmerge. Of the last two `points` are below zero where a debt was moved."""

    transfer_id: UUID
    purpose: str
    book: str
    points: int
    receiver_id: UUID
    fee: int


class TransferReceived(Event, frozen=True, kw_only=True, tag="points.transfer_received.v1"):
    """Points came into the account of `member_id`."""

    transfer_id: UUID
    purpose: str
    book: str
    points: int
    sender_id: UUID


class TransferRejected(Event, frozen=True, kw_only=True, tag="points.transfer_rejected.v1"):
    """Points on their way to `member_id` could not be received, and go back."""

    transfer_id: UUID
    purpose: str
    book: str
    points: int
    sender_id: UUID


class TransferReturned(Event, frozen=True, kw_only=True, tag="points.transfer_returned.v1"):
    """Points that could not be received are back in the account of `member_id`, their sender; so is the fee."""

    transfer_id: UUID
    purpose: str
    book: str
    points: int
    receiver_id: UUID
    fee: int


class PointsExchanged(Event, frozen=True, kw_only=True, tag="points.exchanged.v1"):
    """Points were exchanged with a partner. `direction`: in, out, or cancelled (an exchange out, taken back)."""

    partner: str
    direction: str
    reference: str
    points: int
    partner_points: int
    business_day: date


class CausePaused(Event, frozen=True, kw_only=True, tag="points.cause_paused.v1"):
    """What a cause issues or burns (`side`) of points, coupons or benefits (`asset`) is paused, only by one rule, only
    at one place, where that is given; somebody should look. `member_id` is the programme's. `started_by`: a member of
    staff, or `breaker` where its sums left their band."""

    pause_id: UUID
    asset: str
    side: str
    cause: str
    rule: str | None
    place: str | None
    started_by: str
    reason: str


class CauseResumed(Event, frozen=True, kw_only=True, tag="points.cause_resumed.v1"):
    """A pause is over. What was earned under it waits until a person decides."""

    pause_id: UUID
    asset: str
    side: str
    cause: str
    rule: str | None
    place: str | None
    ended_by: str
