"""What a sum is judged by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from huixiang.kernel.money import at_rate
from huixiang.points.model.breaker import Band, Breach, BreakerRules, Counted, Flow, Pause, Stream


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


def lines(counted: Iterable[Counted]) -> dict[Stream, int]:
    """The sums that these are counted in: of the cause, of its rule and of its place, each where there is one. Of
    points only the place: the other two are summed from the journal."""
    sums: dict[Stream, int] = {}
    for one in counted:
        cause = replace(one.stream, rule=None, place=None)
        of_cause = [] if cause.asset == "points" else [cause]
        of_rule = [replace(cause, rule=one.stream.rule)] if of_cause and one.stream.rule else []
        of_place = [replace(cause, place=one.stream.place)] if one.stream.place else []
        for line in (*of_cause, *of_rule, *of_place):
            sums[line] = sums.get(line, 0) + one.amount
    return sums


def excused(flow: Flow, pauses: Iterable[Pause], hour: datetime, day: datetime) -> Flow:
    """The flow without the hour and the day in which somebody resumed it: a person has looked at those sums."""
    ended = max((one.ended_at for one in pauses if one.ended_at and _cause(one) == _cause(flow)), default=None)
    if ended is None or ended < day:
        return flow
    return replace(flow, day=0, hour=0 if ended >= hour else flow.hour)


def to_pause(rules: BreakerRules, flows: Iterable[Flow]) -> list[tuple[Flow, Breach]]:
    """What to pause: rules and places that are off their band, and a cause only where none of its is."""
    found = [(flow, one) for flow in flows if (one := breach(rules, flow)) is not None]
    narrower = {_cause(flow) for flow, _ in found if flow.rule or flow.place}
    return [(flow, one) for flow, one in found if flow.rule or flow.place or _cause(flow) not in narrower]


def _cause(one: Stream | Pause) -> tuple[str, str, str]:
    return one.asset, one.side, one.cause
