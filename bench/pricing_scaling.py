"""What rules cost that do not touch a basket: ten times as many, the same baskets.

`python -m bench pricing_scaling`: baskets of the workload under its set of 100 promotions, and under 1,000 rules of
which 900 are for other goods, other buyers and coupons that nobody shows. Processor time on one core, in alternation.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial

from bench.pricing_mapping import Asked, asked_of, promotions_of
from bench.pricing_timing import alternate, stay_on_one_core
from bench.pricing_workload import SEED, Promotion, draw
from huixiang.entry.attributes import REGISTRY
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.rules.compile import RuleSet, compile_promotions
from huixiang.pricing.rules.engine import price

TIMES = 10
BAR = 1.15


def strangers(promotions: list[Promotion], count: int) -> Iterator[Promotion]:
    """So many promotions of the kinds of a set, but none of its baskets: of skus, categories and groups that are in
    none, and coupons that are not shown."""
    own = [one for one in promotions if one["kind"] not in ("tiers", "memberday", "freeship")]
    for number in range(count):
        like = own[number % len(own)]
        other: Promotion = {key: f"X{number}-{like[key]}" for key in ("cat", "sku", "a", "b", "group") if key in like}
        code = {"code": f"X{number}"} if "code" in like else {}
        yield {**like, **other, **code, "id": f"X{number:05d}"}


def rule_sets(promotions: list[Promotion], times: int = TIMES) -> tuple[RuleSet, RuleSet]:
    """The set as it is, and with strangers so that it has so many times the rules."""
    many = [*promotions, *strangers(promotions, (times - 1) * len(promotions))]
    few_set, many_set = (compile_promotions(promotions_of(some), 1, REGISTRY) for some in (promotions, many))
    return few_set, many_set


def quotes(rules: RuleSet, asked: list[Asked]) -> list[Priced]:
    return [price(rules, one.basket, one.situation) for one in asked]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--turns", type=int, default=11, help="alternations")
    parser.add_argument("--seconds", type=float, default=0.4, help="processor time of each side in one turn")
    given = parser.parse_args()
    stay_on_one_core()
    workload = draw(given.seed)
    promotions = workload["promosets"]["100"]
    few, many = rule_sets(promotions)
    print("| lines | 100 rules, quotes/s | 1,000 rules, quotes/s | time, times | bar |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for lines, baskets in workload["baskets"].items():
        asked = [asked_of(basket, promotions, second) for second, basket in enumerate(baskets)]
        with_few, with_many = partial(quotes, few, asked), partial(quotes, many, asked)
        assert [answer.payable_fen for answer in with_few()] == [answer.payable_fen for answer in with_many()]
        taken = alternate(with_many, with_few, given.turns, given.seconds)
        print(
            f"| {lines} | {len(asked) / taken.second_s:,.0f} | {len(asked) / taken.first_s:,.0f} "
            f"| {taken.ratio:.3f} | {BAR:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
