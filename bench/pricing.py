"""Quotes a second of the engine beside a bare pipeline, in every cell of basket sizes and promotion sets.

`python -m bench pricing`: both on one core, in alternation, by processor time; the engine with its explanation. Each
basket has a moment, a buyer and a situation of its own. All baskets come again in every turn, so the rule set knows
their goods and what these cost; where it has yet to reckon their prices, a quote under 1,000 rules takes a quarter to
a third more. Then what the search took, and how much cheaper its answers are: never dearer where they are proven, which
is asserted.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.pricing_mapping import Asked, asked_of, promotions_of
from bench.pricing_pipeline import compile_pipeline, run_pipeline
from bench.pricing_timing import Alternated, alternate, percentile, stay_on_one_core
from bench.pricing_workload import LINES, MIX, SEED, Promotion, Workload, draw, read
from huixiang.entry.attributes import REGISTRY
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price

NODES_MAX = 20_000


class Found(msgspec.Struct, frozen=True):
    """Of all baskets of a cell. cheaper: the share that costs less than in the pipeline; by: how much less those cost,
    on average, as a share; without_bundle: the share that costs less and has no bundle; the pipeline knows none."""

    proven: float
    nodes: list[int]
    cheaper: float
    by: float
    without_bundle: float


class Cell(msgspec.Struct, frozen=True):
    lines: int
    rules: int
    quotes_s: float
    pipeline_s: float
    ratio: float
    found: Found

    @property
    def bar(self) -> float:
        return 0.06 if self.lines == 1 else 0.10


def measure(workload: Workload, lines: int, rules: int, turns: int, seconds: float) -> Cell:
    """One cell."""
    promotions, baskets = workload["promosets"][str(rules)], workload["baskets"][str(lines)]
    rule_set = compile_promotions(promotions_of(promotions), 1, REGISTRY)
    pipeline = compile_pipeline(promotions)
    asked = [asked_of(basket, promotions, second) for second, basket in enumerate(baskets)]

    def engine() -> list[Priced]:
        return [price(rule_set, one.basket, one.situation, nodes_max=NODES_MAX) for one in asked]

    def yardstick() -> list[tuple[int, list[int]]]:
        return [run_pipeline(pipeline, basket) for basket in baskets]

    found = _found(promotions, asked, engine(), yardstick())
    taken: Alternated = alternate(yardstick, engine, turns, seconds)
    count = len(baskets)
    return Cell(lines, rules, count / taken.second_s, count / taken.first_s, taken.ratio, found)


def _found(
    promotions: list[Promotion], asked: list[Asked], answers: list[Priced], pipeline: list[tuple[int, list[int]]]
) -> Found:
    bundles = {one["id"] for one in promotions if one["kind"] == "bundle"}
    savings, without_bundle = [], 0
    for one, priced, (payable, _) in zip(asked, answers, pipeline, strict=True):
        assert not priced.proven or priced.payable_fen <= payable, f"{one.basket}: {priced.payable_fen} > {payable}"
        if priced.payable_fen < payable:
            savings.append(1 - priced.payable_fen / payable)
            without_bundle += bundles.isdisjoint(applied.rule for applied in priced.applied)
    return Found(
        proven=sum(priced.proven for priced in answers) / len(answers),
        nodes=[priced.nodes for priced in answers],
        cheaper=len(savings) / len(answers),
        by=statistics.mean(savings) if savings else 0.0,
        without_bundle=without_bundle / len(answers),
    )


def speed_table(cells: list[Cell]) -> Iterator[str]:
    yield "| lines | rules | quotes/s | pipeline/s | ratio | bar | stretch |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for cell in cells:
        shown = f"{cell.ratio:.3f}" if cell.ratio >= cell.bar else f"**{cell.ratio:.3f}**"
        yield (
            f"| {cell.lines} | {cell.rules:,} | {cell.quotes_s:,.0f} | {cell.pipeline_s:,.0f} | {shown} "
            f"| {cell.bar:.2f} | {2 * cell.bar:.2f} |"
        )


def search_table(cells: list[Cell]) -> Iterator[str]:
    yield "| lines | rules | proven | nodes p50 | p99 | max | cheaper than the pipeline | by | without a bundle |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for cell in cells:
        found = cell.found
        p50, p99 = percentile(found.nodes, 0.5), percentile(found.nodes, 0.99)
        yield (
            f"| {cell.lines} | {cell.rules:,} | {found.proven:.1%} | {p50:,.0f} | {p99:,.0f} | {max(found.nodes):,} "
            f"| {found.cheaper:.1%} | {found.by:.1%} | {found.without_bundle:.1%} |"
        )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workload", type=Path, help="a workload written as JSON, instead of a drawn one")
    parser.add_argument("--turns", type=int, default=5, help="alternations")
    parser.add_argument("--seconds", type=float, default=0.4, help="processor time of each side in one turn")
    parser.add_argument("--lines", type=int, nargs="*", default=LINES)
    parser.add_argument("--rules", type=int, nargs="*", default=list(MIX))
    return parser.parse_args()


def main() -> None:
    """Run and print."""
    given = arguments()
    stay_on_one_core()
    workload = read(given.workload) if given.workload else draw(given.seed)
    cells = [
        measure(workload, lines, rules, given.turns, given.seconds) for rules in given.rules for lines in given.lines
    ]
    print(f"median of {given.turns} alternations of {given.seconds:g} s each, processor time\n")
    for line in (*speed_table(cells), "", *search_table(cells)):
        print(line)
    every = [cell.found.proven for cell in cells]
    print(f"\nproven at {NODES_MAX:,} nodes: {statistics.mean(every):.2%} of all baskets")


if __name__ == "__main__":
    main()
