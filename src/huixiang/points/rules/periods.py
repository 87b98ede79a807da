"""Business days, weeks and months in which something is counted, by when it happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.period import Period
from huixiang.points.model import Cap
from huixiang.points.model.bulk import PeriodCap
from huixiang.points.model.earning import CapRule, EarningRules, Frequency, Span
from huixiang.points.rules.caps import counter_id

EVER = date(1970, 1, 1)  # the first day of a period that holds everything


def period_of(span: Span, instant: datetime, calendar: BusinessCalendar) -> Period:
    day = calendar.day(instant)
    match span:
        case "day":
            return calendar.day_period(day)
        case "week":
            return calendar.week(day)
        case "month":
            return calendar.month(day)


def first_day(frequency: Frequency, instant: datetime, calendar: BusinessCalendar) -> date:
    """What names the period in which a behaviour is counted."""
    if frequency.per == "ever":
        return EVER
    return calendar.day(period_of(frequency.per, instant, calendar).start)


def caps_for(rules: EarningRules, cause: str, occurred_at: datetime, calendar: BusinessCalendar) -> tuple[Cap, ...]:
    """The caps of an earning by a cause."""
    caps = []
    for rule in _counting(rules, cause):
        period = period_of(rule.period, occurred_at, calendar)
        if period.end is not None:
            caps.append(
                Cap(_counter(rules, rule, calendar), period.start, period.end, rule.limit, _causes(rules, rule))
            )
    return tuple(caps)


def period_caps_for(rules: EarningRules, cause: str, calendar: BusinessCalendar) -> tuple[PeriodCap, ...]:
    """The same caps as they are defined, for earnings of any day."""
    return tuple(
        PeriodCap(_counter(rules, rule, calendar), rule.period, rule.limit, _causes(rules, rule))
        for rule in _counting(rules, cause)
    )


def _counting(rules: EarningRules, cause: str) -> Sequence[CapRule]:
    return [rule for rule in rules.caps if (causes := _causes(rules, rule)) is None or cause in causes]


def _causes(rules: EarningRules, rule: CapRule) -> tuple[str, ...] | None:
    if rule.causes is None:
        return None
    if rule.causes == "behaviours":
        return tuple(sorted(behaviour.code for behaviour in rules.behaviours))
    return tuple(sorted(rule.causes))


def _counter(rules: EarningRules, rule: CapRule, calendar: BusinessCalendar) -> int:
    """Of all that decides what is counted: a new limit goes on counting, another cause counts anew."""
    causes = _causes(rules, rule)
    return counter_id("cap", rule.period, calendar.zone_name, "*" if causes is None else ",".join(causes))
