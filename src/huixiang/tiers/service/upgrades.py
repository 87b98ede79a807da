"""Tiers bought for points, until a day (PTS-08, TIER-03): points and tier change in one transaction, and back so. What
staff set (`manual`) lies among them, so that each falls back to the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.members.model import Ability
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import GROWTH, POINTS
from huixiang.points.service import spending
from huixiang.rulebook import service as rulebook
from huixiang.tiers import rules, store
from huixiang.tiers.model import (
    CurrentTier,
    Standing,
    StoredUpgrade,
    TierChange,
    TierHeld,
    TierNotForSale,
    TierOffer,
    TierRules,
    TierUpgrade,
    UpgradeEnded,
    UpgradeUnknown,
)
from huixiang.tiers.service import DOCUMENT, keep_changes, window_start

PURPOSE: Final = "tier_upgrade"  # the cause of the posting, and of the change
OVER = "tier_upgrade_over"
UNDONE = "tier_upgrade_undone"
MANUAL_OVER = "manual_over"
MANUAL_ENDED = "manual_ended"


async def offers(tx: Transaction, member_id: UUID) -> list[TierOffer]:
    """The tiers above the member's that can be had for points."""
    tier_rules = (await rulebook.current(tx, *DOCUMENT, at=tx.now)).read(TierRules)
    current = _tier(await _standing(tx, member_id))
    names = {tier.code: tier.name for tier in tier_rules.tiers}
    return [
        TierOffer(CurrentTier(price.tier, names[price.tier]), price.points, price.days)
        for price in tier_rules.upgrades
        if rules.is_above(tier_rules, price.tier, current)
    ]


async def upgrades(tx: Transaction, member_id: UUID) -> list[TierUpgrade]:
    """What the member bought, the first one first."""
    return [bought.upgrade for bought in await store.upgrades_of(tx, member_id)]


async def buy(tx: Transaction, member_id: UUID, tier: str) -> TierUpgrade:
    """Raise a member to a tier for its price in points.

    Raises StateRefuses, TierNotForSale, TierHeld where it would not raise them, InsufficientPoints, CausePaused. The
    caller sees to it that it is asked once.
    """
    await members.require_able(tx, member_id, Ability.SPEND)
    document = await rulebook.current(tx, *DOCUMENT, at=tx.now)
    tier_rules = document.read(TierRules)
    price = next((price for price in tier_rules.upgrades if price.tier == tier), None)
    if price is None:
        raise TierNotForSale(tier=tier)
    await points.lock_accounts(tx, [member_id], [POINTS, GROWTH])
    standing = await _standing(tx, member_id)
    current = _tier(standing)
    if not rules.is_above(tier_rules, tier, current):
        raise TierHeld(tier=tier, held=current or tier_rules.tiers[0].code)
    upgrade = TierUpgrade(
        upgrade_id=new_id(),
        tier=tier,
        points=price.points,
        rule_version=document.version,
        starts_at=tx.now,
        ends_at=tx.calendar.start_of(tx.calendar.day(tx.now) + timedelta(days=price.days + 1)),
        ended_at=None,
        undone=False,
    )
    await spending.redeem(tx, member_id, price.points, PURPOSE, tier, act=upgrade.upgrade_id, document=document)
    await lift(tx, member_id, standing, upgrade, PURPOSE, tier_rules)
    return upgrade


async def lift(
    tx: Transaction, member_id: UUID, standing: Standing | None, upgrade: TierUpgrade, cause: str, tier_rules: TierRules
) -> None:
    """Keep a tier with an end, and let the member have it. Their growth account is locked, and it is above theirs."""
    current = _tier(standing)
    # Where another one counts, what growth had made is what it had made before that one.
    under = next((one for one in await _counting(tx, member_id) if one.upgrade.tier == current), None)
    earned, earned_from = (under.earned, under.earned_from) if under else (current, tx.now)
    await store.insert_upgrade(
        tx, StoredUpgrade(member_id=member_id, upgrade=upgrade, earned=earned, earned_from=earned_from)
    )
    await _change(tx, member_id, standing, upgrade.tier, cause, tier_rules, upgrade.rule_version)


async def undo(tx: Transaction, member_id: UUID, upgrade_id: UUID) -> TierUpgrade:
    """Take an upgrade back while it counts: all its points return to their lots, and the member to the tier that they
    would have without it. Raises UpgradeUnknown, UpgradeEnded."""
    await points.lock_accounts(tx, [member_id], [POINTS, GROWTH])
    known = {one.upgrade.upgrade_id: one for one in await store.upgrades_of(tx, member_id)}
    bought = known.get(upgrade_id)
    if bought is None or bought.upgrade.ground != "bought":
        raise UpgradeUnknown(upgrade_id=upgrade_id)
    if bought.upgrade.ended_at is not None:
        raise UpgradeEnded(upgrade_id=upgrade_id)
    upgrade = bought.upgrade
    await spending.give_back(tx, member_id, upgrade.points, PURPOSE, upgrade.tier, act=upgrade_id)
    await end(tx, bought, UNDONE)
    return next(one for one in await upgrades(tx, member_id) if one.upgrade_id == upgrade_id)


async def end_due(tx: Transaction, limit: int) -> int:
    """End what is over, of at most `limit` members; of how many it did."""
    due = await store.members_with_due_upgrades(tx, tx.now, limit)
    await points.lock_accounts(tx, due, [GROWTH])
    for member_id in due:
        for bought in await _counting(tx, member_id):
            if bought.upgrade.ends_at <= tx.now:
                await end(tx, bought, OVER if bought.upgrade.ground == "bought" else MANUAL_OVER)
    return len(due)


async def end(tx: Transaction, bought: StoredUpgrade, cause: str) -> None:
    """Let a tier with an end count no more, and the member have what they would have without it."""
    member_id, upgrade = bought.member_id, bought.upgrade
    await store.end_upgrade(tx, member_id, upgrade.upgrade_id, undone=cause in (UNDONE, MANUAL_ENDED))
    document = await rulebook.current(tx, *DOCUMENT, at=tx.now)
    tier_rules = document.read(TierRules)
    standing = await _standing(tx, member_id)
    if standing is None:
        return
    first, today = tx.calendar.day(bought.earned_from), tx.calendar.day(tx.now)
    window = await _window(tx, member_id, tier_rules, first)
    fallen = rules.fallen_to(
        tier_rules, bought, standing.tier, await _counting(tx, member_id), window.peak(first, today)
    )
    if fallen is not None:
        await _change(tx, member_id, standing, fallen.code, cause, tier_rules, document.version)


async def _change(
    tx: Transaction,
    member_id: UUID,
    standing: Standing | None,
    tier: str,
    cause: str,
    tier_rules: TierRules,
    version: int,
) -> None:
    today = tx.calendar.day(tx.now)
    change = TierChange(
        member_id=member_id,
        seq=standing.changes + 1 if standing else 1,
        from_tier=_tier(standing),
        to_tier=tier,
        cause=cause,
        growth=(await _window(tx, member_id, tier_rules, today)).total(today),
        order_ref=None,
        rule=DOCUMENT[1],
        rule_version=version,
        occurred_at=tx.now,
    )
    await keep_changes(tx, [change])


async def _window(tx: Transaction, member_id: UUID, tier_rules: TierRules, first_end: date) -> rules.GrowthWindow:
    """The member's growth, as far back as windows need that end on `first_end` or later."""
    since = window_start(tx, first_end, tier_rules.window_days)
    by_day = (await points.sums_by_day(tx, [member_id], GROWTH, since)).get(member_id, {})
    return rules.GrowthWindow(by_day, tier_rules.window_days)


async def _counting(tx: Transaction, member_id: UUID) -> Sequence[StoredUpgrade]:
    return [one for one in await store.upgrades_of(tx, member_id) if one.upgrade.ended_at is None]


async def _standing(tx: Transaction, member_id: UUID) -> Standing | None:
    return (await store.load_standings(tx, [member_id])).get(member_id)


def _tier(standing: Standing | None) -> str | None:
    return standing.tier if standing else None
