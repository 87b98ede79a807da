"""Laying sums out by month and by tier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from huixiang.insight.model import DaySum, MonthSum, TierShare
from huixiang.kernel.calendar import first_of_month
from huixiang.tiers.model import TierRules


def by_month(days: Mapping[date, DaySum], active_members: Mapping[date, int]) -> list[MonthSum]:
    """The months from the first day to the last, those without anything included."""
    if not days:
        return []
    sums: dict[date, DaySum] = {}
    month, last = (first_of_month(day, 0) for day in (min(days), max(days)))
    while month <= last:
        sums[month] = DaySum()
        month = first_of_month(month, 1)
    for day, one in days.items():
        into = sums[first_of_month(day, 0)]
        into.orders += one.orders
        into.sales_fen += one.sales_fen
        into.points_issued += one.points_issued
        into.new_members += one.new_members
    return [
        MonthSum(
            month=f"{month:%Y-%m}",
            orders=one.orders,
            sales_fen=one.sales_fen,
            points_issued=one.points_issued,
            new_members=one.new_members,
            active_members=active_members.get(month, 0),
        )
        for month, one in sums.items()
    ]


def shares(rules: TierRules, members: int, standing: Mapping[str, int]) -> list[TierShare]:
    """Members per tier, from the bottom. Who has no tier yet, or one that the rules no longer have, is in the first."""
    risen = [TierShare(tier.code, tier.name, standing.get(tier.code, 0)) for tier in rules.tiers[1:]]
    lowest = rules.tiers[0]
    return [TierShare(lowest.code, lowest.name, members - sum(share.members for share in risen)), *risen]
