from __future__ import annotations

import numpy as np
import pytest

from huixiang.intake.adapters.baskets import Baskets, day_of
from huixiang.intake.adapters.tables import to_fen
from tests.intake.ground import tables
from tests.intake.recount import NEW_YORK, Year, recount

SAMPLE = 40
pytestmark = pytest.mark.demo_data


def test_doubles_become_the_fen_they_stand_for_and_the_others_are_counted() -> None:
    amounts, inexact = to_fen(np.array([1.23, 0.29, 1.776357e-15, 840.0, 1.005, 0.125]))
    assert amounts.tolist() == [123, 29, 0, 84000, 100, 12]
    assert inexact == 2


@pytest.fixture(scope="module")
def year() -> Year:
    return recount(SAMPLE)


@pytest.fixture(scope="module")
def baskets() -> Baskets:
    return tables(SAMPLE)[0]


@pytest.mark.requirement("MEM-12")
def test_a_household_s_columns_come_to_what_a_recount_of_the_raw_rows_gives(baskets: Baskets, year: Year) -> None:
    assert baskets.household.tolist() == list(year.households)
    assert (baskets.baskets, baskets.empty_baskets, baskets.inexact) == (year.baskets, year.empty, 0)
    orders, lines = baskets.orders, baskets.lines
    for place, recounted in enumerate(year.households.values()):
        mine = slice(*baskets.first_order[place : place + 2])
        their_lines = slice(orders.first_line[mine.start], orders.first_line[mine.stop])
        coupons = lines.coupon_fen[their_lines]
        assert orders.payable_fen[mine].sum() == lines.payable_fen[their_lines].sum() == recounted.payable
        assert orders.cash_fen[mine].sum() == recounted.growth
        assert (orders.cash_fen[mine] // 100).sum() == recounted.points
        assert (int(np.count_nonzero(coupons)), coupons.sum()) == (recounted.tenders, recounted.tender_fen)
        assert [day_of(second) for second in orders.wall_clock[mine].tolist()] == [
            local.date() for local in recounted.locals
        ]


def test_a_sample_is_dated_like_the_whole_year(baskets: Baskets, year: Year) -> None:
    assert baskets.last_day == year.last_local.date()
    assert year.last_local.replace(tzinfo=NEW_YORK).isoweekday() == 7


def test_pieces_above_a_hundred_and_of_none_are_amounts(baskets: Baskets) -> None:
    assert baskets.lines.pieces.min() == 0
    assert 0 < baskets.lines.pieces.max() <= 100


def test_lines_of_an_order_are_numbered_from_one(baskets: Baskets) -> None:
    starts = baskets.orders.first_line
    for first, after in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        assert baskets.lines.line_no[first:after].tolist() == list(range(1, after - first + 1))
