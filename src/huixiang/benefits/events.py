"""What benefits tell others: that an order used one, and that one came back with a refund."""

from __future__ import annotations

from uuid import UUID

from huixiang.platform.outbox import Event


class BenefitUsed(Event, frozen=True, kw_only=True, tag="benefits.used.v1"):
    """An order that used a benefit is completed."""

    benefit: str
    entitlement_id: UUID
    order_id: UUID


class BenefitReturned(Event, frozen=True, kw_only=True, tag="benefits.returned.v1"):
    """The order came back whole. counts: there is one more use to be had, unless its period or the benefit is over."""

    benefit: str
    entitlement_id: UUID
    order_id: UUID
    counts: bool
