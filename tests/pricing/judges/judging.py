"""The engine before its judges: instances by seed, each drawn and tried once, and what every answer has to be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from huixiang.pricing.model.priced import Priced
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from tests.pricing.judges.brute_force import Cheapest, TooMany, cheapest
from tests.pricing.judges.comparing import differences, inconsistencies, not_reckoned_so
from tests.pricing.judges.instances import REGISTRY, Instance, instance, larger_instance
from tests.pricing.judges.shrinking import program, shrunk
from tests.pricing.judges.solver import solve

TRIES = 2_000
NODES = 2_000  # fewer than a quote may look at: what is proven is judged, and the rest costs no time
LARGER_NODES = 3_000
EFFORT = 0.05  # of the solver: more of it solves few more
REPLAYED = 5  # one of so many answers is reckoned again by its own portions

# How many there are. Each chunk is a test, and no chunk may judge fewer than its share.
CHUNK, CHUNKS, JUDGED = 105, 50, 101
SOLVED_CHUNK, SOLVED_CHUNKS, SOLVED = 42, 10, 33
assert JUDGED * CHUNKS >= 5_000
assert SOLVED * SOLVED_CHUNKS >= 300


@dataclass(frozen=True, slots=True)
class Solved:
    """How many of a chunk the solver solved, and how many of these the engine called proven."""

    solved: int
    proven: int


def priced(drawn: Instance, nodes_max: int = NODES) -> Priced:
    rule_set = compile_promotions(drawn.promotions, 1, REGISTRY)
    return price(rule_set, drawn.basket, drawn.situation, nodes_max=nodes_max)


def tried(drawn: Instance) -> Cheapest | None:
    """None where there are too many combinations to try: such an instance is drawn again, that is, left out."""
    try:
        return cheapest(drawn.promotions, drawn.basket, drawn.situation, TRIES)
    except TooMany:
        return None


@cache
def tried_seed(seed: int) -> tuple[Instance, Cheapest | None]:
    drawn = instance(seed)
    return drawn, tried(drawn)


def faults(drawn: Instance, answer: Priced, found: Cheapest) -> list[str]:
    return [*differences(drawn, answer, found), *inconsistencies(drawn, answer)]


def wrong(drawn: Instance) -> bool:
    found = tried(drawn)
    return found is not None and bool(faults(drawn, priced(drawn), found))


def judge(chunk: int) -> int:
    """Tries every combination of each instance of a chunk; how many proven answers were judged."""
    judged = 0
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        drawn, found = tried_seed(seed)
        if found is None:
            continue
        answer = priced(drawn)
        assert faults(drawn, answer, found) == [], f"seed {seed}\n{program(shrunk(drawn, wrong))}"
        if seed % REPLAYED == 0:
            assert not_reckoned_so(drawn, answer) == [], f"seed {seed}\n{program(drawn)}"
        judged += answer.proven
    return judged


def judge_larger(chunk: int) -> Solved:
    """Solves each of the larger instances of a chunk."""
    solved = proven = 0
    for seed in range(chunk * SOLVED_CHUNK, (chunk + 1) * SOLVED_CHUNK):
        drawn = larger_instance(seed)
        least = solve(drawn, EFFORT)
        if least is None:
            continue
        answer = priced(drawn, LARGER_NODES)
        solved += 1
        proven += answer.proven
        assert inconsistencies(drawn, answer) == [], f"seed {seed}"
        assert answer.bound_fen <= least <= answer.payable_fen, f"seed {seed}"
        assert least == answer.payable_fen or not answer.proven, f"seed {seed}\n{program(drawn)}"
    return Solved(solved, proven)
