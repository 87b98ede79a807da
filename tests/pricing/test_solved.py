"""The engine against a solver, on larger baskets than can be tried. The same goes on in test_solved_on.py, so that two
workers share the time it takes."""

from __future__ import annotations

import pytest

from tests.pricing.judges.judging import SOLVED, SOLVED_CHUNKS, judge_larger

pytestmark = pytest.mark.requirement("PRC-07")


@pytest.mark.parametrize("chunk", range(SOLVED_CHUNKS // 2))
def test_a_proven_answer_of_a_larger_basket_is_what_a_solver_finds(chunk: int) -> None:
    found = judge_larger(chunk)
    assert found.solved >= SOLVED
    assert found.proven >= found.solved * 7 // 10
