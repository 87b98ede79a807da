"""Use cases of tiers. An upper module locks the members' growth accounts before it reads what it reckons with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import GROWTH
from huixiang.rulebook import service as rulebook
from huixiang.tiers import rules, store
from huixiang.tiers.events import TierChanged
from huixiang.tiers.model import TierChange, TierProgress, TierRules
from huixiang.tiers.rules import Reckoning, growth_of

__all__ = ["DOCUMENT", "Reckoning", "announce", "close_reckoning", "growth_of", "progress", "window_start"]

KIND = "tiers"
PROGRAMME = "default"  # an installation runs one programme
DOCUMENT = (KIND, PROGRAMME)  # under which the rulebook has the programme's tiers


def window_start(tx: Transaction, last_day: date, window_days: int) -> datetime:
    """From when growth counts in the window that ends with a business day."""
    return tx.calendar.start_of(last_day - timedelta(days=window_days - 1))


async def close_reckoning(tx: Transaction, reckoning: Reckoning) -> None:
    """Store what changed, and announce it."""
    if not reckoning.changes:
        return
    await store.save_changes(tx, reckoning.changes)
    announce(tx, reckoning.changes)


def announce(tx: Transaction, changes: Iterable[TierChange]) -> None:
    """Tell of changes that are stored."""
    for change in changes:
        tx.emit(
            TierChanged(
                member_id=change.member_id,
                occurred_at=change.occurred_at,
                from_tier=change.from_tier,
                to_tier=change.to_tier,
                cause=change.cause,
                business_day=tx.calendar.day(change.occurred_at),
            )
        )


async def progress(tx: Transaction, member_id: UUID) -> TierProgress:
    """A member's tier, the growth of the window that ends today, and what is missing to the next tier (TIER-05)."""
    document = await rulebook.current(tx, KIND, PROGRAMME, tx.now)
    tier_rules = document.read(TierRules)
    today = tx.calendar.day(tx.now)
    since = window_start(tx, today, tier_rules.window_days)
    standings = await store.load_standings(tx, [member_id])
    growth = (await points.sums_by_day(tx, [member_id], GROWTH, since)).get(member_id, {})
    window = rules.GrowthWindow(growth, tier_rules.window_days)
    bought = [one.upgrade for one in await store.upgrades_of(tx, member_id) if one.upgrade.ended_at is None]
    standing = standings.get(member_id)
    until = next((one.ends_at for one in bought if standing and one.tier == standing.tier), None)
    return rules.progress(tier_rules, standing, window.total(today), until)
