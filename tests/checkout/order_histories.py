"""Plays random histories of orders until every kind of step was reached. HUIXIANG_TEST_ORDER_STEPS asks for more of
them."""

from __future__ import annotations

import asyncio
import os
from collections import Counter

import uvloop
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.checkout.order_machine import Orders

ENOUGH = 10_000  # in each of two files, which two workers play
EXAMPLES_A_ROUND = 10
STEPS_AN_EXAMPLE = 60
EVERY = {
    "give", "quote", "placed", "place again", "refused quote_expired", "refused quote_not_honoured", "died before",
    "died within", "fulfilled", "nothing picked", "paid", "completed", "cancelled", "refunded", "refunded whole",
    "fees refunded", "too much", "wait", "unpaid", "settled", "as before", "mingled", "not mingled",
}  # fmt: skip


def play_histories(url: str, steps: int, first_seed: int) -> None:
    """So many steps; every kind of them is reached."""
    Orders.url, Orders.reached = url, Counter()
    rounds = 0
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as Orders.runner:
        while Orders.reached.total() < steps:
            number = first_seed + rounds
            print(f"order machine: seed {number}, after {Orders.reached.total()} steps", flush=True)  # noqa: T201
            budget = settings(max_examples=EXAMPLES_A_ROUND, stateful_step_count=STEPS_AN_EXAMPLE, derandomize=False)
            run_state_machine_as_test(seed(number)(Orders), settings=budget)
            rounds += 1
    print(f"order machine: {Orders.reached.total()} steps, {rounds} seeds, {dict(Orders.reached)}")  # noqa: T201
    if steps >= ENOUGH:
        assert sorted(EVERY - set(Orders.reached)) == []


def steps_asked() -> int:
    return int(os.environ.get("HUIXIANG_TEST_ORDER_STEPS", ENOUGH))
