"""What a member's history comes to on a day, and on which day it comes to something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from huixiang.habits.model import FAVOURITES, WINDOWS, Habits, History, LifecycleRules, OrderSum, Stage
from huixiang.kernel.money import RATE_ONE

FUTURE_TOLERATED = timedelta(minutes=5)  # clocks of other systems


def reckon(member_id: UUID, history: History, rules: LifecycleRules, version: int, today: date) -> Habits:
    """The row of a member on a day."""
    orders, fen = dict.fromkeys(WINDOWS, 0), dict.fromkeys(WINDOWS, 0)
    for one in history.recent:
        for days in WINDOWS:
            if _within(one.day, today, days):
                orders[days] += one.orders
                fen[days] += one.fen
    return Habits(
        member_id=member_id,
        rule_version=version,
        turns_on=turns_on(history, rules, today),
        first_order_on=history.first_order_on,
        last_order_on=history.last_order_on,
        orders_30d=orders[30],
        orders_90d=orders[90],
        orders_365d=orders[365],
        spend_30d=fen[30],
        spend_90d=fen[90],
        spend_365d=fen[365],
        favourite_categories=favourites(history.spent),
        home_store=home_store(history.recent),
        lifecycle=stage(history, rules, today),
    )


def favourites(spent: dict[str, int]) -> list[str]:
    """The categories with the most spent on them, the most first; of equal ones the first by code."""
    bought = [(-fen, category) for category, fen in spent.items() if fen > 0]
    return [category for _, category in sorted(bought)[:FAVOURITES]]


def home_store(recent: Iterable[OrderSum]) -> str | None:
    """The store with the most orders; of equal ones the last used, then the first by code."""
    orders: dict[str, int] = defaultdict(int)
    last: dict[str, date] = {}
    for one in recent:
        if one.store is not None:
            orders[one.store] += one.orders
            last[one.store] = max(one.day, last.get(one.store, one.day))
    return min(orders, key=lambda store: (-orders[store], -last[store].toordinal(), store), default=None)


def stage(history: History, rules: LifecycleRules, today: date) -> Stage:
    quiet = (today - _active_on(history, rules)).days
    if quiet >= rules.lost_days:
        return Stage.LOST
    if quiet >= rules.dormant_days:
        return Stage.DORMANT
    if history.first_order_on is None or (today - history.first_order_on).days < rules.new_days:
        return Stage.NEW
    lately = sum(one.fen for one in history.recent if _within(one.day, today, rules.trend_days))
    both = sum(one.fen for one in history.recent if _within(one.day, today, 2 * rules.trend_days))
    before = both - lately
    if lately * RATE_ONE >= before * rules.growing_bp and lately > 0:
        return Stage.GROWING
    if lately * RATE_ONE <= before * rules.declining_bp and before > 0:
        return Stage.DECLINING
    return Stage.MATURE


def turns_on(history: History, rules: LifecycleRules, today: date) -> date | None:
    """The first day after today on which a window or a stage may be another without any order. A day too early does no
    harm; a day too late would leave a row wrong."""
    spans = {0, *WINDOWS, rules.trend_days, 2 * rules.trend_days}  # 0: a till's clock may be ahead over midnight
    active = _active_on(history, rules)
    turns = [one.day + timedelta(days=days) for one in history.recent for days in spans]
    turns += [active + timedelta(days=rules.dormant_days), active + timedelta(days=rules.lost_days)]
    if history.first_order_on is not None:
        turns.append(history.first_order_on + timedelta(days=rules.new_days))
    return min((day for day in turns if day > today), default=None)


def _active_on(history: History, rules: LifecycleRules) -> date:
    """Since when the member has been quiet, as the rules measure it."""
    by = {
        "orders": [history.last_order_on],
        "visits": [history.last_seen_on],
        "both": [history.last_order_on, history.last_seen_on],
    }[rules.measured_by]
    return max((day for day in by if day is not None), default=history.joined_on)


def _within(day: date, today: date, days: int) -> bool:
    return 0 <= (today - day).days < days
