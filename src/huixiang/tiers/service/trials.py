"""Tiers that newcomers try (MEM-13). A trial lies over the standing, and changes nothing of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import GROWTH
from huixiang.rulebook import service as rulebook
from huixiang.tiers import rules, store
from huixiang.tiers.events import TrialStarted
from huixiang.tiers.model import TierChange, TierHeld, TierRules, TierTrial
from huixiang.tiers.service import DOCUMENT, end_trial, keep_changes

JOINED = "trial"  # of the change that gives the first tier to who has none yet


async def check(tx: Transaction, member_id: UUID, tier: str) -> None:
    """Raises TierHeld where the tier is not above the member's. Their growth account is locked from now on."""
    await points.lock_accounts(tx, [member_id], [GROWTH])
    await look(tx, member_id, tier)


async def look(tx: Transaction, member_id: UUID, tier: str) -> None:
    """The same without a lock, to say it beforehand. Raises TierHeld."""
    tier_rules = (await rulebook.current(tx, *DOCUMENT, at=tx.now)).read(TierRules)
    standing = (await store.load_standings(tx, [member_id])).get(member_id)
    held = standing.tier if standing else tier_rules.tiers[0].code
    if not rules.is_above(tier_rules, tier, held):
        raise TierHeld(tier=tier, held=held)


async def start(tx: Transaction, member_id: UUID, tier: str, ends_at: datetime) -> TierTrial:
    """Let a member try a tier, which `check` has allowed. Who has no tier yet gets the first one, to come back to."""
    if not await store.load_standings(tx, [member_id]):
        document = await rulebook.current(tx, *DOCUMENT, at=tx.now)
        first = TierChange(
            member_id=member_id,
            seq=1,
            from_tier=None,
            to_tier=document.read(TierRules).tiers[0].code,
            cause=JOINED,
            growth=0,
            order_ref=None,
            rule=document.code,
            rule_version=document.version,
            occurred_at=tx.now,
        )
        await keep_changes(tx, [first])
    trial = TierTrial(trial_id=new_id(), tier=tier, starts_at=tx.now, ends_at=ends_at)
    await store.insert_trial(tx, member_id, trial)
    tx.emit(TrialStarted(member_id=member_id, occurred_at=tx.now, trial_id=trial.trial_id, tier=tier, ends_at=ends_at))
    return trial


async def trials(tx: Transaction, member_id: UUID) -> list[TierTrial]:
    """What a member tried and tries, the latest first. What is over counts as ended, also before the job came."""
    return [
        one if one.ended_at is not None or one.ends_at > tx.now else _over(one)
        for one in await store.trials_of(tx, member_id)
    ]


async def end_due(tx: Transaction, limit: int) -> int:
    """End what is over, of at most `limit` members; of how many it did."""
    due = await store.members_with_due_trials(tx, tx.now, limit)
    await points.lock_accounts(tx, due, [GROWTH])
    standings = await store.load_standings(tx, due)
    for member_id, trial in (await store.running_trials(tx, due)).items():
        if trial.ends_at <= tx.now:
            await end_trial(tx, member_id, trial, standings[member_id].tier)
    return len(due)


def _over(trial: TierTrial) -> TierTrial:
    return TierTrial(
        trial_id=trial.trial_id,
        tier=trial.tier,
        starts_at=trial.starts_at,
        ends_at=trial.ends_at,
        ended_at=trial.ends_at,
    )
