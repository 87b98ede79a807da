"""Which stores are late or silent. An alarm is raised once, and ends by a lower bound than it was raised by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from huixiang.insight.model.delays import (
    EDGES_S,
    AlarmEnd,
    AlarmKind,
    Decision,
    DelayRules,
    Delays,
    DelaySum,
    End,
    Hours,
    OpenAlarm,
    Part,
    Raise,
    Seen,
)

USUAL_DAYS = 7  # before today, whose same hours tell what is usual
KEPT = timedelta(days=USUAL_DAYS + 1)  # for how long hours are kept
WHOLE_BP = 10_000
# Where the sums are behind by more, nothing is decided: what came is not counted yet, and would look like silence.
BEHIND_MAX = timedelta(minutes=2)


def late_counts(late_after_s: int) -> list[str]:
    """The counts of orders that came later than an edge."""
    return [count for count, edge_s in EDGES_S.items() if edge_s > late_after_s]


def hours(rules: DelayRules, now: datetime) -> Hours:
    """Since when figures are reckoned now: whole hours, and what has gone by of this one."""
    until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return Hours(
        window=until - timedelta(hours=rules.hours),
        day=until - timedelta(days=1),
        silent=until - timedelta(hours=rules.silent_hours),
        until=until,
    )


def delays_of(one: DelaySum, late: Sequence[str]) -> Delays:
    """As it is shown; late: the counts that are late."""
    is_late = sum(getattr(one, count) for count in late)
    return Delays(
        **{count: getattr(one, count) for count in EDGES_S},
        orders=one.orders,
        late=is_late,
        late_bp=is_late * WHOLE_BP // one.orders if one.orders else 0,
        average_ms=one.sum_ms // one.orders if one.orders else 0,
        longest_ms=one.longest_ms,
        older=one.older,
        ahead=one.ahead,
    )


def decide(rules: DelayRules, seen: Mapping[str, Seen], alarms: Sequence[OpenAlarm]) -> Decision:
    """What is to be raised and what ends, with the alarms that are open."""
    known = {(alarm.store_id, alarm.kind) for alarm in alarms}
    raised = [one for store_id in sorted(seen) for one in _raised(rules, store_id, seen[store_id], known)]
    ended = []
    for alarm in alarms:
        what = seen.get(alarm.store_id, Seen())
        by = _late_ends(rules, what) if alarm.kind == "late" else _silence_ends(rules, what)
        if by is not None:
            ended.append(End(alarm.alarm_id, by))
    return Decision(raised, ended)


def _raised(rules: DelayRules, store_id: str, seen: Seen, known: set[tuple[str, AlarmKind]]) -> list[Raise]:
    raised = []
    window = seen.window
    late = window.orders >= rules.least_orders and window.late * WHOLE_BP >= rules.late_bp * window.orders
    if late and (store_id, "late") not in known:
        raised.append(Raise(store_id, "late", window.orders, window.late))
    silent = rules.silent_hours and not seen.lately and seen.usual >= rules.silent_least
    if silent and (store_id, "silent") not in known:
        raised.append(Raise(store_id, "silent", seen.usual, 0))
    return raised


def _late_ends(rules: DelayRules, seen: Seen) -> AlarmEnd | None:
    """By the hours that it is raised by, where they have orders enough; else by the last day."""
    judged: Part = seen.window if seen.window.orders >= rules.least_orders else seen.day
    if not judged.orders:
        return "no_orders"
    return "on_time" if judged.late * WHOLE_BP <= rules.ends_bp * judged.orders else None


def _silence_ends(rules: DelayRules, seen: Seen) -> AlarmEnd | None:
    if not rules.silent_hours:
        return "not_watched"
    if seen.lately:
        return "orders_again"
    return None if seen.kept else "no_orders"
