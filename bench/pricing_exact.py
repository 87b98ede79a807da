"""Whether the engine is exact: 5,000 random baskets of up to 12 lines and 12 rules, each solved by OR-Tools CP-SAT too.

    python -m bench pricing_exact [--instances 5000] [--first 0] [--effort 0.5]

The solver's model has the sharing of discounts in it (tests/pricing/judges/solver.py). Exits 1 where a proven answer is
not what the solver found, or one that is not proven lies outside its bounds. A basket that the solver does not finish
with so much effort, which no clock measures, is counted and judged by nobody.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from time import process_time

from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from tests.pricing.judges.instances import REGISTRY, larger_instance
from tests.pricing.judges.solver import solve


@dataclass(frozen=True, slots=True)
class Judged:
    """solved: the solver's payable, None where it did not finish. Times are of the processor."""

    seed: int
    solved: int | None
    payable_fen: int
    bound_fen: int
    proven: bool
    engine_seconds: float
    solver_seconds: float

    @property
    def wrong(self) -> bool:
        if self.solved is None:
            return False
        return not self.bound_fen <= self.solved <= self.payable_fen or (
            self.proven and self.solved != self.payable_fen
        )


def judge(seed: int, effort: float) -> Judged:
    drawn = larger_instance(seed)
    rule_set = compile_promotions(drawn.promotions, 1, REGISTRY)
    start = process_time()
    answer = price(rule_set, drawn.basket, drawn.situation)
    between = process_time()
    solved = solve(drawn, effort)
    return Judged(
        seed, solved, answer.payable_fen, answer.bound_fen, answer.proven, between - start, process_time() - between
    )


def report(judged: Iterable[Judged]) -> list[Judged]:
    """Prints the table; those that are wrong."""
    everything = list(judged)
    solved = [one for one in everything if one.solved is not None]
    wrong = [one for one in solved if one.wrong]
    engine = sorted(one.engine_seconds for one in everything)
    rows = [
        ("baskets", f"{len(everything):,}"),
        ("solved by CP-SAT", f"{len(solved):,}"),
        ("of these proven by the engine", f"{sum(one.proven for one in solved):,}"),
        ("differences", f"{len(wrong):,}"),
        ("proven, of all", f"{100 * sum(one.proven for one in everything) / len(everything):.2f} %"),
        (
            "engine, median and p99",
            f"{1e3 * engine[len(engine) // 2]:.2f} and {1e3 * engine[len(engine) * 99 // 100]:.1f} ms",
        ),
        ("CP-SAT, mean", f"{1e3 * sum(one.solver_seconds for one in everything) / len(everything):.0f} ms"),
    ]
    for name, value in rows:
        print(f"{name:<32}{value:>20}")
    for one in wrong:
        print(f"{one} differs")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", type=int, default=5_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--effort", type=float, default=0.5)
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.instances)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return 1 if report(pool.map(judge, seeds, repeat(options.effort), chunksize=20)) else 0


if __name__ == "__main__":
    raise SystemExit(main())
