"""The pricing workload: skus, promotion sets and baskets of a grocer, drawn from a seed.

2,000 skus in 20 categories with a median price of about 3.30, sets of 10, 100 and 1,000 promotions, 200 baskets each of
1, 10, 30 and 100 lines. Some skus are popular, in baskets and in promotions alike; 70 % of customers are in a group,
half of the baskets fall on member day, two thirds show one coupon code. Amounts are fen. The draws come in the order of
the workload that other engines were measured on, so a seed gives the same data here as there.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict

import msgspec

SEED = 41
SKUS = 2000
CATEGORIES = [f"C{number:02d}" for number in range(20)]
GROUPS = ("bronze", "silver", "gold")
LINES = (1, 10, 30, 100)
BASKETS = 200

# How many promotions of each kind are in a set, by its size.
MIX = {
    10: {"cat_pct": 1, "sku_fixed": 1, "b3g1": 1, "bundle": 1, "tiers": 1, "group": 1, "coupon": 2},
    100: {"cat_pct": 20, "sku_fixed": 30, "b3g1": 18, "bundle": 12, "tiers": 1, "group": 3, "coupon": 14},
    1000: {"cat_pct": 100, "sku_fixed": 400, "b3g1": 200, "bundle": 142, "tiers": 3, "group": 3, "coupon": 150},
}

Promotion = dict[str, Any]  # id, kind, and what the kind needs


class Sku(TypedDict):
    id: str
    cat: str
    price: int


class BasketLine(TypedDict):
    sku: str
    cat: str
    price: int
    qty: int


class DrawnBasket(TypedDict):
    """weekday: 0 is Monday. coupon_ix: which of the set's coupons is shown."""

    id: str
    lines: list[BasketLine]
    group: str | None
    weekday: int
    shipping: int
    coupon_ix: int | None


class Workload(TypedDict):
    """Promotion sets and baskets by their size as text, as JSON has it."""

    skus: list[Sku]
    promosets: dict[str, list[Promotion]]
    baskets: dict[str, list[DrawnBasket]]


def read(path: Path) -> Workload:
    """A workload that was written as JSON."""
    return msgspec.json.decode(path.read_bytes(), type=Workload)


def draw(seed: int = SEED) -> Workload:
    """The workload of a seed."""
    chance = random.Random(seed)
    skus = [_sku(chance, number) for number in range(SKUS)]
    popular = _popularity(chance)
    promosets = {str(size): _promotions(chance, size, skus, popular) for size in MIX}
    baskets = {
        str(lines): [_basket(chance, lines, number, skus, popular) for number in range(BASKETS)] for lines in LINES
    }
    return Workload(skus=skus, promosets=promosets, baskets=baskets)


def _sku(chance: random.Random, number: int) -> Sku:
    fen = max(49, min(4999, round(chance.lognormvariate(5.8, 0.75))))
    return Sku(id=f"S{number:04d}", cat=CATEGORIES[number % len(CATEGORIES)], price=fen - fen % 10 + 9)


def _popularity(chance: random.Random) -> list[float]:
    ranked = list(range(SKUS))
    chance.shuffle(ranked)
    weights = [0.0] * SKUS
    for rank, number in enumerate(ranked):
        weights[number] = 1.0 / (rank + 20) ** 0.7
    return weights


def _different(chance: random.Random, count: int, skus: list[Sku], popular: list[float]) -> list[Sku]:
    found: dict[int, Sku] = {}
    while len(found) < count:
        number = chance.choices(range(SKUS), popular)[0]
        found.setdefault(number, skus[number])
    return list(found.values())


def _promotions(chance: random.Random, size: int, skus: list[Sku], popular: list[float]) -> list[Promotion]:
    mix = MIX[size]
    promotions: list[Promotion] = []

    def add(kind: str, **of_kind: object) -> None:
        promotions.append({"id": f"P{size}-{len(promotions):04d}", "kind": kind, **of_kind})

    for number in range(mix["cat_pct"]):
        add("cat_pct", cat=CATEGORIES[number * 7 % len(CATEGORIES)], pct=chance.choice([5, 7.5, 10, 12.5, 15]))
    for sku in _different(chance, mix["sku_fixed"], skus, popular):
        add("sku_fixed", sku=sku["id"], off=max(10, int(sku["price"] * chance.choice([0.1, 0.2, 0.3])) // 5 * 5))
    for sku in _different(chance, mix["b3g1"], skus, popular):
        add("b3g1", sku=sku["id"], buy=3, get=1)
    bundled = _different(chance, mix["bundle"] * 2, skus, popular)
    for first, second in zip(bundled[::2], bundled[1::2], strict=True):
        price = int((first["price"] + second["price"]) * 0.8) // 10 * 10 + 9
        add("bundle", a=first["id"], b=second["id"], price=price)
    _add_order_level(chance, size, add)
    assert len(promotions) == size
    return promotions


def _add_order_level(chance: random.Random, size: int, add: Callable[..., None]) -> None:
    mix = MIX[size]
    for factor in range(1, mix["tiers"] + 1):
        add("tiers", tiers=[[10_000 * factor, 2_000 * factor], [20_000 * factor, 5_000 * factor]])
    for group, pct in zip(GROUPS, (2, 5, 10), strict=True):
        if mix["group"] == len(GROUPS) or group == "silver":
            add("group", group=group, pct=pct)
    add("memberday", weekday=2, pct=12)
    for number in range(mix["coupon"]):
        add("coupon", code=f"CODE{size}-{number:03d}", pct=chance.choice([5, 10, 15]))
    add("freeship", over=5000)


def _basket(chance: random.Random, lines: int, number: int, skus: list[Sku], popular: list[float]) -> DrawnBasket:
    return DrawnBasket(
        id=f"B{lines}-{number:03d}",
        lines=[
            BasketLine(
                sku=sku["id"],
                cat=sku["cat"],
                price=sku["price"],
                qty=chance.choices([1, 2, 3, 4, 6], [65, 18, 7, 6, 4])[0],
            )
            for sku in _different(chance, lines, skus, popular)
        ],
        group=chance.choices([None, *GROUPS], [30, 30, 25, 15])[0],
        weekday=chance.choice([2, 5]),
        shipping=499,
        coupon_ix=chance.choice([None, 0, 1]),
    )
