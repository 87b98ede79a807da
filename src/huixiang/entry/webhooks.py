"""Webhooks and Kafka wired: which events can be told outside, and where they may go."""

from __future__ import annotations

from huixiang.benefits.events import BenefitReturned, BenefitUsed
from huixiang.checkout.events import (
    OrderCancelled,
    OrderCompleted,
    OrderPlaced,
    OrderRefunded,
    PaymentChanged,
    PaymentDayJudged,
    PaymentInstructed,
    PaymentsOverdue,
    RefundAsked,
    RefundDecided,
)
from huixiang.coupons.events import (
    CouponChanged,
    CouponEndNear,
    CouponGiftReceived,
    CouponGiftReturned,
    CouponGiven,
    CouponPackIssued,
    CouponPackRefused,
)
from huixiang.insight.events import DelayAlarmEnded, DelayAlarmRaised
from huixiang.members.events import (
    IdentityLinked,
    IdentityUnlinked,
    MemberRegistered,
    Merged,
    ProfileCompleted,
    StateChanged,
    Unmerged,
)
from huixiang.members.ports import KeyProvider
from huixiang.platform.db import Database
from huixiang.platform.outbox import Event, event_type
from huixiang.platform.outward import Outward
from huixiang.platform.settings import Settings
from huixiang.points.events import (
    PointsExchanged,
    PointsExpiringSoon,
    PointsPosted,
    TransferReceived,
    TransferRejected,
    TransferReturned,
    TransferSent,
)
from huixiang.tiers.events import TierChanged, TrialEnded, TrialStarted
from huixiang.webhooks import service as webhooks
from huixiang.webhooks.adapters.kafka_file import Cluster, read
from huixiang.webhooks.jobs import Sender, Streamer
from huixiang.webhooks.rules import CALL_TIME

# Facts of members. Not those that modules say to each other in the middle of something, nor what people decided at the
# console, whose reasons are anybody's words.
TOLD: tuple[type[Event], ...] = (
    MemberRegistered,
    StateChanged,
    IdentityLinked,
    IdentityUnlinked,
    ProfileCompleted,
    Merged,
    Unmerged,
    PointsPosted,
    PointsExpiringSoon,
    TransferSent,
    TransferReceived,
    TransferRejected,
    TransferReturned,
    PointsExchanged,
    TierChanged,
    TrialStarted,
    TrialEnded,
    OrderPlaced,
    OrderCancelled,
    OrderCompleted,
    OrderRefunded,
    RefundAsked,
    RefundDecided,
    PaymentInstructed,
    PaymentChanged,
    PaymentsOverdue,
    PaymentDayJudged,
    DelayAlarmRaised,
    DelayAlarmEnded,
    BenefitUsed,
    BenefitReturned,
    CouponChanged,
    CouponEndNear,
    CouponPackIssued,
    CouponPackRefused,
    CouponGiven,
    CouponGiftReceived,
    CouponGiftReturned,
)


def use_webhooks(settings: Settings, keys: KeyProvider) -> None:
    """Let this process keep endpoints and sign what is sent to them, and queue events for Kafka where it is named.
    Raises CannotRun."""
    webhooks.use(
        keys,
        [event_type(event) for event in TOLD],
        private=settings.environment != "production",
        streams=_cluster(settings) is not None,
    )


def sender(settings: Settings, db: Database) -> Sender:
    """What the worker sends by: in demo and test also to private networks and without TLS."""
    return Sender(db, Outward(CALL_TIME.total_seconds(), private=settings.environment != "production"))


def streamer(settings: Settings, db: Database) -> Streamer | None:
    """What the worker writes to Kafka by; None where none is named. Raises CannotRun."""
    cluster = _cluster(settings)
    if cluster is None:
        return None
    # Imported here: its library takes memory and threads, which only a worker that writes to Kafka should have.
    from huixiang.webhooks.adapters.kafka import Kafka  # noqa: PLC0415

    return Streamer(db, Kafka(cluster))


def _cluster(settings: Settings) -> Cluster | None:
    if settings.kafka_file is None:
        return None
    is_open = settings.environment != "production" or settings.trusted_network == "on"
    return read(settings.kafka_file, open_network=is_open)
