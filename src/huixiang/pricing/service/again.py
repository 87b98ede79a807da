"""The rules and the facts that a quote was made by, from what its token keeps: to explain it, and to price its rest."""

from __future__ import annotations

from collections.abc import Mapping

from huixiang.conditions.facts import Value
from huixiang.pricing.model.basket import Situation
from huixiang.pricing.model.kept import Kept
from huixiang.pricing.model.refusals import QuoteFactsChanged
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.kept import situation_of
from huixiang.pricing.service import programme
from huixiang.pricing.service.reads import Reads


async def situated(reads: Reads, kept: Kept) -> tuple[RuleSet, Situation]:
    """Raises QuoteFactsChanged where personal data that the quote depended on are other ones now."""
    in_force = await programme.in_force_at(reads, kept.version)
    situation = situation_of(kept, reads.calendar, await _hidden(reads, kept))
    if situation is None:
        raise QuoteFactsChanged
    return in_force.rule_set, situation


async def _hidden(reads: Reads, kept: Kept) -> Mapping[str, Value]:
    """The personal attributes that the quote depended on, as they are now."""
    member_id = kept.member_id
    if member_id is None or not kept.hidden:
        return {}
    return await programme.values_now(reads, member_id, kept.hidden)
