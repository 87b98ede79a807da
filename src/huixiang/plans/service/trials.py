"""Trials (MEM-13): a newcomer has a tier or a plan for some days, once a person, and then what they had before.

Whether somebody had one is asked of all that ever found the person, and of their devices (`members.service.once`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from huixiang.kernel.errors import DomainError, Problem
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.members.events import MemberRegistered
from huixiang.members.model import Ability, MemberRef, MemberUnknown
from huixiang.members.service import once
from huixiang.members.service.states import lock_receiver
from huixiang.plans import store
from huixiang.plans.model import (
    KIND,
    TRIAL_DOCUMENT,
    NotANewcomer,
    PlanUnknown,
    Subscription,
    Trial,
    TrialRules,
    TrialUsed,
)
from huixiang.plans.service.names import Names
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Findings
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry
from huixiang.tiers import service as tier_service
from huixiang.tiers.model import TierRules, TierTrial
from huixiang.tiers.service import trials as tiers


async def give(tx: Transaction, member_id: UUID, by: str, reason: str) -> Trial:
    """Let a newcomer try what the rules in force say. by: `staff:<id>` or `key:<id>`.

    Raises MemberUnknown, StateRefuses, NotANewcomer, TierHeld, PlanUnknown, TrialUsed.
    """
    rules = (await rulebook.current(tx, *TRIAL_DOCUMENT, at=tx.now)).read(TrialRules)
    given = await start(tx, member_id, rules)
    await staff.record(
        tx,
        AuditEntry(
            actor=by,
            action="member.trial_given",
            subject=f"member:{member_id}",
            member_id=member_id,
            after={"gives": given.gives, "code": given.code, "ends_at": given.ends_at.isoformat()},
            reason=reason,
        ),
    )
    return given


async def welcome(tx: Transaction, registered: Sequence[MemberRegistered]) -> None:
    """Let those try it who have just joined, where the rules say so. Who may not goes without."""
    line = (await rulebook.timelines(tx, [TRIAL_DOCUMENT])).get(TRIAL_DOCUMENT)
    for one in registered:
        document = line.find(one.occurred_at) if line is not None else None
        rules = document.read(TrialRules) if document is not None else None
        if rules is None or not rules.on_registration or one.moved_in:
            continue
        try:
            await start(tx, one.member_id, rules)
        except DomainError:
            continue  # refused before anything was written, so nothing has to be undone


async def trials(tx: Transaction, member_id: UUID) -> list[Trial]:
    """What a member tries and tried, the latest first. Raises MemberUnknown."""
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    plans = await store.trials_of(tx, owner)
    names = await Names.read(tx, {one.plan for one in plans})
    tried = [_of_tier(one, names) for one in await tiers.trials(tx, owner)]
    tried += [_of_plan(one, names, ended=one.ended_at is None and _over(tx, one)) for one in plans]
    return sorted(tried, key=lambda one: one.starts_at, reverse=True)


async def examine(tx: Transaction, rules: TrialRules) -> Findings:
    """What is tried has to be there."""
    if rules.tier is not None:
        programme = (await rulebook.current(tx, *tier_service.DOCUMENT, at=tx.now)).read(TierRules)
        if rules.tier not in {tier.code for tier in programme.tiers[1:]}:
            return Findings((Problem("$.tier", "is no tier above the first"),))
    elif not await has_plan(tx, rules.plan or ""):
        return Findings((Problem("$.plan", "there is no such plan in force"),))
    return Findings()


async def start(tx: Transaction, member_id: UUID, rules: TrialRules) -> Trial:
    """Let a newcomer try it. Raises as `give`."""
    registered_at = await lock_receiver(tx, member_id, Ability.EARN)
    if registered_at is None:
        raise MemberUnknown(by="member_id")
    require_newcomer(tx, registered_at, rules)
    over = ends_at(tx, rules)
    if rules.tier is not None:
        await tiers.check(tx, member_id, rules.tier)
    elif not await has_plan(tx, rules.plan or ""):
        raise PlanUnknown(plan=rules.plan)
    if not await once.claim(tx, member_id, "trial"):
        raise TrialUsed
    names = await Names.read(tx, [rules.plan] if rules.plan else [])
    if rules.tier is not None:
        return _of_tier(await tiers.start(tx, member_id, rules.tier, over), names)
    plan = Subscription(
        subscription_id=new_id(), plan=cast(str, rules.plan), state="active", starts_at=tx.now, ends_at=over,
        ended_at=None, trial=True,
    )  # fmt: skip
    await store.insert(tx, member_id, plan)
    return _of_plan(plan, names, ended=False)


def require_newcomer(tx: Transaction, registered_at: datetime, rules: TrialRules) -> None:
    """Raises NotANewcomer."""
    if tx.now > registered_at + timedelta(days=rules.newcomer_days):
        raise NotANewcomer(days=rules.newcomer_days)


def ends_at(tx: Transaction, rules: TrialRules) -> datetime:
    """When what begins now is over."""
    return tx.calendar.start_of(tx.calendar.day(tx.now) + timedelta(days=rules.days + 1))


async def has_plan(tx: Transaction, plan: str) -> bool:
    line = (await rulebook.timelines(tx, [(KIND, plan)])).get((KIND, plan))
    return line is not None and line.find(tx.now) is not None


def _over(tx: Transaction, plan: Subscription) -> bool:
    return plan.ends_at is not None and plan.ends_at <= tx.now


def _of_tier(one: TierTrial, names: Names) -> Trial:
    return Trial(
        trial_id=one.trial_id, gives="tier", code=one.tier, name=names.of("tier", one.tier), starts_at=one.starts_at,
        ends_at=one.ends_at, ended_at=one.ended_at,
    )  # fmt: skip


def _of_plan(plan: Subscription, names: Names, *, ended: bool) -> Trial:
    assert plan.ends_at is not None  # noqa: S101 - trials have an end
    return Trial(
        trial_id=plan.subscription_id, gives="plan", code=plan.plan, name=names.of("plan", plan.plan),
        starts_at=plan.starts_at, ends_at=plan.ends_at, ended_at=plan.ends_at if ended else plan.ended_at,
    )  # fmt: skip
