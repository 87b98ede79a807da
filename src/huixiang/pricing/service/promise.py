"""What a quote promised, for an order that is placed on it: its answer as it was kept, with its shares of points."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from huixiang.pricing.model.effects import Exchange
from huixiang.pricing.model.kept import Kept
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.model.rules import Budget, Cap
from huixiang.pricing.rules import cash_off
from huixiang.pricing.rules.cash_off import Share
from huixiang.pricing.rules.kept import answer_of
from huixiang.pricing.service import programme
from huixiang.pricing.service.reads import Reads


class Promise(msgspec.Struct, frozen=True):
    """shares: of the points that the quote used, by line. caps: of the rules that it applied, those that have any.
    chains: of the budgets that they are paid from. killed: rules that it applied and that are switched off since.
    exchanges: coupons among them that set a price. benefits: that they are given under. revision: of the rulebook,
    where it was read alone."""

    kept: Kept
    priced: Priced
    shares: tuple[Share, ...]
    caps: Mapping[str, tuple[Cap, ...]]
    chains: Mapping[str, tuple[Budget, ...]]
    killed: tuple[str, ...]
    exchanges: frozenset[str]
    benefits: frozenset[str]
    revision: UUID | None


async def promised(reads: Reads, kept: Kept) -> Promise:
    """kept: of a token that has not expired, and belongs to who places it."""
    in_force = await programme.in_force_at(reads, kept.version)
    priced = answer_of(kept, in_force.rule_set)
    applied = {one.rule for one in priced.applied}
    rules = in_force.rule_set.promotions.rules
    return Promise(
        kept=kept,
        priced=priced,
        shares=tuple(cash_off.shares(priced.lines, kept.totals.points, kept.rate)),
        caps={rule.code: rule.caps for rule in rules if rule.caps and rule.code in applied},
        chains={rule: chain for rule, chain in in_force.rule_set.chains.items() if rule in applied},
        killed=tuple(sorted(applied & in_force.killed)),
        exchanges=frozenset(one.code for one in rules if isinstance(one.effect, Exchange)) & applied,
        benefits=frozenset(one.benefit for one in rules if one.benefit is not None and one.code in applied),
        revision=in_force.revision,
    )
