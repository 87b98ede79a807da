"""Households, their orders and the lines of those, as columns laid out one after the other.

Lines stand in the order (household, time, basket, row of the source). A household's orders are neighbours and so are an
order's lines, so a group of households is one slice of every column.
"""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from huixiang.intake.adapters.tables import Integers, numbers, to_fen
from huixiang.intake.adapters.wall_clock import to_wall_clock

SOURCE_ZONE = "America/New_York"
PIECES_MAX = 100  # above it, `quantity` is not a count: fuel by the thousandth of a gallon, and the like
EPOCH = date(1970, 1, 1)
NANOSECONDS = 1_000_000_000
DAY_S = 24 * 60 * 60


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """One value for each line. `pieces` is 0 where the line is an amount."""

    line_no: Integers
    product: Integers
    pieces: Integers
    payable_fen: Integers
    coupon_fen: Integers


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """One value for each order; `first_line` has one more, the count of all lines."""

    basket: Integers
    store: Integers
    wall_clock: Integers
    payable_fen: Integers
    cash_fen: Integers
    first_line: Integers


class Baskets(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that becomes an order. `household` has one value for each, `first_order` one more: the count of all
    orders. Baskets whose lines sum to nothing are counted and left out."""

    household: Integers
    first_order: Integers
    orders: Orders
    lines: Lines
    last_day: date
    baskets: int
    empty_baskets: int
    empty_lines: int
    inexact: int


class _Rows(msgspec.Struct, frozen=True, kw_only=True):
    """The source's rows in the order (household, time, basket, row)."""

    household: Integers
    store: Integers
    basket: Integers
    product: Integers
    quantity: Integers
    sales_fen: Integers
    coupon_fen: Integers
    wall_clock: Integers
    last_day: date
    inexact: int


def read_baskets(households: int | None = None) -> Baskets:
    """The year's baskets of all households, or of the `households` with the lowest ids."""
    rows = _read(households)
    first_line = _firsts(rows.basket)
    lines_of = np.diff(np.append(first_line, len(rows.basket)))
    payable = np.add.reduceat(rows.sales_fen, first_line)
    kept = payable > 0
    taken = np.repeat(kept, lines_of)
    line_no = np.arange(len(rows.basket)) - np.repeat(first_line, lines_of) + 1
    starts = np.append(0, np.cumsum(lines_of[kept]))
    lines = Lines(
        line_no=line_no[taken],
        product=rows.product[taken],
        pieces=np.where(rows.quantity > PIECES_MAX, 0, rows.quantity)[taken],
        payable_fen=rows.sales_fen[taken],
        coupon_fen=rows.coupon_fen[taken],
    )
    heads = first_line[kept]
    orders = Orders(
        basket=rows.basket[heads],
        store=rows.store[heads],
        wall_clock=rows.wall_clock[heads],
        payable_fen=payable[kept],
        cash_fen=np.maximum(payable[kept] - np.add.reduceat(lines.coupon_fen, starts[:-1]), 0),
        first_line=starts,
    )
    household = rows.household[heads]
    first_order = _firsts(household)
    return Baskets(
        household=household[first_order],
        first_order=np.append(first_order, len(household)),
        orders=orders,
        lines=lines,
        last_day=rows.last_day,
        baskets=len(kept),
        empty_baskets=int(np.count_nonzero(~kept)),
        empty_lines=int(np.count_nonzero(~taken)),
        inexact=rows.inexact,
    )


def _read(households: int | None) -> _Rows:
    raw = numbers(
        "transactions",
        *("household_id", "store_id", "basket_id", "product_id", "quantity"),
        *("sales_value", "coupon_disc", "transaction_timestamp"),
    )
    seconds = raw.pop("transaction_timestamp") // NANOSECONDS
    order = np.lexsort((raw["basket_id"], seconds, raw["household_id"]))  # stable: rows of a basket keep their order
    if households is not None:
        chosen = np.unique(raw["household_id"])[:households]
        order = order[np.isin(raw["household_id"][order], chosen)]
    sales, inexact_sales = to_fen(raw["sales_value"][order])
    coupons, inexact_coupons = to_fen(raw["coupon_disc"][order])
    zone = ZoneInfo(SOURCE_ZONE)
    return _Rows(
        household=raw["household_id"][order],
        store=raw["store_id"][order],
        basket=raw["basket_id"][order],
        product=raw["product_id"][order],
        quantity=raw["quantity"][order],
        sales_fen=sales,
        coupon_fen=coupons,
        wall_clock=to_wall_clock(seconds[order], zone),
        # The last day is the whole year's, so that a sample is moved like the whole.
        last_day=day_of(int(to_wall_clock(seconds.max(keepdims=True), zone)[0])),
        inexact=inexact_sales + inexact_coupons,
    )


def day_of(wall_clock: int) -> date:
    return EPOCH + timedelta(days=wall_clock // DAY_S)


def _firsts(column: Integers) -> Integers:
    """Where each run of equal values starts."""
    return np.append(0, np.flatnonzero(np.diff(column)) + 1)
