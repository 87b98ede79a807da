"""The files that take longest begin first. A pytest plugin, loaded by `tests/conftest.py` through `pytest_plugins`.

Workers take whole files (`--dist loadfile`), so a long one that began last would keep one worker busy alone. The order
here holds with `--no-loadscope-reorder`; xdist by itself begins with the files of the most tests, however quick.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

# Each takes many seconds of a core, the first of them minutes. What is not here runs after them.
LONGEST = (
    "tests/checkout/test_order_machine.py",
    "tests/checkout/test_order_machine_on.py",
    "tests/points/test_machine.py",
    "tests/attacks/test_idor.py",
    "tests/entry/test_generated_requests.py",
    "tests/checkout/test_loop_machine.py",
    "tests/intake/test_import.py",
    "tests/concurrency/test_coupon_rush.py",
    "tests/concurrency/test_claim_rush.py",
    "tests/concurrency/test_order_rush.py",
    "tests/pricing/test_solved.py",
    "tests/pricing/test_solved_on.py",
    "tests/pricing/test_exact.py",
    "tests/pricing/test_exact_on.py",
    "tests/journeys/test_kafka.py",
    "tests/messaging/test_delivery.py",
    "tests/platform/test_embedded_postgres.py",
    "tests/platform/test_relay_crash.py",
    "tests/platform/test_serve.py",
    "tests/entry/test_wire.py",
    "tests/entry/test_examples.py",
    "tests/concurrency/test_crashes.py",
    "tests/concurrency/test_one_account.py",
    "tests/concurrency/test_merges.py",
    "tests/concurrency/test_deadlocks.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Only for workers: who runs a few files alone sees them in the order of their names."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    places = {name: place for place, name in enumerate(LONGEST)}
    files = {item: item.nodeid.partition("::")[0] for item in items}
    tests = Counter(files.values())
    items.sort(key=lambda item: (places.get(files[item], len(places)), -tests[files[item]], files[item]))
