"""Tiers of members who were merged (MEM-02): the one who stays has the growth of both, day by day, and the tier that
the two of them together reached. Where the merge is undone, so is that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import GROWTH
from huixiang.points.model.ledger import BEGINNING
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Document
from huixiang.tiers import rules, store
from huixiang.tiers.model import Standing, TierChange, TierRules
from huixiang.tiers.rules import Reckoning
from huixiang.tiers.service import DOCUMENT, close_reckoning

MERGE = "merge"
UNMERGE = "unmerge"


async def follow(tx: Transaction, merged: Collection[UUID], undone: Collection[UUID]) -> None:
    """Lift those to whom growth came by a merge; set back those from whom it went by undoing one."""
    everybody = {*merged, *undone}
    if not everybody:
        return
    document = await rulebook.current(tx, *DOCUMENT, tx.now)
    await points.lock_accounts(tx, everybody, [GROWTH])
    standings = await store.load_standings(tx, everybody)
    growth = await points.sums_by_day(tx, list(everybody), GROWTH, BEGINNING)
    by_growth = await store.lifted_by_growth(tx, undone, MERGE)
    reckoning = Reckoning(standings, {})
    for member_id in sorted(everybody):
        standing = standings.get(member_id)
        tier_rules = document.read(TierRules)
        most = _most(tier_rules, growth.get(member_id, {}))
        reached = rules.tier_for(tier_rules, most).code
        rank = rules.rank(tier_rules, standing.tier) if standing else -1
        rises = member_id in merged and rules.rank(tier_rules, reached) > rank
        falls = member_id in by_growth and rules.rank(tier_rules, reached) < rank
        if rises or falls:
            cause = MERGE if rises else UNMERGE
            reckoning.changes.append(_step(tx, member_id, standing, reached, cause, most, document))
    await close_reckoning(tx, reckoning)


def _most(tier_rules: TierRules, by_day: Mapping[date, int]) -> int:
    """The most that a window came to: tiers rise with an order, and no event lowers them."""
    window = rules.GrowthWindow(by_day, tier_rules.window_days)
    return max((window.total(day) for day in sorted(by_day)), default=0)


def _step(
    tx: Transaction, member_id: UUID, standing: Standing | None, to_tier: str, cause: str, growth: int,
    document: Document,
) -> TierChange:  # fmt: skip
    return TierChange(
        member_id=member_id,
        seq=standing.changes + 1 if standing else 1,
        from_tier=standing.tier if standing else None,
        to_tier=to_tier,
        cause=cause,
        growth=growth,
        order_ref=None,
        rule=document.code,
        rule_version=document.version,
        occurred_at=tx.now,
    )
