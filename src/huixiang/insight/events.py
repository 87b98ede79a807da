"""What insight announces: of the programme, not of a member."""

from __future__ import annotations

from uuid import UUID

from huixiang.platform.outbox import Event


class DelayAlarmRaised(Event, frozen=True, kw_only=True, tag="insight.delay_alarm_raised.v1"):
    """A store's orders come late, or come no more; somebody should look. kind: `late` or `silent`; orders, late: on
    what it was raised; of a silent store, what the same hours had at least on the seven days before, and 0."""

    alarm_id: UUID
    store_id: str | None
    kind: str
    orders: int
    late: int
    rule_version: int


class DelayAlarmEnded(Event, frozen=True, kw_only=True, tag="insight.delay_alarm_ended.v1"):
    """That is over. ended_by: `on_time`, `orders_again`, `no_orders` or `not_watched`."""

    alarm_id: UUID
    store_id: str | None
    kind: str
    ended_by: str
