"""The promotions that come with the program, held against the catalogue that does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from huixiang.catalogue import service as catalogue
from huixiang.conditions.facts import Facts
from huixiang.platform.db import Database
from huixiang.pricing.model.basket import Basket, HeldCoupon, Line, Situation
from huixiang.pricing.model.effects import Off, PriceRate
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.model.rules import CouponRule, Promotions, Rule
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.engine import price
from huixiang.pricing.service import publication, rule_sets
from tests.documents.pages import shipped
from tests.support.programme import load_programme

TIERS = (None, "bronze", "silver", "gold", "diamond")
PROMOTIONS = shipped("promotions.main", Promotions)


def rule(code: str) -> Rule:
    return next(one for one in PROMOTIONS.rules if one.code == code)


@pytest_asyncio.fixture
async def rule_set(db: Database) -> RuleSet:
    await load_programme(db)
    async with db.transaction() as tx:
        return await rule_sets.current(tx)


async def test_they_fit_the_seed(db: Database) -> None:
    await load_programme(db)
    async with db.transaction() as tx:
        await catalogue.load_seed(tx)
        findings = await publication.examine(tx, PROMOTIONS)
    assert findings.problems == ()
    # The shop's own list, which the seed leaves to it.
    assert [one.problem for one in findings.warnings] == ["the catalogue has no price on list member"]


@pytest.mark.requirement("BEN-06", "PRC-01")
def test_rates_by_tier_and_on_member_day() -> None:
    rates = {"tier_silver": 9800, "tier_gold": 9500, "tier_diamond": 9000, "member_day": 8800, "member_day_plan": 8800}
    for code, rate_bp in rates.items():
        assert rule(code).effect == PriceRate(rate_bp), code


@pytest.mark.requirement("PRC-03")
def test_stepped_reductions() -> None:
    effect = rule("stepped").effect
    assert isinstance(effect, Off)
    assert [(step.at, step.off_fen) for step in effect.steps] == [(10_000, 2_000), (20_000, 5_000)]


@pytest.mark.requirement("CPN-02")
def test_the_pack_for_new_members_is_worth_188() -> None:
    pack = [one for one in PROMOTIONS.rules if isinstance(one, CouponRule) and one.code.startswith("new_member_")]
    assert all(one.personal for one in pack)
    assert sum(one.effect.steps[0].off_fen for one in pack if isinstance(one.effect, Off)) == 18_800


def line(line_id: str, sku: str, list_price_fen: int, quantity: int = 1, **more: Any) -> Line:
    return Line(line_id=line_id, sku=sku, list_price_fen=list_price_fen, quantity=quantity, **more)


BASKETS = {
    "one good": [line("1", "63804", 990, categories=("oil_sauces", "grocery"))],
    "near a step": [line("1", "63801", 13_900, categories=("oil_sauces", "grocery")), line("2", "62906", 2_590, 2)],
    "vegetables and dairy": [
        line("1", "61001", 796, 1350, measure="gram", categories=("leafy", "vegetables", "fresh")),
        line("2", "63001", 1_980, 4, categories=("yogurt", "dairy", "fresh")),
        line("3", "62902", 550, 9, categories=("milk", "dairy", "fresh")),
    ],
    "breakfast": [
        line("1", "63402", 1_490, 2, categories=("bread", "bakery", "fresh")),
        line("2", "63206", 890, 3, categories=("tofu", "soy_noodles", "fresh")),
        line("3", "62501", 1_290, 2, categories=("eggs", "poultry_eggs", "fresh")),
    ],
}


def priced(db: Database, rule_set: RuleSet, lines: list[Line], tier: str | None, now: datetime) -> Priced:
    member: dict[str, Any] = {} if tier is None else {"member_state": "active", "tier": tier}
    facts = Facts(now=now, calendar=db.calendar, member=member)
    coupons = (HeldCoupon("a", "fresh_5"), HeldCoupon("b", "free_delivery_coupon"))
    return price(rule_set, Basket(lines=tuple(lines), delivery_fen=600), Situation(facts=facts, coupons=coupons))


@pytest.mark.requirement("PRC-15", "TIER-08")
@pytest.mark.parametrize("lines", BASKETS.values(), ids=BASKETS.keys())
async def test_a_higher_tier_never_pays_more(db: Database, rule_set: RuleSet, now: datetime, lines: list[Line]) -> None:
    for day in (now, now + timedelta(days=1)):  # a member day and another
        paid = [priced(db, rule_set, lines, tier, day) for tier in TIERS]
        assert all(one.proven for one in paid)
        payable = [one.payable_fen for one in paid]
        assert payable == sorted(payable, reverse=True)
        assert payable[-1] < payable[0]
