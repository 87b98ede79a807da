"""How long after selling it a store's tills post an order (CHK-07). Counts of orders; times in milliseconds, seconds.

A store is its id, and '' where none was named; over HTTP that is null.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.text import Text

KIND = "till_delay"
DOCUMENT = (KIND, "default")
DAYS_MAX = 92  # of one report

# The counts, each with the longest delay in it, in seconds; the one before has what is shorter. What came later than
# the last is a history being loaded, or a till that was away for longer than anybody waits: told apart, not measured.
EDGES_S: dict[str, int] = {"in_2s": 2, "in_10s": 10, "in_1m": 60, "in_10m": 600, "in_1h": 3_600, "in_1d": 86_400}
LateAfter = Literal[2, 10, 60, 600, 3_600]  # an edge, so that counts say exactly how many are late

AlarmKind = Literal["late", "silent"]
AlarmEnd = Literal["on_time", "orders_again", "no_orders", "not_watched"]
RateBp = Annotated[int, Meta(ge=0, le=10_000)]


class DelayRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rule document of kind `till_delay`.

    An order is late that came more than `late_after_s` after it was sold. A store is late from `late_bp` of its orders
    of the last `hours` on, where these are `least_orders` or more; it is no longer at `ends_bp` or below.

    A store is silent that has posted nothing for `silent_hours` whole hours, and had at least `silent_least` orders in
    the same hours of each of the seven days before. silent_hours 0: nobody is.
    """

    name: Text
    late_after_s: LateAfter
    hours: Annotated[int, Meta(ge=1, le=24)]
    least_orders: Annotated[int, Meta(ge=1, le=100_000)]
    late_bp: Annotated[int, Meta(ge=1, le=10_000)]
    ends_bp: RateBp
    silent_hours: Annotated[int, Meta(ge=0, le=12)]
    silent_least: Annotated[int, Meta(ge=1, le=100_000)]

    def __post_init__(self) -> None:
        if self.ends_bp >= self.late_bp:
            raise ValueError("ends_bp must be less than late_bp")


# Where the database has no document.
USUAL = DelayRules(
    name=Text(zh="默认收银到账规则", en="Default rules of till delay"),
    late_after_s=60,
    hours=2,
    least_orders=10,
    late_bp=2_000,
    ends_bp=1_000,
    silent_hours=3,
    silent_least=5,
)


class DelaySum(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a store. orders: within a day of being sold, each in one of the counts; sum_ms, longest_ms: of
    these. older: later than that. ahead: sold after they came, by the till's clock."""

    orders: int = 0
    in_2s: int = 0
    in_10s: int = 0
    in_1m: int = 0
    in_10m: int = 0
    in_1h: int = 0
    in_1d: int = 0
    sum_ms: int = 0
    longest_ms: int = 0
    older: int = 0
    ahead: int = 0


class Part(msgspec.Struct, frozen=True):
    """Orders of some hours that were measured, and how many of them were late."""

    orders: int = 0
    late: int = 0


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What alarms of a store are decided on. window, day: of the hours that rules name, and of the last 24. lately: how
    many came since silence is reckoned, without older ones. usual: the fewest that the same hours of the seven days
    before had, 0 where one had none. kept: in all hours that are kept."""

    window: Part = Part()
    day: Part = Part()
    lately: int = 0
    usual: int = 0
    kept: int = 0


class Hours(msgspec.Struct, frozen=True):
    """Since when each figure is reckoned; all beginnings of hours but none after `until`, the hour that now is in."""

    window: datetime
    day: datetime
    silent: datetime
    until: datetime


class Raise(msgspec.Struct, frozen=True):
    """An alarm to be raised, on so many orders, of which so many were late."""

    store_id: str
    kind: AlarmKind
    orders: int
    late: int


class OpenAlarm(msgspec.Struct, frozen=True):
    alarm_id: UUID
    store_id: str
    kind: AlarmKind


class End(msgspec.Struct, frozen=True):
    alarm_id: UUID
    by: AlarmEnd


class Decision(msgspec.Struct, frozen=True):
    raised: list[Raise]
    ended: list[End]


class DelayAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """A store whose orders come late, or come no more (CHK-07). store_id: null for orders that name no store; name: as
    the catalogue has it.

    orders, late: on what it was raised; of a silent store, what the same hours had at least on the seven days before,
    and 0. ended_by: its orders are on time, or come again; it has had none for a day (a silent one: for eight); it is
    not watched any more.
    """

    alarm_id: UUID
    store_id: str | None
    name: Text | None
    kind: AlarmKind
    raised_at: datetime
    orders: int
    late: int
    rule_version: int
    ended_at: datetime | None
    ended_by: AlarmEnd | None


class Delays(msgspec.Struct, frozen=True, kw_only=True):
    """How long after selling them tills posted orders (CHK-07).

    orders: within a day of being sold, each in one count: in_2s to two seconds, in_10s from there to ten, in_1m,
    in_10m, in_1h, in_1d. late, late_bp: of them, by the rules in force now. average_ms, longest_ms: of them. older:
    later than a day, as histories come. ahead: sold after they came, as the till's clock has it.
    """

    orders: int
    in_2s: int
    in_10s: int
    in_1m: int
    in_10m: int
    in_1h: int
    in_1d: int
    late: int
    late_bp: int
    average_ms: int
    longest_ms: int
    older: int
    ahead: int


class StoreDelays(msgspec.Struct, frozen=True, kw_only=True):
    """A store in a period. store_id: null for orders that name no store; name: as the catalogue has it. alarms: that
    are open now."""

    store_id: str | None
    name: Text | None
    delays: Delays
    alarms: list[AlarmKind]


class DayDelays(msgspec.Struct, frozen=True):
    """All stores together, or one, on a business day."""

    day: date
    delays: Delays


class DelayReport(msgspec.Struct, frozen=True, kw_only=True):
    """Stores between two business days, both included, the worst first: by the part that was late, then the longest
    delay. late_after_s, rule_version: what is late, by the rules in force now; version 0 where there is no document.
    days: all of them together, of days with orders; on the first page alone."""

    first_day: date
    last_day: date
    late_after_s: int
    rule_version: int
    days: list[DayDelays]
    items: list[StoreDelays]
    next_cursor: str | None
