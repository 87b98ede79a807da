"""The second half of the instances of test_exact.py."""

from __future__ import annotations

import pytest

from tests.pricing.judges.judging import CHUNKS, JUDGED, faults, judge, priced, tried_seed

pytestmark = pytest.mark.requirement("PRC-07")


@pytest.mark.parametrize("chunk", range(CHUNKS // 2, CHUNKS))
def test_a_proven_answer_is_the_cheapest_of_all(chunk: int) -> None:
    assert judge(chunk) >= JUDGED


# Far beyond the chunks: a basket that pays more for its goods to reach free delivery, of which a bound once lost sight;
# bundles of goods that a price on top is for, which is not available.
@pytest.mark.parametrize("seed", [60_114, 100_016, 105_131])
def test_what_was_once_missed_is_found(seed: int) -> None:
    drawn, found = tried_seed(seed)
    assert found is not None
    answer = priced(drawn)
    assert answer.proven
    assert faults(drawn, answer, found) == []
