"""How hard Hypothesis searches. A pytest plugin, loaded by `tests/conftest.py` through `pytest_plugins`.

    HYPOTHESIS_PROFILE=ci       (default) a small budget, the same examples everywhere: the seed is the test's own name
    HYPOTHESIS_PROFILE=bench    a large budget, new examples in every run; the seed is printed where a test fails, and
                                can be given back with --hypothesis-seed

No profile has a deadline: the machine decides how long an example takes, and that is no property of the program.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

ENVIRONMENT_VARIABLE = "HYPOTHESIS_PROFILE"

settings.register_profile(
    "ci",
    max_examples=60,
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # two cores are shared with PostgreSQL and the other worker
)
settings.register_profile("bench", parent=settings.get_profile("ci"), max_examples=3_000, derandomize=False)


def chosen_profile() -> str:
    """The profile of this run; `--hypothesis-profile` given to pytest still has the last word."""
    return os.environ.get(ENVIRONMENT_VARIABLE, "ci")


settings.load_profile(chosen_profile())


def pytest_report_header(config: pytest.Config) -> str:
    profile = settings.get_profile(chosen_profile())
    given = config.getoption("--hypothesis-seed")
    seed = "from each test's name" if profile.derandomize else (given or "random, printed where a test fails")
    return f"hypothesis: {chosen_profile()}, {profile.max_examples} examples a test, seed {seed}"
