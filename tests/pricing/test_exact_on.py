"""The second half of the instances of test_exact.py."""

from __future__ import annotations

import pytest

from tests.pricing.judges.judging import CHUNKS, JUDGED, judge

pytestmark = pytest.mark.requirement("PRC-07")


@pytest.mark.parametrize("chunk", range(CHUNKS // 2, CHUNKS))
def test_a_proven_answer_is_the_cheapest_of_all(chunk: int) -> None:
    assert judge(chunk) >= JUDGED
