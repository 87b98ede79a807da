"""Where stock counts what rules give to all together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.pricing.model.needs import Counted, Shared
from huixiang.pricing.model.rules import Cap
from huixiang.pricing.rules.caps import resource_key, starts
from huixiang.stock.model import Kind, resource_id


def shared_of(caps: Mapping[str, Sequence[Cap]], day: date, calendar: BusinessCalendar) -> list[Shared]:
    """Of every cap for all, the resource of the period that a business day lies in."""
    return [
        Shared(
            Counted(rule, cap.of, cap.in_a, "all"),
            resource_id(Kind.PROMOTION_CAP, resource_key(rule, cap.of, cap.in_a, starts(cap.in_a, day, calendar))),
        )
        for rule, its in caps.items()
        for cap in its
        if cap.per == "all"
    ]
