"""Keep the sums, read the overview, count again."""

from __future__ import annotations

from collections import Counter
from datetime import date

import msgspec

from huixiang.insight import rules, store
from huixiang.insight.model import Additions, DaySum, Overview, Recount
from huixiang.intake import service as intake
from huixiang.platform.db import Transaction
from huixiang.points.model import POINTS
from huixiang.rulebook import service as rulebook
from huixiang.tiers.model import TierRules
from huixiang.tiers.service import KIND, PROGRAMME

BOOK = POINTS.code  # the book whose issue and balance the overview shows


async def add(tx: Transaction, additions: Additions) -> None:
    """Add what a batch of events comes to, with one statement per table that it touches."""
    if additions.days:
        await store.add_days(tx, additions.days)
    if additions.tiers:
        await store.add_tiers(tx, additions.tiers)
    if additions.buyers:
        fresh = await store.add_buyers(tx, additions.buyers)
        await store.add_months(tx, Counter(fresh))


async def overview(tx: Transaction, first: date | None, last: date | None) -> Overview:
    """The business from `first` to `last`, both included; without them, from its first day to its last."""
    first, last = first or date.min, last or date.max
    totals = await store.totals(tx, first, last)
    tier_rules = (await rulebook.current(tx, KIND, PROGRAMME, tx.now)).read(TierRules)
    return Overview(
        as_of=tx.now,
        members=totals.members,
        orders=totals.orders,
        sales_fen=totals.sales_fen,
        refunded_fen=totals.refunded_fen,
        points_issued=totals.points_issued,
        points_outstanding=totals.points_outstanding,
        tiers=rules.shares(tier_rules, totals.members, await store.tier_members(tx, last)),
        months=rules.by_month(await store.days(tx, first, last), await store.active_members(tx)),
        import_=await intake.progress(tx),
    )


async def kept(tx: Transaction) -> Recount:
    """The sums as handlers kept them, in the form of a recount. They lag by what the relay has not handed over."""
    days = await store.days(tx, date.min, date.max)
    return Recount(
        days={day: undated for day, one in days.items() if (undated := _undated(one)) != DaySum()},
        refunded_fen=sum(one.refunded_fen for one in days.values()),
        points_net=sum(one.points_net for one in days.values()),
        tiers=await store.tier_members(tx, date.max),
        active_members=await store.active_members(tx),
    )


async def recount(tx: Transaction) -> Recount:
    """The same, counted from the facts of the modules that own them: equal to `kept` once all events are handled."""
    return Recount(
        days=await store.count_days(tx, tx.calendar.zone_name),
        refunded_fen=await store.count_refunded(tx),
        points_net=await store.count_outstanding(tx, BOOK),
        tiers=await store.count_tiers(tx),
        active_members=await store.count_active(tx),
    )


def _undated(one: DaySum) -> DaySum:
    """A day without the figures that the facts have no day for."""
    return msgspec.structs.replace(one, refunds=0, refunded_fen=0, points_net=0)
