"""The judges are judged themselves: by the cases whose numbers were worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.pricing.cases import CASES, Case
from tests.pricing.judges.brute_force import cheapest


@pytest.mark.parametrize("build", CASES)
def test_brute_force_gives_the_numbers_of_the_cases(build: Callable[[], Case]) -> None:
    case = build()
    found = cheapest(case.promotions, case.basket, case.situation)
    assert (found.payable_fen, found.lines, found.used) == (case.payable_fen, case.lines, case.coupons)
