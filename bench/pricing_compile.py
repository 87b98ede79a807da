"""How long a new version of 1,000 rules takes to be ready.

`python -m bench pricing_compile`: from JSON as the rulebook keeps it to a rule set; processor time on one core.
"""

from __future__ import annotations

import argparse
import statistics
import time

import msgspec

from bench.pricing_mapping import promotions_of
from bench.pricing_timing import stay_on_one_core
from bench.pricing_workload import SEED, draw
from huixiang.entry.attributes import REGISTRY
from huixiang.pricing.model.rules import Promotions
from huixiang.pricing.rules.compile import compile_promotions

BAR_MS = 200


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--turns", type=int, default=11)
    given = parser.parse_args()
    stay_on_one_core()
    promotions = promotions_of(draw(given.seed)["promosets"]["1000"])
    text = msgspec.json.encode(promotions)
    decoding, compiling = [], []
    for _ in range(given.turns):
        began = time.process_time()
        decoded = msgspec.json.decode(text, type=Promotions)
        between = time.process_time()
        compile_promotions(decoded, 1, REGISTRY)
        decoding.append((between - began) * 1000)
        compiling.append((time.process_time() - between) * 1000)
    print("| 1,000 rules | ms | bar |")
    print("| --- | ---: | ---: |")
    print(f"| decode {len(text):,} bytes | {statistics.median(decoding):.1f} | |")
    print(f"| compile | {statistics.median(compiling):.1f} | {BAR_MS} |")


if __name__ == "__main__":
    main()
