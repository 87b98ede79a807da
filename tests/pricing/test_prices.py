"""Prices of a page of goods: public, a member's, each tier's, and what is struck through (PRC-01, PRC-11, PRC-16)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.catalogue.model import PriceRow
from huixiang.conditions.facts import Facts
from huixiang.conditions.model import BasketSum, Compare, Has, OneOf, Weekdays
from huixiang.entry.attributes import REGISTRY
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.pricing.model.basket import Basket, Line, Situation
from huixiang.pricing.model.effects import ListedPrice, Price, PriceOff, PriceRate, Scope
from huixiang.pricing.model.rules import Exclusion, Maximum, Promotions, UnitRule
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from huixiang.pricing.rules.prices import unit_prices
from tests.pricing.quoting import Answer, Shop, good, named, opened, refused

pytestmark = pytest.mark.requirement("PRC-11")


def unit(code: str, effect: Any, **other: Any) -> UnitRule:
    return UnitRule(code=code, name=named(code), effect=effect, **other)


def tags(answer: Answer, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(item[name] for name in names) for item in answer["items"]]


GOLD_UP = OneOf("tier", ("gold", "diamond"))
PROGRAMME = (
    unit("gold", PriceRate(9000), when=GOLD_UP, label="tier_rate"),
    unit("member-day", PriceRate(8800), when=Weekdays((3,)), scope=Scope(tags=("fruit",)), label="member_day"),
    unit("plus", ListedPrice("plus"), when=Has("plans", ("plus",)), label="member_price"),
    unit("five-off", PriceOff(500), when=BasketSum("list_fen", at_least=1), label="promotion"),
)


@pytest.mark.requirement("PRC-01")
async def test_public_own_and_each_tier_s_price(shop: Shop, member: UUID) -> None:
    await shop.stock(good("milk", 1250), good("apples", 1580, unit="gram", tags=["fruit"]))
    await shop.publish(PROGRAMME)
    answer = await shop.prices(["apples", "milk", "gone", "milk"], member)
    assert answer["unknown"] == ["gone"]
    assert tags(answer, "sku", "price_basis", "public_fen", "member_fen", "saving_fen", "label", "rule") == [
        ("apples", 1000, 1580, 1390, 190, "member_day", "member-day"),
        ("milk", 1, 1250, 1250, 0, None, None),
    ]
    assert tags(answer, "by_tier") == [
        ({"bronze": 1390, "silver": 1390, "gold": 1390, "diamond": 1390},),
        ({"bronze": 1250, "silver": 1250, "gold": 1125, "diamond": 1125},),
    ]
    guest = await shop.prices(["milk"], tiers=False)
    assert tags(guest, "member_fen", "by_tier") == [(1250, {})]


async def test_a_member_price_is_for_those_who_have_the_plan(shop: Shop, members: list[UUID], db: Database) -> None:
    one, other = members
    await shop.stock(good("milk", 1250))
    begun = db.clock.now() - timedelta(days=1)
    rows = [("plus", 1000, "*"), ("public", 1190, "*"), ("public", 1300, "S001"), ("plus", 1100, "S001")]
    await shop.price(*(
        PriceRow(sku="milk", price_fen=fen, valid_from=begun, price_list=code, store=store, version=1)
        for code, fen, store in rows
    ))  # fmt: skip
    await shop.publish(PROGRAMME)
    async with db.transaction() as tx:
        await tx.execute(
            "INSERT INTO plans.subscription VALUES ($1, $2, 'plus', 'active', $3, NULL, NULL, $3)",
            one, new_id(), tx.now,
        )  # fmt: skip
    found = [
        tags(
            await shop.prices(["milk"], who, store=store, tiers=False), "list_fen", "public_fen", "member_fen", "label"
        )
        for who in (one, other)
        for store in ("S001", None)
    ]
    assert found == [
        [(1250, 1300, 1100, "member_price")],
        [(1250, 1190, 1000, "member_price")],
        [(1250, 1300, 1300, None)],
        [(1250, 1190, 1190, None)],
    ]


@pytest.mark.requirement("PRC-16")
async def test_the_struck_price_was_really_charged_in_the_days_before(shop: Shop, clock: SettableClock) -> None:
    await shop.stock(good("milk", 1250))
    begun = clock.now()
    day = timedelta(days=1)
    week = PriceRow(
        sku="milk", price_fen=990, valid_from=begun + day, valid_to=begun + 2 * day, store="S001", version=1
    )
    await shop.price(week)
    await shop.publish(Promotions(rules=PROGRAMME, reference_days=3))
    found: list[list[int | None]] = []
    for days in (0, 1, 2, 5, 6):
        clock.set(begun + days * day)
        answers = [await shop.prices(["milk"], store=store) for store in ("S001", None)]
        found.append([answer["items"][0]["reference_fen"] for answer in answers])
        quoted = await shop.quote([{"sku": "milk", "pieces": 1}], store="S001")
        assert quoted["references"].get("milk") == found[-1][0]
    assert found == [[None, None], [1250, 1250], [990, 1250], [990, 1250], [1250, 1250]]


async def test_prices_need_their_permission_and_bounds(shop: Shop, member: UUID, db: Database) -> None:
    await shop.stock(good("milk", 1250))
    for body, code in (
        ({"skus": []}, "input_invalid"),
        ({"skus": ["milk"] * 201}, "input_invalid"),
        ({"skus": ["milk"], "colour": "red"}, "input_invalid"),
    ):
        refused(await shop.ask("/api/v1/prices", body), 422, code)
    refused(await shop.ask("/api/v1/prices", {"skus": ["milk"], "store": "S9"}), 409, "store_unknown")
    async with opened(db, "quotes:write", member=member) as other:
        refused(await other.ask("/api/v1/prices", {"skus": ["milk"]}), 403, "permission_missing")
        mine = await other.ask("/api/member/v1/prices", {"skus": ["milk"]})
        assert tags(mine.json(), "member_fen") == [(1250,)]


NOW = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
CLASSES = st.sampled_from([None, "a", "b"])
effects = st.one_of(
    st.builds(PriceRate, st.integers(5_000, 9_999)), st.builds(PriceOff, st.integers(1, 900)),
    st.builds(Price, st.integers(0, 2_000)), st.just(ListedPrice("plus")),
)  # fmt: skip
top_effects = st.one_of(st.builds(PriceRate, st.integers(8_000, 9_999)), st.builds(PriceOff, st.integers(1, 300)))
scopes = st.sampled_from([Scope(), Scope(skus=("milk",)), Scope(tags=("fruit",))])
conditions = st.sampled_from([None, None, Compare("tier", "eq", "gold"), Compare("tier", "eq", "silver")])


@st.composite
def rule_sets(draw: st.DrawFn) -> Promotions:
    rules = []
    for number in range(draw(st.integers(0, 7))):
        on_top = draw(st.booleans()) and draw(st.booleans())
        rules.append(
            unit(
                f"r{number}",
                draw(top_effects if on_top else effects),
                scope=draw(scopes),
                when=draw(conditions),
                stacking=draw(CLASSES),
                on_top=on_top,
            )
        )
    exclusions = draw(st.lists(st.builds(Exclusion, st.just("a"), st.sampled_from("ab"), st.just("order")), max_size=1))
    maxima = draw(
        st.lists(
            st.one_of(
                st.builds(Maximum, st.just("b"), st.integers(0, 1)),
                st.builds(Maximum, st.just("unit"), st.integers(0, 2), st.just("layer")),
            ),
            max_size=1,
        )
    )
    return Promotions(rules=tuple(rules), exclusions=tuple(exclusions), maxima=tuple(maxima))


@given(promotions=rule_sets(), fen=st.integers(1, 3_000), tier=st.sampled_from(["gold", "silver"]))
def test_a_unit_price_is_what_the_engine_charges_for_one(promotions: Promotions, fen: int, tier: str) -> None:
    rule_set = compile_promotions(promotions, 1, REGISTRY)
    lines = [
        Line(line_id="1", sku="milk", quantity=1, list_price_fen=fen, prices={"plus": fen * 9 // 10}),
        Line(line_id="2", sku="apples", measure="gram", quantity=1000, list_price_fen=fen, tags=("fruit",)),
    ]
    situation = Situation(facts=Facts(now=NOW, calendar=BusinessCalendar("Asia/Shanghai"), member={"tier": tier}))
    for line, found in zip(lines, unit_prices(rule_set, lines, situation), strict=True):
        alone = price(rule_set, Basket(lines=(line,)), situation)
        assert found.price_fen == alone.payable_fen
        assert sorted(rule.code for rule in found.rules) == sorted(one.rule for one in alone.applied)
