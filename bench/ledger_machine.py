"""Random histories of the ledger against its plain model, many more than a test run has time for.

`python -m bench.ledger_machine --steps 1000000 --seed 1`: a seed is a round of some thousand steps; what fails prints
its seed and the shortest history that fails.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    began = time.perf_counter()
    asked = {"HUIXIANG_TEST_LEDGER_STEPS": str(chosen.steps), "HUIXIANG_TEST_LEDGER_SEED": str(chosen.seed)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "tests/points/test_machine.py"],
        env=os.environ | asked,
        check=False,
    )
    print(f"{chosen.steps:,} steps from seed {chosen.seed} on in {time.perf_counter() - began:.0f} s")
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
