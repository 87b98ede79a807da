"""What webhooks do when something happened: they queue it for who wants to know."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.platform.outbox import Event, Subscription
from huixiang.webhooks import service


def subscription(events: Sequence[type[Event]]) -> Subscription:
    """events: those that can be told. Webhooks stand below whoever announces them, so entry names them."""
    return Subscription("webhooks.tell", tuple(events), service.tell)
