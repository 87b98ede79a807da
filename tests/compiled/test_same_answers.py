"""The engine as machine code against the engine as it is written: run by `make test-compiled`, which also runs all of
tests/pricing on machine code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from huixiang.pricing.rules import COMPILED, compiled_folder
from tests.compiled.answers import answers
from tools.compile import LEFT_OUT, RULES


def test_the_engine_runs_as_machine_code() -> None:
    assert COMPILED
    made = {path.name.partition(".")[0] for path in compiled_folder().glob("*.so")}
    written = {path.stem for path in RULES.glob("*.py")}
    assert written - made == LEFT_OUT


def test_both_give_the_same_answers_reasons_and_nodes() -> None:
    env = {**os.environ, "HUIXIANG_PRICING_ENGINE": "python"}
    command = [sys.executable, "-m", "tests.compiled.answers"]
    root = Path(__file__).parents[2]
    written = subprocess.run(command, env=env, cwd=root, capture_output=True, check=True)  # noqa: S603 - ours
    told = json.loads(written.stdout)
    assert told.pop("compiled") is False
    found = json.loads(json.dumps(answers()))
    assert found.pop("compiled") is True
    assert found == told
    assert len(found["small"]) >= 300
