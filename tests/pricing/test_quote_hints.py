"""Hints of a quote: what to add or to become, each exactly what it saves when it is followed (PRC-09)."""

from __future__ import annotations

from uuid import UUID

import pytest

from huixiang.conditions.model import Compare, Has, OneOf
from huixiang.kernel.ids import new_id
from huixiang.pricing.model.effects import Off, OffStep, PriceRate
from huixiang.pricing.model.rules import OrderRule, UnitRule
from tests.pricing.quoting import Answer, Shop, good, named, pieces

pytestmark = pytest.mark.requirement("PRC-09")
GOLD_UP = OneOf("tier", ("silver", "gold", "diamond"))


def rate(code: str, rate_bp: int, when: object) -> UnitRule:
    return UnitRule(code=code, name=named(code), effect=PriceRate(rate_bp), when=when)  # type: ignore[arg-type]


def hints(answer: Answer, *names: str) -> list[tuple[object, ...]]:
    return [tuple(one[name] for name in names) for one in answer["hints"]]


async def test_goods_tier_and_plan_each_followed_save_what_is_said(shop: Shop, member: UUID) -> None:
    await shop.stock(good("milk", 9200), good("bread", 400))
    await shop.document("plan", "plus", {"name": {"zh": "会员", "en": "Plus"}, "price_fen": 500, "days": 30})
    await shop.publish([
        rate("silver", 9500, GOLD_UP), rate("plus", 9000, Has("plans", ("plus",))),
        OrderRule(code="steps", name=named("steps"), effect=Off((OffStep(10_000, 2_000),))),
    ])  # fmt: skip
    before = await shop.quote([pieces("milk")], member, hints=True)
    told = {kind: (saving, cost, missing) for kind, saving, cost, missing in hints(
        before, "kind", "saving_fen", "cost_fen", "missing_fen"
    )}  # fmt: skip
    assert told == {"goods": (2_000, 0, 800), "plan": (920, 500, None), "tier": (460, 0, None)}
    more = await shop.quote([pieces("milk"), pieces("bread", 2)], member)
    assert more["priced"]["payable_fen"] == before["priced"]["payable_fen"] + 800 - 2_000
    async with shop.db.transaction() as tx:
        await tx.execute("INSERT INTO tiers.standing VALUES ($1, 'silver', $2, 1, 1)", member, tx.now)
    silver = await shop.quote([pieces("milk")], member, hints=True)
    assert silver["priced"]["payable_fen"] == before["priced"]["payable_fen"] - 460
    assert "tier" not in {one["kind"] for one in silver["hints"]}  # gold is no better
    async with shop.db.transaction() as tx:
        await tx.execute(
            "INSERT INTO plans.subscription VALUES ($1, $2, 'plus', 'active', $3, NULL, NULL, $3)",
            member, new_id(), tx.now,
        )  # fmt: skip
    plus = await shop.quote([pieces("milk")], member, hints=True)
    assert plus["priced"]["payable_fen"] == before["priced"]["payable_fen"] - 920
    assert "plan" not in {one["kind"] for one in plus["hints"]}


async def test_a_guest_is_hinted_to_join_and_nobody_unasked(shop: Shop) -> None:
    await shop.stock(good("milk", 1000))
    await shop.publish([rate("members", 9000, Compare("member_state", "eq", "active"))])
    asked = await shop.quote([pieces("milk")], hints=True)
    assert hints(asked, "kind", "saving_fen") == [("join", 100)]
    assert asked["joining"]["saved_fen"] == 100
    assert (await shop.quote([pieces("milk")]))["hints"] == []
