"""The same buyer as another one, for hints: in the next tier, with a plan, or joined (PRC-09, CHK-08)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from huixiang.conditions.facts import Value
from huixiang.kernel.text import Text
from huixiang.members.model import State
from huixiang.plans.model import KIND as PLAN
from huixiang.plans.model import PlanTerms
from huixiang.pricing.model.basket import Situation
from huixiang.pricing.model.hints import Elsewhere
from huixiang.pricing.service.facts import Known
from huixiang.pricing.service.reads import Reads
from huixiang.tiers.model import TierRules
from huixiang.tiers.service import DOCUMENT as TIERS

TIER, PLANS = "tier", "plans"  # attributes


def elsewhere(reads: Reads, known: Known, situation: Situation, channel: str) -> Iterator[Elsewhere]:
    """Those that the rules in force may price otherwise."""
    if known.buyer is None:
        yield Elsewhere("join", "", Text(zh="注册会员", en="Joining"), _as(situation, newcomer(reads, channel)))
        return
    values = known.buyer.values
    if TIER in known.programme.needs.attributes:
        yield from _next_tier(reads, known, situation, values)
    if PLANS in known.programme.needs.attributes:
        yield from _plans(reads, known, situation, values)


def newcomer(reads: Reads, channel: str) -> Mapping[str, Value]:
    """What is known of a member who joins now."""
    return {
        "member_state": State.ACTIVE.value,
        "joined_on": reads.calendar.day(reads.now),
        "joined_channel": channel,
    }


def _next_tier(reads: Reads, known: Known, situation: Situation, values: Mapping[str, Value]) -> Iterator[Elsewhere]:
    document = known.programme.document(TIERS, reads.now)
    if document is None or known.buyer is None:
        return
    tiers = document.read(TierRules).tiers
    place = next((place for place, tier in enumerate(tiers) if tier.code == known.buyer.tier), 0)
    for tier in tiers[place + 1 : place + 2]:
        yield Elsewhere("tier", tier.code, tier.name, _as(situation, {**values, TIER: tier.code}))


def _plans(reads: Reads, known: Known, situation: Situation, values: Mapping[str, Value]) -> Iterator[Elsewhere]:
    has = values.get(PLANS, frozenset())
    assert isinstance(has, frozenset)  # noqa: S101 - a set of texts
    for name, document in known.programme.documents(PLAN, reads.now):
        if name not in has:
            terms = document.read(PlanTerms)
            with_plan = _as(situation, {**values, PLANS: has | {name}})
            yield Elsewhere("plan", name, terms.name, with_plan, terms.price_fen)


def _as(situation: Situation, member: Mapping[str, Value]) -> Situation:
    """A guest's purchases are unknown; a member who joins now has none."""
    facts = situation.facts
    purchases = () if facts.purchases is None else facts.purchases
    return msgspec.structs.replace(situation, facts=msgspec.structs.replace(facts, member=member, purchases=purchases))
