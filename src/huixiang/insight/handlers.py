"""What insight does when something happened elsewhere."""

from __future__ import annotations

from huixiang.checkout.events import OrderCompleted, OrderRefunded
from huixiang.insight import service
from huixiang.members.events import MemberRegistered
from huixiang.platform.outbox import Subscription
from huixiang.points.events import PointsPosted
from huixiang.tiers.events import TierChanged

SUBSCRIPTIONS = (
    Subscription(
        name="insight.sums",
        events=(MemberRegistered, OrderCompleted, OrderRefunded, PointsPosted, TierChanged),
        handle=service.add,
    ),
)
