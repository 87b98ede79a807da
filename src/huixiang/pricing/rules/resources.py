"""Where stock counts what rules give to all together: under caps, and of budgets."""

from __future__ import annotations

from datetime import date

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.pricing.model.needs import Counted, Needs, Shared
from huixiang.pricing.rules import budgets, caps
from huixiang.stock.model import Kind, resource_id


def shared_of(needs: Needs, day: date, calendar: BusinessCalendar) -> list[Shared]:
    """Of every cap for all, and of every budget that a rule is paid from, the resource of the period that a business
    day lies in."""
    found = []
    for rule, its in needs.caps.items():
        for cap in its:
            if cap.per == "all":
                key = caps.resource_key(rule, cap.of, cap.in_a, caps.starts(cap.in_a, day, calendar))
                counted = Counted(rule, cap.of, cap.in_a, "all")
                found.append(Shared(counted, resource_id(Kind.PROMOTION_CAP, key)))
    for one in dict.fromkeys(one for chain in needs.chains.values() for one in chain):
        key = budgets.resource_key(one.code, one.in_a, caps.starts(one.in_a, day, calendar))
        found.append(Shared(Counted(one.code, "budget", one.in_a, "all"), resource_id(Kind.BUDGET, key)))
    return found
