"""Baskets that need a search: 30 lines under 200 rules that overlap, exclude each other and have steps within reach.

`python -m bench pricing_hard`: what is drawn stands in `pricing_hard_draw`. Processor time of each quote on one core,
its explanation included; the first quote of a basket fills what a rule set remembers of goods, and is told apart.
"""

from __future__ import annotations

import argparse
import time

import msgspec

from bench.pricing_hard_draw import draw_hard
from bench.pricing_timing import percentile, stay_on_one_core
from huixiang.entry.attributes import REGISTRY
from huixiang.pricing.model.basket import Basket, Situation
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.rules.compile import RuleSet, compile_promotions
from huixiang.pricing.rules.engine import price

NODES_MAX = 20_000
P99_MS = 20.0
PROVEN = 0.99


class Quoted(msgspec.Struct, frozen=True):
    first_ms: float
    ms: float
    priced: Priced


def quote(rule_set: RuleSet, basket: Basket, situation: Situation) -> tuple[float, Priced]:
    began = time.process_time_ns()
    priced = price(rule_set, basket, situation, nodes_max=NODES_MAX)
    return (time.process_time_ns() - began) / 1e6, priced


def measure(seed: int, baskets: int) -> list[Quoted]:
    """All baskets of one programme, twice over."""
    hard = draw_hard(seed, baskets)
    rule_set = compile_promotions(hard.promotions, 1, REGISTRY)
    first = [quote(rule_set, *asked)[0] for asked in hard.asked]
    again = [quote(rule_set, *asked) for asked in hard.asked]
    return [Quoted(one, ms, priced) for one, (ms, priced) in zip(first, again, strict=True)]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=1, help="of the first programme")
    parser.add_argument("--programmes", type=int, default=10)
    parser.add_argument("--baskets", type=int, default=100, help="of each programme")
    given = parser.parse_args()
    stay_on_one_core()
    print("| seed | p50 ms | p99 ms | max ms | first p99 ms | proven | nodes p50 | p99 | max |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    every: list[Quoted] = []
    for seed in range(given.seed, given.seed + given.programmes):
        some = measure(seed, given.baskets)
        every += some
        print(row(str(seed), some), flush=True)
    print(row("all", every))
    print(f"\nbars: p99 under {P99_MS:g} ms, at least {PROVEN:.0%} proven at {NODES_MAX:,} nodes")


def row(name: str, some: list[Quoted]) -> str:
    taken, first = [one.ms for one in some], [one.first_ms for one in some]
    nodes = [one.priced.nodes for one in some]
    proven = sum(one.priced.proven for one in some) / len(some)
    return (
        f"| {name} | {percentile(taken, 0.5):.2f} | {percentile(taken, 0.99):.2f} | {max(taken):.2f} "
        f"| {percentile(first, 0.99):.2f} | {proven:.1%} "
        f"| {percentile(nodes, 0.5):,.0f} | {percentile(nodes, 0.99):,.0f} | {max(nodes):,} |"
    )


if __name__ == "__main__":
    main()
