"""The engine against all that can be tried: every answer that it calls proven is the cheapest, to the fen and to the
tie. The same goes on in test_exact_on.py, so that two workers share the time it takes."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.pricing.judges.features import KINDS, features
from tests.pricing.judges.judging import CHUNKS, JUDGED, faults, judge, priced, tried_seed

pytestmark = pytest.mark.requirement("PRC-07")

ENOUGH = 3  # cheapest answers in which each kind was applied


@pytest.mark.parametrize("chunk", range(CHUNKS // 2))
def test_a_proven_answer_is_the_cheapest_of_all(chunk: int) -> None:
    assert judge(chunk) >= JUDGED


@pytest.mark.parametrize("nodes_max", [1, 3, 10, 40])
def test_an_answer_that_is_not_proven_says_how_far_off_it_may_be(nodes_max: int) -> None:
    cut_short = 0
    for seed in range(60):
        drawn, found = tried_seed(seed)
        if found is None:
            continue
        answer = priced(drawn, nodes_max)
        assert faults(drawn, answer, found) == [], f"seed {seed}"
        assert answer.bound_fen <= found.payable_fen <= answer.payable_fen
        cut_short += not answer.proven
    assert cut_short > 0


def test_every_kind_of_promotion_was_in_cheapest_answers() -> None:
    counted: Counter[str] = Counter()
    left_out = 0
    for seed in range(1_000):
        drawn, found = tried_seed(seed)
        if found is None:
            left_out += 1
            continue
        counted.update(features(drawn, found))
    assert left_out <= 10
    assert {name: counted[name] for name in KINDS if counted[name] < ENOUGH} == {}
