"""Points for something done that is not a purchase (PTS-03)."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from huixiang.kernel.epoch import day_at, instant_at
from huixiang.kernel.errors import InvalidInput, InvariantBroken
from huixiang.platform.db import Transaction
from huixiang.points.model import POINTS, Credit, EarningRules, Posting, Reward, Source
from huixiang.points.model.breaker import PAUSED
from huixiang.points.model.earning import Behaviour
from huixiang.points.model.errors import BehaviourLimitReached, BehaviourUnknown
from huixiang.points.rules import periods
from huixiang.points.rules.validity import validity
from huixiang.points.service.post import lock_accounts, post
from huixiang.points.store import rewards as reward_store
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Document

PROGRAMME = "default"
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
    document = await rulebook.current(tx, "earning", programme, occurred_at)
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
    credit = await _credit(tx, member_id, document, chosen, source_key, occurred_at)
    [outcome] = await post(tx, [credit], accounts)
    if outcome.posting is None:
        raise InvariantBroken("a reward of some points makes a posting")
    return _shown(behaviour, outcome.posting)


def _find(rules: EarningRules, code: str) -> Behaviour:
    for behaviour in rules.behaviours:
        if behaviour.code == code:
            return behaviour
    raise BehaviourUnknown(behaviour=code)


async def _credit(
    tx: Transaction, member_id: UUID, document: Document, behaviour: Behaviour, source_key: str, occurred_at: datetime
) -> Credit:
    rules = document.read(EarningRules)
    by_tier = any(exception.tier is not None for exception in rules.expiries)
    key = reward_key(behaviour.code, source_key)
    valid = validity(
        rules,
        occurred_at,
        tx.calendar,
        cause=behaviour.code,
        tier=await reward_store.tier_of(tx, member_id) if by_tier else None,
        pending_days=behaviour.pending_days,
        recorded_at=tx.now,
    )
    return Credit(
        member_id=member_id,
        book=POINTS,
        points=behaviour.points,
        source=Source(
            key=key,
            cause=behaviour.code,
            counter_account=f"issued:{behaviour.code}",
            occurred_at=occurred_at,
            rule=f"{document.kind}.{document.code}",
            rule_version=document.version,
            input_hash=sha256(key.encode()).digest(),
        ),
        expires_on=valid.expires_on,
        matures_at=valid.matures_at,
        caps=periods.caps_for(rules, behaviour.code, occurred_at, tx.calendar),
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
