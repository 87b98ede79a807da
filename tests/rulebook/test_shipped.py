"""The programme that comes with the program."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from huixiang.conditions.model import All, Compare, Has, Weekdays
from huixiang.entry.wiring import register_rule_kinds
from huixiang.platform.db import Database, Transaction
from huixiang.points.model import EarningRules
from huixiang.rulebook import service
from huixiang.tiers.model import TierRules

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
SHIPPED = [
    "adjusting/default 1",
    "breaker/default 1",
    "consents/default 1",
    "coupon_pack/new_member 1",
    "coupon_template/anything_95 1",
    "coupon_template/eggs_for_one 1",
    "coupon_template/free_delivery_coupon 1",
    "coupon_template/fresh_5 1",
    "coupon_template/new_member_15 1",
    "coupon_template/new_member_30 1",
    "coupon_template/new_member_50 1",
    "coupon_template/new_member_8 1",
    "coupon_template/new_member_85 1",
    "earning/base 1",
    "earning/default 1",
    "fulfilment/default 1",
    "lifecycle/default 1",
    "message_template/coupon_gift_arrived 1",
    "message_template/coupon_gift_returned 1",
    "message_template/coupons_end_soon 1",
    "message_template/one_time_code 1",
    "message_template/sign_in_code 1",
    "message_template/terms_changed 1",
    "message_template/terms_unchanged 1",
    "messaging/default 1",
    "payment_statement/default 1",
    "pool/default 1",
    "promotions/main 1",
    "refund_policy/default 1",
    "spending/default 1",
    "terms/default 1",
    "terms_notice/default 1",
    "tiers/default 1",
    "till_delay/default 1",
    "transfer/default 1",
    "trial/default 1",
]


@pytest.fixture(autouse=True)
def kinds() -> None:
    register_rule_kinds()


async def load(db: Database) -> list[str]:
    async with db.transaction() as tx:
        return [f"{document.kind}/{document.code} {document.version}" for document in await service.load_shipped(tx)]


async def earning(tx: Transaction, code: str) -> EarningRules:
    return (await service.current(tx, "earning", code, LONG_AGO)).read(EarningRules)


async def test_loading_twice_adds_nothing(db: Database) -> None:
    assert await load(db) == SHIPPED
    assert await load(db) == []


async def test_two_starts_at_once_load_each_document_once(db: Database) -> None:
    loaded = await asyncio.gather(*(load(db) for _ in range(4)))
    assert sorted(name for names in loaded for name in names) == SHIPPED


@pytest.mark.requirement("TIER-01")
async def test_default_tiers_by_spend_over_a_year(db: Database) -> None:
    await load(db)
    async with db.transaction() as tx:
        rules = (await service.current(tx, "tiers", "default", LONG_AGO)).read(TierRules)
    assert (rules.metric, rules.window_days) == ("spend", 365)
    assert [(tier.code, tier.name.zh, tier.threshold) for tier in rules.tiers] == [
        ("bronze", "铜牌会员", 0),
        ("silver", "银牌会员", 200_000),
        ("gold", "金牌会员", 500_000),
        ("diamond", "钻石会员", 1_000_000),
    ]


@pytest.mark.requirement("PTS-01", "PTS-02", "PTS-05", "PTS-11")
async def test_default_earning(db: Database) -> None:
    await load(db)
    async with db.transaction() as tx:
        rules = await earning(tx, "default")
    assert (rules.base_rate.points, rules.base_rate.fen) == (1, 100)
    assert (rules.stacking, rules.ceiling_bp, rules.pending_days) == ("highest", 50_000, 7)
    assert (rules.expiry.policy, rules.expiry.months, rules.expiry.end_of) == ("months", 12, "month")
    by_code = {multiplier.code: multiplier for multiplier in rules.multipliers}
    assert {code: multiplier.bp for code, multiplier in by_code.items()} == {
        "fresh": 20_000,
        "tier_silver": 12_000,
        "tier_gold": 15_000,
        "tier_diamond": 15_000,
        "member_day": 20_000,
        "member_day_diamond": 30_000,
        "birthday_month": 20_000,
    }
    assert by_code["fresh"].when == Has("goods.categories", ("fresh",))
    diamond = Compare("tier", "eq", "diamond")
    assert by_code["member_day_diamond"].when == All((Weekdays((3,)), diamond))


@pytest.mark.requirement("PTS-01")
async def test_bare_earning(db: Database) -> None:
    await load(db)
    async with db.transaction() as tx:
        rules = await earning(tx, "base")
    assert (rules.base_rate.points, rules.base_rate.fen) == (1, 100)
    assert rules.multipliers == []
    assert (rules.ceiling_bp, rules.pending_days, rules.expiry.policy) == (10_000, 0, "never")


async def test_a_changed_programme_is_not_replaced_by_the_shipped_one(db: Database) -> None:
    await load(db)
    async with db.transaction() as tx:
        rules = await earning(tx, "base")
        await service.publish(tx, "earning", "base", rules, LONG_AGO, "maker", "the same again")
    await load(db)
    async with db.transaction() as tx:
        assert (await service.current(tx, "earning", "base", LONG_AGO)).version == 2
