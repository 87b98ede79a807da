"""What the engine answers to drawn baskets, whole: `python -m tests.compiled.answers` writes it as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec

from bench.pricing_hard_draw import draw_hard
from huixiang.entry.attributes import REGISTRY
from huixiang.pricing.rules import COMPILED
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from tests.pricing.judges.instances import instance
from tests.pricing.judges.judging import priced

SMALL = 400
HARD = 6
NODES_MAX = 300


def answers() -> dict[str, Any]:
    """Of small programmes of every kind, and of hard baskets as far as some nodes go."""
    hard = draw_hard(1, HARD)
    rule_set = compile_promotions(hard.promotions, 1, REGISTRY)
    return {
        "compiled": COMPILED,
        "small": [msgspec.to_builtins(priced(instance(seed), 200)) for seed in range(SMALL)],
        "hard": [msgspec.to_builtins(price(rule_set, *asked, nodes_max=NODES_MAX)) for asked in hard.asked],
    }


if __name__ == "__main__":
    json.dump(answers(), sys.stdout)
