"""Points for something done that is not a purchase (PTS-03)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec

from huixiang.kernel.epoch import day_at, instant_at
from huixiang.kernel.errors import InvalidInput, InvariantBroken
from huixiang.members import service as members
from huixiang.members.model import Ability
from huixiang.platform.db import Transaction
from huixiang.points.model import POINTS, Credit, EarningRules, Posting, Reward, Source
from huixiang.points.model.breaker import PAUSED
from huixiang.points.model.earning import Behaviour, RewardedBehaviour
from huixiang.points.model.errors import BehaviourLimitReached, BehaviourUnknown
from huixiang.points.rules import periods
from huixiang.points.rules.validity import validity
from huixiang.points.service.post import lock_accounts, post
from huixiang.points.store import rewards as reward_store
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Document

EARNING = "earning"
PROGRAMME = "default"
REGISTRATION = "registration"
PROFILE = "profile"
CLOCKS_DIFFER = timedelta(minutes=5)


def reward_key(behaviour: str, source_key: str) -> str:
    """The key of the posting that an act is rewarded by."""
    return f"behaviour:{behaviour}:{source_key}"


async def reward(
    tx: Transaction,
    member_id: UUID,
    behaviour: str,
    source_key: str,
    occurred_at: datetime,
    *,
    programme: str = PROGRAMME,
) -> Reward:
    """Reward one act of a behaviour, named by `source_key`; the same act again answers what it was rewarded with.

    The rules in force when it happened decide. Raises InvalidInput for the future, BehaviourUnknown,
    BehaviourLimitReached, RuleDocumentUnknown.
    """
    if occurred_at > tx.now + CLOCKS_DIFFER:
        raise InvalidInput(path="$.occurred_at", problem="must not lie in the future")
    document = await rulebook.current(tx, EARNING, programme, occurred_at)
    rules = document.read(EarningRules)
    # The account's lock makes those who come at once take turns; the keys of `points.reward` would refuse them.
    accounts = await lock_accounts(tx, [member_id], [POINTS])
    chosen = _find(rules, behaviour)
    period = periods.first_day(chosen.frequency, occurred_at, tx.calendar)
    times, this = await reward_store.given(tx, member_id, behaviour, period, source_key)
    if not this:
        if not chosen.active:
            raise BehaviourUnknown(behaviour=behaviour)
        if times >= chosen.frequency.times:
            raise BehaviourLimitReached(behaviour=behaviour, times=chosen.frequency.times, per=chosen.frequency.per)
        await reward_store.insert(tx, member_id, behaviour, period, times + 1, source_key)
    by_tier = any(exception.tier is not None for exception in rules.expiries)
    act = Act(
        member_id=member_id,
        behaviour=behaviour,
        source_key=source_key,
        occurred_at=occurred_at,
        document=document,
        tier=await reward_store.tier_of(tx, member_id) if by_tier else None,
    )
    [outcome] = await post(tx, [_credit(tx, act, chosen)], accounts)
    if outcome.posting is None:
        raise InvariantBroken("a reward of some points makes a posting")
    return _shown(behaviour, outcome.posting)


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Something a member did, named by `source_key`, and the rules in force when they did it."""

    member_id: UUID
    behaviour: str
    source_key: str
    occurred_at: datetime
    document: Document
    tier: str | None
    order_ref: UUID | None = None


async def admit(tx: Transaction, acts: Sequence[Act]) -> list[Credit]:
    """What acts that the program noticed are rewarded with, for a caller that holds the members' accounts and posts it.
    Those that the rules do not reward, that were rewarded before, or that are one too many, are left out.

    Of one member and behaviour there is at most one act. The keys of the credits were never used before.
    """
    rewarded = [(act, found) for act in acts if (found := _noticed(act.document.read(EarningRules), act.behaviour))]
    noted = await reward_store.note(
        tx,
        [
            (act.member_id, act.behaviour, periods.first_day(found.frequency, act.occurred_at, tx.calendar),
             found.frequency.times, act.source_key)
            for act, found in rewarded
        ],
    )  # fmt: skip
    return [_credit(tx, act, found) for act, found in rewarded if (act.member_id, act.behaviour) in noted]


async def notice(tx: Transaction, behaviour: str, done: Sequence[tuple[UUID, datetime]]) -> None:
    """Reward what members did once, a registration or a completed profile, where the rules in force then do so
    (PTS-03). The behaviour names the act, too."""
    versions = (await rulebook.timelines(tx, [(EARNING, PROGRAMME)])).get((EARNING, PROGRAMME))
    able = await members.able(tx, [member_id for member_id, _ in done], Ability.EARN)
    acts = [
        Act(
            member_id=member_id,
            behaviour=behaviour,
            source_key=behaviour,
            occurred_at=occurred_at,
            document=document,
            tier=None,
        )
        for member_id, occurred_at in done
        if member_id in able and versions and (document := versions.find(occurred_at))
    ]
    accounts = await lock_accounts(tx, {act.member_id for act in acts}, [POINTS])
    await post(tx, await admit(tx, acts), accounts, fresh=True)


async def rewarded_behaviours(tx: Transaction) -> list[RewardedBehaviour]:
    """What the rules in force reward beside purchases; nothing where there are none."""
    line = (await rulebook.timelines(tx, [(EARNING, PROGRAMME)])).get((EARNING, PROGRAMME))
    document = line.find(tx.now) if line is not None else None
    if document is None:
        return []
    rules = document.read(EarningRules)
    return [
        RewardedBehaviour(one.code, one.name, one.points, one.frequency, one.code in rules.noticed)
        for one in rules.behaviours
        if one.active
    ]


def _noticed(rules: EarningRules, code: str) -> Behaviour | None:
    if code not in rules.noticed:
        return None
    return next((behaviour for behaviour in rules.behaviours if behaviour.code == code and behaviour.active), None)


def _find(rules: EarningRules, code: str) -> Behaviour:
    for behaviour in rules.behaviours:
        if behaviour.code == code:
            return behaviour
    raise BehaviourUnknown(behaviour=code)


def _credit(tx: Transaction, act: Act, behaviour: Behaviour) -> Credit:
    rules = act.document.read(EarningRules)
    key = reward_key(behaviour.code, act.source_key)
    valid = validity(
        rules,
        act.occurred_at,
        tx.calendar,
        cause=behaviour.code,
        tier=act.tier,
        pending_days=behaviour.pending_days,
        recorded_at=tx.now,
    )
    return Credit(
        member_id=act.member_id,
        book=POINTS,
        points=behaviour.points,
        source=Source(
            key=key,
            cause=behaviour.code,
            counter_account=f"issued:{behaviour.code}",
            occurred_at=act.occurred_at,
            order_ref=act.order_ref,
            rule=f"{act.document.kind}.{act.document.code}",
            rule_version=act.document.version,
            input_hash=sha256(key.encode()).digest(),
        ),
        expires_on=valid.expires_on,
        matures_at=valid.matures_at,
        caps=periods.caps_for(rules, behaviour.code, act.occurred_at, tx.calendar),
    )


def _shown(behaviour: str, posting: Posting) -> Reward:
    """What the journal says of it. A posting of nothing, or one that paid a debt, opened no lot."""
    _, _, last_day, maturity, _ = posting.opened or (0, 0, None, -1, 0)
    matures_at = instant_at(maturity) if maturity >= 0 else None
    return Reward(
        behaviour=behaviour,
        points=posting.points,
        offered=posting.requested,
        cut=posting.short,
        rule=posting.rule,
        rule_version=posting.rule_version,
        occurred_at=posting.occurred_at,
        expires_on=None if last_day is None else day_at(last_day),
        matures_at=None if matures_at == PAUSED else matures_at,
        paused=matures_at == PAUSED,
    )
