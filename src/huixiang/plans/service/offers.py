"""Trials that newcomers begin themselves on the member pages, where the rules say so (MEM-13)."""

from __future__ import annotations

from uuid import UUID

from huixiang.kernel.errors import DomainError
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef, MemberUnknown
from huixiang.members.service import once
from huixiang.members.service.states import look_at_receiver
from huixiang.plans.model import (
    TRIAL_DOCUMENT,
    Gives,
    PlanUnknown,
    Trial,
    TrialNotOffered,
    TrialOffer,
    TrialRules,
    TrialUsed,
)
from huixiang.plans.service import trials
from huixiang.plans.service.names import Names
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook
from huixiang.tiers.service import trials as tiers


async def offers(tx: Transaction, member_id: UUID) -> list[TrialOffer]:
    """What a member may begin to try, and what would be refused why; nothing where none is offered. Raises
    MemberUnknown."""
    rules = await _offered(tx)
    if rules is None:
        return []
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    names = await Names.read(tx, [rules.plan] if rules.plan else [])
    gives: Gives = "plan" if rules.tier is None else "tier"
    code = rules.tier or rules.plan or ""
    refusal = await _refusal(tx, owner, rules)
    return [
        TrialOffer(
            gives=gives, code=code, name=names.of(gives, code), days=rules.days, ends_at=trials.ends_at(tx, rules),
            refused=None if refusal is None else refusal.code,
        )
    ]  # fmt: skip


async def begin(tx: Transaction, member_id: UUID) -> Trial:
    """Begin what is offered. Raises TrialNotOffered, and as `trials.give`."""
    rules = await _offered(tx)
    if rules is None:
        raise TrialNotOffered
    return await trials.start(tx, await members.resolve(tx, MemberRef(member_id=member_id)), rules)


async def _offered(tx: Transaction) -> TrialRules | None:
    line = (await rulebook.timelines(tx, [TRIAL_DOCUMENT])).get(TRIAL_DOCUMENT)
    document = line.find(tx.now) if line is not None else None
    rules = document.read(TrialRules) if document is not None else None
    return rules if rules is not None and rules.on_request else None


async def _refusal(tx: Transaction, owner: UUID, rules: TrialRules) -> DomainError | None:
    """What `trials.start` would raise, but for what others do meanwhile; that the person had one comes first."""
    try:
        registered_at = await look_at_receiver(tx, owner, Ability.EARN)
        if registered_at is None:
            raise MemberUnknown(by="member_id")
        if await once.had(tx, owner, "trial"):
            raise TrialUsed
        trials.require_newcomer(tx, registered_at, rules)
        if rules.tier is not None:
            await tiers.look(tx, owner, rules.tier)
        elif not await trials.has_plan(tx, rules.plan or ""):
            raise PlanUnknown(plan=rules.plan)
    except DomainError as refusal:
        return refusal
    return None
