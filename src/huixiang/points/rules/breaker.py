"""What a sum is judged by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from huixiang.kernel.money import at_rate
from huixiang.points.model.breaker import Band, Breach, BreakerRules, Flow, Pause


def breach(rules: BreakerRules, flow: Flow) -> Breach | None:
    """Whether this hour or this day is off its band. Without enough of a past nothing is."""
    if flow.days < rules.least_days or flow.cause in rules.exempt:
        return None
    return _above("hour", flow.hour, flow.highest_hour, rules.hour) or _above(
        "day", flow.day, flow.highest_day, rules.day
    )


def _above(span: Literal["hour", "day"], total: int, highest: int, band: Band) -> Breach | None:
    limit = max(band.floor, at_rate(highest, band.times_bp))
    return Breach(span, total, limit) if total > limit else None


def excused(flow: Flow, pauses: Iterable[Pause], hour: datetime, day: datetime) -> Flow:
    """The flow without the hour and the day in which somebody resumed it: a person has looked at those sums."""
    ended = max(
        (one.ended_at for one in pauses if one.ended_at and (one.side, one.cause) == (flow.side, flow.cause)),
        default=None,
    )
    if ended is None or ended < day:
        return flow
    return replace(flow, day=0, hour=0 if ended >= hour else flow.hour)


def to_pause(rules: BreakerRules, flows: Iterable[Flow]) -> list[tuple[Flow, Breach]]:
    """What to pause: a rule that is off its band, and a cause only where none of its rules is."""
    found = [(flow, one) for flow in flows if (one := breach(rules, flow)) is not None]
    by_rule = {(flow.side, flow.cause) for flow, _ in found if flow.rule is not None}
    return [(flow, one) for flow, one in found if flow.rule is not None or (flow.side, flow.cause) not in by_rule]
