"""Adding up events, and laying sums out by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from huixiang.checkout.events import OrderCompleted, OrderRefunded
from huixiang.insight.model import Additions, DaySum, MonthSum, TierShare
from huixiang.kernel.calendar import first_of_month
from huixiang.members.events import MemberRegistered
from huixiang.platform.outbox import Event
from huixiang.points.events import PointsPosted
from huixiang.points.model import Book
from huixiang.tiers.events import TierChanged
from huixiang.tiers.model import TierRules

ISSUING = "earn"
BOOK = Book.POINTS.code


def add_up(events: Sequence[Event]) -> Additions:
    """What a batch of events adds, in any order."""
    additions = Additions()
    for event in events:
        match event:
            case OrderCompleted():
                _add_order(additions, event)
            case PointsPosted():
                _add_posting(additions, event)
            case OrderRefunded():
                day = additions.day(event.business_day)
                day.refunds += 1
                day.refunded_fen += event.refund_fen
            case TierChanged():
                _add_step(additions, event)
            case MemberRegistered():
                additions.day(event.business_day).new_members += 1
    return additions


def _add_order(additions: Additions, event: OrderCompleted) -> None:
    day = additions.day(event.business_day)
    day.orders += 1
    day.sales_fen += event.payable_fen
    day.cash_fen += event.cash_fen
    additions.buyers.add((event.member_id, first_of_month(event.business_day, 0)))


def _add_posting(additions: Additions, event: PointsPosted) -> None:
    if event.book != BOOK:
        return
    day = additions.day(event.business_day)
    day.points_net += event.points
    if event.kind == ISSUING:
        day.points_issued += event.points


def _add_step(additions: Additions, event: TierChanged) -> None:
    for tier, members in ((event.from_tier, -1), (event.to_tier, 1)):
        if tier is not None:
            place = (event.business_day, tier)
            additions.tiers[place] = additions.tiers.get(place, 0) + members


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
