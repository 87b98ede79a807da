"""How long a new version of 1,000 rules takes to be ready, and what a page of 200 skus costs under it.

`python -m bench pricing_compile`: from JSON as the rulebook keeps it to a rule set; then the unit price of each sku for
one member, the first time, and when the goods are known to the rule set. Processor time on one core.
"""

from __future__ import annotations

import argparse
import statistics
import time

import msgspec

from bench.pricing_mapping import asked_of, promotions_of
from bench.pricing_timing import stay_on_one_core
from bench.pricing_workload import SEED, draw
from huixiang.entry.attributes import REGISTRY
from huixiang.pricing.model.basket import Line
from huixiang.pricing.model.rules import Promotions
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.prices import unit_prices

BAR_MS = 200
SKUS = 200
PAGE_BAR_MS = 2


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--turns", type=int, default=11)
    given = parser.parse_args()
    stay_on_one_core()
    workload = draw(given.seed)
    drawn = workload["promosets"]["1000"]
    promotions = promotions_of(drawn)
    asked = asked_of(workload["baskets"]["100"][0], drawn)
    page = [
        Line(line_id=sku["id"], sku=sku["id"], quantity=1, list_price_fen=sku["price"], categories=(sku["cat"],))
        for sku in workload["skus"][:SKUS]
    ]
    text = msgspec.json.encode(promotions)
    decoding, compiling, first, again = [], [], [], []
    for _ in range(given.turns):
        began = time.process_time()
        decoded = msgspec.json.decode(text, type=Promotions)
        between = time.process_time()
        rules = compile_promotions(decoded, 1, REGISTRY)
        ready = time.process_time()
        unit_prices(rules, page, asked.situation)
        known = time.process_time()
        unit_prices(rules, page, asked.situation)
        first.append((known - ready) * 1000)
        again.append((time.process_time() - known) * 1000)
        decoding.append((between - began) * 1000)
        compiling.append((ready - between) * 1000)
    print("| 1,000 rules | ms | bar |")
    print("| --- | ---: | ---: |")
    print(f"| decode {len(text):,} bytes | {statistics.median(decoding):.1f} | |")
    print(f"| compile | {statistics.median(compiling):.1f} | {BAR_MS} |")
    print(f"| unit prices of {SKUS} skus, the first time | {statistics.median(first):.2f} | |")
    print(f"| unit prices of {SKUS} skus | {statistics.median(again):.2f} | {PAGE_BAR_MS} |")


if __name__ == "__main__":
    main()
