"""Tiers set by staff, until a day, once a second person has approved it (TIER-03, CON-02)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from huixiang.kernel.errors import InvalidInput, InvariantBroken, Problem
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event
from huixiang.points import service as points
from huixiang.points.model import GROWTH
from huixiang.rulebook import service as rulebook
from huixiang.staff import service as staff
from huixiang.staff.events import ApprovalGranted
from huixiang.staff.model import AuditEntry
from huixiang.staff.model.approvals import Approval, Change, Granted, NewApproval
from huixiang.tiers import rules, store
from huixiang.tiers.model import (
    EndManualTier,
    NewManualTier,
    Standing,
    StoredUpgrade,
    TierHeld,
    TierMoved,
    TierRules,
    TierUnknown,
    TierUpgrade,
    UpgradeEnded,
    UpgradeUnknown,
)
from huixiang.tiers.service import DOCUMENT
from huixiang.tiers.service.upgrades import MANUAL_ENDED, end, lift

SET, END = "tiers.set", "tiers.end_manual"
DECIDED_BY = "tiers:approve"
CAUSE = "manual"
LONGEST = timedelta(days=3660)


async def request_tier(tx: Transaction, member_id: UUID, new: NewManualTier, made_by: UUID) -> Approval:
    """Ask that a member have a higher tier through a day. Raises MemberUnknown, StateRefuses, TierUnknown, TierHeld,
    and InvalidInput for a day that is over or too far."""
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    await members.require_able(tx, owner, Ability.EARN)
    _check_day(new.until, tx.calendar.day(tx.now))
    tier_rules = (await rulebook.current(tx, *DOCUMENT, at=tx.now)).read(TierRules)
    held = _held(tier_rules, await _standing(tx, owner))
    _check_tier(tier_rules, new.tier, held)
    asked = NewApproval(
        command=SET,
        subject=f"member:{owner}",
        member_id=owner,
        payload={"tier": new.tier, "until": new.until.isoformat()},
        difference=[
            Change(path="$.tier", before=held, after=new.tier),
            Change(path="$.until", after=new.until.isoformat()),
        ],
        base=held,
        reason=new.reason,
        decided_by=DECIDED_BY,
    )
    return await staff.request_approval(tx, asked, made_by)


async def request_end(
    tx: Transaction, member_id: UUID, upgrade_id: UUID, asked: EndManualTier, made_by: UUID
) -> Approval:
    """Ask that a tier which staff set end now. Raises MemberUnknown, UpgradeUnknown, UpgradeEnded."""
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    found = await _counting(tx, owner, upgrade_id)
    new = NewApproval(
        command=END,
        subject=f"member:{owner}",
        member_id=owner,
        payload={"upgrade_id": str(upgrade_id)},
        difference=[Change(path="$.ends_at", before=found.upgrade.ends_at.isoformat(), after="at once")],
        base=str(upgrade_id),
        reason=asked.reason,
        decided_by=DECIDED_BY,
    )
    return await staff.request_approval(tx, new, made_by)


async def run_approved(tx: Transaction, events: Sequence[Event]) -> None:
    """Set and end what was approved."""
    commands = {SET: _set, END: _end}
    for event in events:
        if isinstance(event, ApprovalGranted) and event.command in commands:
            await staff.carry_out(tx, event.approval_id, commands[event.command])


def upgrade_through(tx: Transaction, until: date, *, upgrade_id: UUID, tier: str, rule_version: int) -> TierUpgrade:
    """A tier that staff set from now on, through a business day."""
    return TierUpgrade(
        upgrade_id=upgrade_id,
        tier=tier,
        points=0,
        rule_version=rule_version,
        starts_at=tx.now,
        ends_at=tx.calendar.start_of(until + timedelta(days=1)),
        ended_at=None,
        undone=False,
        ground="manual",
    )


async def _set(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    """Raises TierMoved where the member has another tier than when it was asked for, and what `request_tier` raises."""
    owner = await _owner(tx, granted)
    await members.require_able(tx, owner, Ability.EARN)
    tier, until = granted.payload["tier"], date.fromisoformat(granted.payload["until"])
    _check_day(until, tx.calendar.day(tx.now))
    document = await rulebook.current(tx, *DOCUMENT, at=tx.now)
    tier_rules = document.read(TierRules)
    await points.lock_accounts(tx, [owner], [GROWTH])
    standing = await _standing(tx, owner)
    held = _held(tier_rules, standing)
    if held != granted.base:
        moved = TierMoved(before=granted.base, now=held)
        moved.problems = [Problem("$.tier", f"was {granted.base} when this was asked for, and is {held} now")]
        raise moved
    _check_tier(tier_rules, tier, held)
    upgrade = upgrade_through(tx, until, upgrade_id=granted.approval_id, tier=tier, rule_version=document.version)
    await lift(tx, owner, standing, upgrade, CAUSE, tier_rules)
    await _audit(tx, owner, granted, "tier.set", {"tier": held}, {"tier": tier, "until": until.isoformat()})
    return {"upgrade_id": str(upgrade.upgrade_id)}


async def _end(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    owner = await _owner(tx, granted)
    await points.lock_accounts(tx, [owner], [GROWTH])
    found = await _counting(tx, owner, UUID(granted.payload["upgrade_id"]))
    await end(tx, found, MANUAL_ENDED)
    now_held = await _standing(tx, owner)
    after = {"tier": now_held.tier if now_held else None}
    await _audit(tx, owner, granted, "tier.ended", {"tier": found.upgrade.tier}, after)
    return after


async def _owner(tx: Transaction, granted: Granted) -> UUID:
    """Whom it concerns by now: of a member who was merged since, the one they were merged into."""
    if granted.member_id is None:
        raise InvariantBroken("a tier is of a member")
    return await members.resolve(tx, MemberRef(member_id=granted.member_id))


async def _counting(tx: Transaction, owner: UUID, upgrade_id: UUID) -> StoredUpgrade:
    known = {one.upgrade.upgrade_id: one for one in await store.upgrades_of(tx, owner)}
    found = known.get(upgrade_id)
    if found is None or found.upgrade.ground != "manual":
        raise UpgradeUnknown(upgrade_id=upgrade_id)
    if found.upgrade.ended_at is not None:
        raise UpgradeEnded(upgrade_id=upgrade_id)
    return found


async def _standing(tx: Transaction, owner: UUID) -> Standing | None:
    return (await store.load_standings(tx, [owner])).get(owner)


def _held(tier_rules: TierRules, standing: Standing | None) -> str:
    return standing.tier if standing else tier_rules.tiers[0].code


def _check_tier(tier_rules: TierRules, tier: str, held: str) -> None:
    if rules.rank(tier_rules, tier) < 0:
        raise TierUnknown(tier=tier)
    if not rules.is_above(tier_rules, tier, held):
        raise TierHeld(tier=tier, held=held)


def _check_day(until: date, today: date) -> None:
    if not today <= until <= today + LONGEST:
        raise InvalidInput(path="$.until", problem=f"a day from today on, at most {LONGEST.days} days ahead")


async def _audit(
    tx: Transaction,
    owner: UUID,
    granted: Granted,
    action: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    await staff.record(
        tx,
        AuditEntry(
            actor=granted.maker,
            action=action,
            subject=f"member:{owner}",
            member_id=owner,
            before=before,
            after={**after, "approved_by": str(granted.checked_by)},
            reason=granted.reason,
        ),
    )
