"""Tiers for many members at once, until a day, and their end: what a bulk grant gives and takes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import GROWTH
from huixiang.rulebook import service as rulebook
from huixiang.tiers import rules, store
from huixiang.tiers.model import TierHeld, TierRules, TierUnknown
from huixiang.tiers.service import DOCUMENT
from huixiang.tiers.service.manual import CAUSE, upgrade_through
from huixiang.tiers.service.upgrades import MANUAL_ENDED, end, lift


async def check_grantable(tx: Transaction, tier: str) -> None:
    """Raises TierUnknown for one that the rules do not have, or that everybody has."""
    tier_rules = (await rulebook.current(tx, *DOCUMENT, at=tx.now)).read(TierRules)
    if rules.rank(tier_rules, tier) < 1:
        raise TierUnknown(tier=tier)


async def set_many(
    tx: Transaction, wanted: Sequence[tuple[UUID, UUID]], tier: str, until: date
) -> dict[UUID, DomainError | None]:
    """Raise each member to a tier through a day, each under its id, and say why one was not. The caller holds the
    members' states, and sees to it that it is asked once. Raises TierUnknown."""
    await check_grantable(tx, tier)
    document = await rulebook.current(tx, *DOCUMENT, at=tx.now)
    tier_rules = document.read(TierRules)
    members = [member_id for member_id, _ in wanted]
    await points.lock_accounts(tx, members, [GROWTH])
    standings = await store.load_standings(tx, members)
    refusals: dict[UUID, DomainError | None] = {}
    for member_id, upgrade_id in wanted:
        standing = standings.get(member_id)
        held = standing.tier if standing else tier_rules.tiers[0].code
        refusals[member_id] = None if rules.is_above(tier_rules, tier, held) else TierHeld(tier=tier, held=held)
        if refusals[member_id] is not None:
            continue
        upgrade = upgrade_through(tx, until, upgrade_id=upgrade_id, tier=tier, rule_version=document.version)
        await lift(tx, member_id, standing, upgrade, CAUSE, tier_rules)
    return refusals


async def end_many(tx: Transaction, wanted: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    """End tiers that were set, each of the member it was set for; the ids of those that still counted."""
    await points.lock_accounts(tx, [member_id for member_id, _ in wanted], [GROWTH])
    ended = set()
    for member_id, upgrade_id in wanted:
        found = {one.upgrade.upgrade_id: one for one in await store.upgrades_of(tx, member_id)}.get(upgrade_id)
        if found is not None and found.upgrade.ended_at is None and found.upgrade.ends_at > tx.now:
            await end(tx, found, MANUAL_ENDED)
            ended.add(upgrade_id)
    return ended
