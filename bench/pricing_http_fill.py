"""What quotes over HTTP are asked on: the workload's catalogue in a grocer's departments, the workload's 100 promotions
beside those that the program ships, and members with coupons.

A third of the members hold the twenty coupons that a retailer's member has: the welcome set, several copies of a few
others, some for a department, one used an order. A third hold twenty rules in four classes that stand together. The
others hold none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from importlib import resources
from uuid import UUID

import msgspec

from bench.pricing_mapping import promotions_of
from bench.pricing_workload import CATEGORIES, Workload, draw
from huixiang.catalogue import service as catalogue
from huixiang.catalogue.model import CategoryRow, SkuRow
from huixiang.kernel.ids import new_id
from huixiang.kernel.text import Text
from huixiang.platform.db import Database, Transaction
from huixiang.pricing.model.effects import Off, OffStep, RateOff, RateStep, Scope
from huixiang.pricing.model.rules import CouponRule, Promotions
from huixiang.rulebook import service as rulebook

HOLDERS = ("shop", "classes", "none")
COUPONS = 20
# Of the shipped rules and of `DEPARTMENT`: how many copies.
SHOP = {
    **dict.fromkeys(("new_member_8", "new_member_15", "new_member_30", "new_member_50", "new_member_85"), 1),
    **dict.fromkeys(("fresh_5", "anything_95", "free_delivery_coupon"), 3),
    **dict.fromkeys(("fruit_4", "dairy_3", "anything_3"), 2),
}
CLASSES = ("grocery", "fresh", "member", "brand")
PARENTS = {"vegetables": "fresh", "fruit": "fresh", "meat": "fresh", "dairy": "fresh", "bread": None, "household": None}


def members_of(holder: str, members: Sequence[str]) -> list[str]:
    return list(members[HOLDERS.index(holder) :: len(HOLDERS)])


def programme(workload: Workload) -> Promotions:
    text = resources.files("huixiang.rulebook").joinpath("shipped", "promotions.main.json").read_bytes()
    shipped = msgspec.json.decode(text, type=Promotions)
    own = promotions_of(workload["promosets"]["100"])
    rules = (*shipped.rules, *own.rules, *_of_departments(), *_of_classes())
    return msgspec.structs.replace(shipped, rules=rules)


async def fill(db: Database, member_ids: list[str]) -> None:
    """The catalogue, the promotions and every member's coupons."""
    workload = draw()
    async with db.transaction() as tx:
        await fill_catalogue(tx, workload)
        await rulebook.publish(tx, "promotions", "main", programme(workload), tx.now, "bench", "bench")
        for holder in HOLDERS:
            await _give(tx, members_of(holder, member_ids), holder)


async def fill_catalogue(tx: Transaction, workload: Workload) -> None:
    """The workload's goods, each in a department of a grocer."""
    await catalogue.upsert_categories(tx, list(_categories()))
    skus = [
        SkuRow(
            version=1,
            sku=sku["id"],
            name=Text(zh=sku["id"], en=sku["id"]),
            category=sku["cat"],
            unit="piece",
            list_price_fen=sku["price"],
        )
        for sku in workload["skus"]
    ]
    await catalogue.upsert_skus(tx, skus)


def _categories() -> Iterator[CategoryRow]:
    """The workload's, each in a department."""
    parents = list(PARENTS)
    yield CategoryRow(version=1, category="fresh", name=Text(zh="fresh", en="fresh"))
    for name, parent in PARENTS.items():
        yield CategoryRow(version=1, category=name, name=Text(zh=name, en=name), parent=parent)
    for place, name in enumerate(CATEGORIES):
        yield CategoryRow(version=1, category=name, name=Text(zh=name, en=name), parent=parents[place % len(parents)])


def _of_departments() -> list[CouponRule]:
    return [
        _coupon("fruit_4", Scope(categories=("fruit",)), Off(steps=(OffStep(2_500, 400),)), "coupon"),
        _coupon("dairy_3", Scope(categories=("dairy",)), Off(steps=(OffStep(2_000, 300),)), "coupon"),
        _coupon("anything_3", Scope(), Off(steps=(OffStep(3_000, 300),)), "coupon"),
    ]


def _of_classes() -> list[CouponRule]:
    """Half of them for eight of the twenty categories; an order of ten lines reaches some."""
    rules = []
    for number in range(COUPONS):
        at = 2_000 + 500 * number
        effect = Off(steps=(OffStep(at, at // 10),)) if number % 3 else RateOff(steps=(RateStep(at, 9_000),))
        some = Scope(categories=tuple(CATEGORIES[(3 * number + place) % len(CATEGORIES)] for place in range(8)))
        scope = some if number % 4 in (1, 3) else Scope()
        rules.append(_coupon(f"held-{number}", scope, effect, CLASSES[number % 4]))
    return rules


def _coupon(code: str, scope: Scope, effect: Off | RateOff, stacking: str) -> CouponRule:
    return CouponRule(code=code, name=Text(zh=code, en=code), scope=scope, effect=effect, stacking=stacking)


async def _give(tx: Transaction, members: Sequence[str], holder: str) -> None:
    held = [code for code, copies in SHOP.items() for _ in range(copies)]
    if holder == "classes":
        held = [rule.code for rule in _of_classes()]
    if holder == "none":
        return
    assert len(held) == COUPONS
    await give_copies(tx, members, held)


async def give_copies(tx: Transaction, members: Sequence[str], held: Sequence[str]) -> None:
    """A copy of each for every member. They expire one after the other within a month; the first never does."""
    expiries = [None, *(tx.now + timedelta(days=place * 30 // len(held) + 1) for place in range(1, len(held)))]
    await tx.copy_in(
        "coupons.coupon",
        columns=["member_id", "coupon_id", "rule", "state", "issued_at", "expires_at", "recorded_at"],
        records=[
            (member_id, new_id(), rule, "issued", tx.now, expires_at, tx.now)
            for member_id in map(UUID, members)
            for rule, expires_at in zip(held, expiries, strict=True)
        ],
    )
