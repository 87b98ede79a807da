"""What the engine answers to drawn baskets, whole: `python -m tests.compiled.answers` writes it as JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import msgspec

from bench.pricing_hard_draw import draw_hard
from huixiang.entry.attributes import REGISTRY
from huixiang.pricing.rules import COMPILED
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from tests.pricing.judges.instances import instance, larger_instance
from tests.pricing.judges.judging import CHUNK, CHUNKS, LARGER_NODES, SOLVED_CHUNK, SOLVED_CHUNKS, priced

HARD = 6
NODES_MAX = 300


def answers() -> Iterator[tuple[str, bytes]]:
    """By what drew it: every instance that tests/pricing has judged, and hard baskets as far as some nodes go."""
    yield "compiled", msgspec.json.encode(COMPILED)
    for seed in range(CHUNK * CHUNKS):
        yield f"small {seed}", msgspec.json.encode(priced(instance(seed)))
    for seed in range(SOLVED_CHUNK * SOLVED_CHUNKS):
        yield f"larger {seed}", msgspec.json.encode(priced(larger_instance(seed), LARGER_NODES))
    hard = draw_hard(1, HARD)
    rule_set = compile_promotions(hard.promotions, 1, REGISTRY)
    for number, asked in enumerate(hard.asked):
        yield f"hard {number}", msgspec.json.encode(price(rule_set, *asked, nodes_max=NODES_MAX))


if __name__ == "__main__":
    for name, answer in answers():
        sys.stdout.buffer.write(b"%s\t%s\n" % (name.encode(), answer))
