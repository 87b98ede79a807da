"""The engine against its judges: every answer that it calls proven is the cheapest, to the fen and to the tie."""

from __future__ import annotations

from collections import Counter

import pytest

from huixiang.pricing.model.priced import Priced
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from tests.pricing.judges.brute_force import Cheapest, TooMany, cheapest
from tests.pricing.judges.comparing import differences, inconsistencies, not_reckoned_so
from tests.pricing.judges.features import KINDS, features
from tests.pricing.judges.instances import REGISTRY, Instance, instance, larger_instance
from tests.pricing.judges.shrinking import program, shrunk
from tests.pricing.judges.solver import solve

pytestmark = pytest.mark.requirement("PRC-07")

CHUNK, CHUNKS = 210, 25
TRIES = 2_000
NODES = 6_000  # fewer than a quote may look at: what is proven is judged, and the rest costs no time
REPLAYED = 5  # one of so many answers is reckoned again by its own portions
SOLVED, SOLVED_CHUNKS = 26, 12
ENOUGH = 3  # cheapest answers in which each kind was applied


def priced(drawn: Instance, nodes_max: int = NODES) -> Priced:
    rule_set = compile_promotions(drawn.promotions, 1, REGISTRY)
    return price(rule_set, drawn.basket, drawn.situation, nodes_max=nodes_max)


def tried(drawn: Instance) -> Cheapest | None:
    """None where there are too many combinations to try: such an instance is drawn again, that is, left out."""
    try:
        return cheapest(drawn.promotions, drawn.basket, drawn.situation, TRIES)
    except TooMany:
        return None


def faults(drawn: Instance, answer: Priced, found: Cheapest) -> list[str]:
    return [*differences(drawn, answer, found), *inconsistencies(drawn, answer)]


def wrong(drawn: Instance) -> bool:
    found = tried(drawn)
    return found is not None and bool(faults(drawn, priced(drawn), found))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_proven_answer_is_the_cheapest_of_all(chunk: int) -> None:
    judged = 0
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        drawn = instance(seed)
        found = tried(drawn)
        if found is None:
            continue
        answer = priced(drawn)
        assert faults(drawn, answer, found) == [], f"seed {seed}\n{program(shrunk(drawn, wrong))}"
        if seed % REPLAYED == 0:
            assert not_reckoned_so(drawn, answer) == [], f"seed {seed}\n{program(drawn)}"
        judged += answer.proven
    assert judged >= CHUNK * 96 // 100
    assert CHUNK * 96 // 100 * CHUNKS >= 5_000


@pytest.mark.parametrize("nodes_max", [1, 3, 10, 40])
def test_an_answer_that_is_not_proven_says_how_far_off_it_may_be(nodes_max: int) -> None:
    cut_short = 0
    for seed in range(60):
        drawn = instance(seed)
        found = tried(drawn)
        if found is None:
            continue
        answer = priced(drawn, nodes_max)
        assert faults(drawn, answer, found) == [], f"seed {seed}"
        assert answer.bound_fen <= found.payable_fen <= answer.payable_fen
        cut_short += not answer.proven
    assert cut_short > 0


@pytest.mark.parametrize("chunk", range(SOLVED_CHUNKS))
def test_a_proven_answer_of_a_larger_basket_is_what_a_solver_finds(chunk: int) -> None:
    solved = proven = 0
    for seed in range(chunk * 30, chunk * 30 + 30):
        drawn = larger_instance(seed)
        answer = priced(drawn, 20_000)
        least = solve(drawn)
        if least is None:
            continue
        solved += 1
        proven += answer.proven
        assert inconsistencies(drawn, answer) == [], f"seed {seed}"
        assert answer.bound_fen <= least <= answer.payable_fen, f"seed {seed}"
        assert least == answer.payable_fen or not answer.proven, f"seed {seed}\n{program(drawn)}"
    assert solved >= SOLVED
    assert SOLVED * SOLVED_CHUNKS >= 300
    assert proven >= solved * 7 // 10


def test_every_kind_of_promotion_was_in_cheapest_answers() -> None:
    counted: Counter[str] = Counter()
    left_out = 0
    for seed in range(1_000):
        drawn = instance(seed)
        found = tried(drawn)
        if found is None:
            left_out += 1
            continue
        counted.update(features(drawn, found))
    assert left_out <= 10
    assert {name: counted[name] for name in KINDS if counted[name] < ENOUGH} == {}
