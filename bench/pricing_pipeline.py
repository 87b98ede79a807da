"""The yardstick of the pricing benchmarks: a bare fixed pipeline over the workload.

The least work that still prices a basket: the best price of each line by itself, then each order step that is reached,
then the coupon, the delivery fee, and the lines' shares. No search, no explanation, no objects. It knows no bundles,
and sells what its buy-three-get-one leaves over at list price.
"""

from __future__ import annotations

from typing import NamedTuple

from bench.pricing_workload import DrawnBasket, Promotion


class Pipeline(NamedTuple):
    """What each step looks up: basis points off and fen off. member_day: its weekday and basis points."""

    category_off: dict[str, int]
    sku_off: dict[str, int]
    group_of: dict[str, int]
    member_off: dict[str, int]
    member_day: tuple[int, int] | None
    steps: list[list[list[int]]]
    coupons: list[int]
    free_from: int | None


def compile_pipeline(promotions: list[Promotion]) -> Pipeline:
    """The look-ups of a promotion set; where two are of the same goods, the better one."""
    category_off: dict[str, int] = {}
    sku_off: dict[str, int] = {}
    for one in promotions:
        if one["kind"] == "cat_pct":
            category_off[one["cat"]] = max(category_off.get(one["cat"], 0), int(one["pct"] * 100))
        elif one["kind"] == "sku_fixed":
            sku_off[one["sku"]] = max(sku_off.get(one["sku"], 0), one["off"])

    def of(kind: str) -> list[Promotion]:
        return [one for one in promotions if one["kind"] == kind]

    days = [(one["weekday"], one["pct"] * 100) for one in of("memberday")]
    free = [one["over"] for one in of("freeship")]
    return Pipeline(
        category_off,
        sku_off,
        group_of={one["sku"]: one["buy"] + one["get"] for one in of("b3g1")},
        member_off={one["group"]: one["pct"] * 100 for one in of("group")},
        member_day=days[0] if days else None,
        steps=[one["tiers"] for one in of("tiers")],
        coupons=[one["pct"] * 100 for one in of("coupon")],
        free_from=free[0] if free else None,
    )


def run_pipeline(rules: Pipeline, basket: DrawnBasket) -> tuple[int, list[int]]:
    """What the basket costs with delivery, and what each line pays of it; fen."""
    category_off, sku_off, group_of, member_off, member_day, every, coupons, free_from = rules
    group = basket["group"]
    rate = member_off.get(group, 0) if group else 0
    if member_day and group and basket["weekday"] == member_day[0] and member_day[1] > rate:
        rate = member_day[1]
    amounts = []
    for line in basket["lines"]:
        sku, quantity = line["sku"], line["qty"]
        whole = line["price"] * quantity
        off = category_off.get(line["cat"], 0)
        off = max(off, rate)
        best = (whole * (10_000 - off) + 5_000) // 10_000
        fixed = whole - sku_off.get(sku, 0) * quantity
        if fixed < best:  # noqa: PLR1730 - no call for each line
            best = fixed
        size = group_of.get(sku)
        if size and quantity >= size:
            grouped = whole - quantity // size * line["price"]
            best = min(best, grouped)
        amounts.append(best)
    total = goods = sum(amounts)
    for steps in every:
        reached = 0
        for threshold, value in steps:
            if total >= threshold:
                reached = value
        goods -= reached
    goods = max(goods, 0)
    number = basket["coupon_ix"]
    if number is not None and number < len(coupons):
        goods = (goods * (10_000 - coupons[number]) + 5_000) // 10_000
    delivery = 0 if free_from is not None and goods >= free_from else basket["shipping"]
    return goods + delivery, _shares(amounts, total, total - goods)


def _shares(amounts: list[int], total: int, off: int) -> list[int]:
    shares, given, remainders = [], 0, []
    for place, amount in enumerate(amounts):
        share, left = divmod(amount * off, total) if total else (0, 0)
        given += share
        shares.append(amount - share)
        remainders.append((-left, place))
    if given != off:
        for _, place in sorted(remainders)[: off - given]:
            shares[place] -= 1
    return shares
