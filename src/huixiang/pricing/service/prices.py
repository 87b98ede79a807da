"""Prices of a page of goods: what anybody pays, what this member pays, and what each tier would (PRC-11)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from huixiang.conditions.facts import Facts, Value
from huixiang.members.model import State
from huixiang.pricing.model.basket import Line, Situation
from huixiang.pricing.model.goods import Goods
from huixiang.pricing.model.prices import Prices, PricesRequest, PriceTag
from huixiang.pricing.model.rules import UnitRule
from huixiang.pricing.rules.asking import listed
from huixiang.pricing.rules.prices import UnitPrice, UnitPricer
from huixiang.pricing.service import facts as facts_of
from huixiang.pricing.service.facts import Known, Where
from huixiang.pricing.service.reads import Reads
from huixiang.pricing.service.references import references
from huixiang.tiers.model import TierRules
from huixiang.tiers.service import DOCUMENT as TIERS

EARNING = "default"
BASIS = {"piece": 1, "gram": 1000}


async def prices(reads: Reads, asked: PricesRequest, member_id: UUID | None) -> Prices:
    """Raises MemberUnknown, StoreUnknown."""
    where = Where(asked.channel, asked.store, asked.city, asked.experiments)
    known = await facts_of.gather(reads, member_id, asked.skus, where, EARNING)
    goods = [known.goods[sku] for sku in dict.fromkeys(asked.skus) if sku in known.goods]
    rule_set = known.programme.rule_set
    pricer = UnitPricer(rule_set, [_line(one, known.price_lists) for one in goods])
    facts = known.facts(reads)
    own = pricer.prices(_situation(known, facts))
    by_tier = _by_tier(reads, known, facts, pricer) if asked.tiers else {}
    lowest = await references(
        reads, known.programme.revision, list(known.goods), asked.store, rule_set.promotions.reference_days
    )
    return Prices(
        version=rule_set.version,
        items=tuple(
            _tag(one, own[place], {tier: found[place].price_fen for tier, found in by_tier.items()}, lowest)
            for place, one in enumerate(goods)
        ),
        unknown=tuple(dict.fromkeys(sku for sku in asked.skus if sku not in known.goods)),
    )


def _line(goods: Goods, price_lists: tuple[str, ...]) -> Line:
    return Line(
        line_id=goods.sku,
        sku=goods.sku,
        measure="gram" if goods.unit == "gram" else "piece",
        quantity=BASIS[goods.unit],
        list_price_fen=goods.public_fen,
        categories=tuple(goods.categories),
        brand=goods.brand,
        tags=tuple(goods.tags),
        prices=dict(listed(goods, price_lists)),
        cost_fen=goods.cost_fen,
    )


def _situation(known: Known, facts: Facts) -> Situation:
    return Situation(facts=facts, room=known.room, killed=known.programme.killed)


def _by_tier(reads: Reads, known: Known, facts: Facts, pricer: UnitPricer) -> Mapping[str, list[UnitPrice]]:
    """The same member in each tier of the programme; of a guest, one who joined now."""
    document = known.programme.document(TIERS, reads.now)
    if document is None:
        return {}
    member: dict[str, Value] = {"member_state": State.ACTIVE.value, "joined_on": reads.calendar.day(reads.now)}
    if known.buyer is not None:
        member = dict(facts.member)
    return {
        tier.code: pricer.prices(
            _situation(known, msgspec.structs.replace(facts, member={**member, "tier": tier.code}))
        )
        for tier in document.read(TierRules).tiers
    }


def _tag(goods: Goods, own: UnitPrice, by_tier: Mapping[str, int], lowest: Mapping[str, int]) -> PriceTag:
    chosen = own.rules[0].rule if own.rules else None
    return PriceTag(
        sku=goods.sku,
        price_basis=BASIS[goods.unit],
        list_fen=goods.list_price_fen,
        public_fen=goods.public_fen,
        member_fen=own.price_fen,
        saving_fen=goods.public_fen - own.price_fen,
        label=chosen.label if isinstance(chosen, UnitRule) else None,
        rule=chosen.code if chosen is not None else None,
        reference_fen=lowest.get(goods.sku),
        by_tier=by_tier,
    )
