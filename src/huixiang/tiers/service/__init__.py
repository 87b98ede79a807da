"""Use cases of tiers. An upper module locks the members' growth accounts before it reads what it reckons with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import GROWTH
from huixiang.rulebook import service as rulebook
from huixiang.tiers import rules, store
from huixiang.tiers.events import TierChanged, TrialEnded
from huixiang.tiers.model import Standing, TierChange, TierProgress, TierRules, TierTrial
from huixiang.tiers.rules import Reckoning, growth_of

__all__ = [
    "DOCUMENT",
    "Reckoning",
    "close_reckoning",
    "end_trial",
    "growth_of",
    "keep_changes",
    "progress",
    "progress_with",
    "window_start",
]

KIND = "tiers"
PROGRAMME = "default"  # an installation runs one programme
DOCUMENT = (KIND, PROGRAMME)  # under which the rulebook has the programme's tiers


def window_start(tx: Transaction, last_day: date, window_days: int) -> datetime:
    """From when growth counts in the window that ends with a business day."""
    return tx.calendar.start_of(last_day - timedelta(days=window_days - 1))


async def close_reckoning(tx: Transaction, reckoning: Reckoning) -> None:
    """Store what changed, and announce it."""
    if reckoning.changes:
        await keep_changes(tx, reckoning.changes)


async def keep_changes(tx: Transaction, changes: Sequence[TierChange]) -> None:
    """Store changes of members whose growth accounts are locked, end the trials of what they have earned, and tell."""
    await store.save_changes(tx, changes)
    tier_rules = (await rulebook.current(tx, *DOCUMENT, at=tx.now)).read(TierRules)
    stand = {change.member_id: change.to_tier for change in changes}
    for member_id, trial in (await store.running_trials(tx, list(stand))).items():
        if rules.rank(tier_rules, trial.tier) <= rules.rank(tier_rules, stand[member_id]):
            await end_trial(tx, member_id, trial, stand[member_id])
    _announce(tx, changes)


async def end_trial(tx: Transaction, member_id: UUID, trial: TierTrial, earned: str) -> None:
    """Let a trial count no more."""
    await store.end_trial(tx, member_id, trial.trial_id)
    tx.emit(
        TrialEnded(member_id=member_id, occurred_at=tx.now, trial_id=trial.trial_id, tier=trial.tier, earned=earned)
    )


def _announce(tx: Transaction, changes: Iterable[TierChange]) -> None:
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
    now, _ = await progress_with(tx, member_id, 0)
    return now


async def progress_with(tx: Transaction, member_id: UUID, growth: int) -> tuple[TierProgress, TierProgress]:
    """Where a member stands, and where they would with so much growth more today."""
    document = await rulebook.current(tx, KIND, PROGRAMME, tx.now)
    tier_rules = document.read(TierRules)
    today = tx.calendar.day(tx.now)
    since = window_start(tx, today, tier_rules.window_days)
    standing = (await store.load_standings(tx, [member_id])).get(member_id)
    by_day = (await points.sums_by_day(tx, [member_id], GROWTH, since)).get(member_id, {})
    total = rules.GrowthWindow(by_day, tier_rules.window_days).total(today)
    bought = [one.upgrade for one in await store.upgrades_of(tx, member_id) if one.upgrade.ended_at is None]
    until = next((one.ends_at for one in bought if standing and one.tier == standing.tier), None)
    trial = (await store.running_trials(tx, [member_id])).get(member_id)
    running = trial if trial and trial.runs(tx.now) else None
    now = rules.progress(tier_rules, standing, total, until, running)
    if not growth:
        return now, now
    reached = rules.upgraded(tier_rules, standing.tier if standing else None, total + growth)
    if reached is not None:
        standing, until = Standing(member_id, reached.code, tx.now, document.version, 0), None
    return now, rules.progress(tier_rules, standing, total + growth, until, running)
