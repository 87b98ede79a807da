"""Drawn requests to every operation of the API document, many more than a test run has time for.

`python -m bench api_requests --requests 20`: so many valid and so many invalid ones for each operation; what is wrong
with an answer is listed at the end.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20)
    chosen = parser.parse_args()
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/entry/test_generated_requests.py"],
        env=os.environ | {"HUIXIANG_TEST_API_REQUESTS": str(chosen.requests)},
        check=False,
    )
    print(f"{chosen.requests} of each kind for each operation in {time.perf_counter() - began:.0f} s")
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
