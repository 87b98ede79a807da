"""The engine as machine code against the engine as it is written: run by `make test-compiled`, which also runs what
tests/pricing asks of it, but for the judges: these judge the engine as it is written."""

from __future__ import annotations

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


def test_both_give_the_same_answers_reasons_and_nodes(tmp_path: Path) -> None:
    """To all that the judges of tests/pricing have tried and solved: what they proved of the one holds of the other."""
    env = {**os.environ, "HUIXIANG_PRICING_ENGINE": "python"}
    command = [sys.executable, "-m", "tests.compiled.answers"]
    root, answered = Path(__file__).parents[2], tmp_path / "answers"
    with answered.open("wb") as output, subprocess.Popen(command, env=env, cwd=root, stdout=output) as written:  # noqa: S603 - ours
        found = {name.encode(): answer for name, answer in answers()}
    assert written.returncode == 0
    told = dict(line.split(b"\t", 1) for line in answered.read_bytes().splitlines())
    assert (told.pop(b"compiled"), found.pop(b"compiled")) == (b"false", b"true")
    assert len(found) > 5_000 + 300
    assert found.keys() == told.keys()
    assert [name for name in found if found[name] != told[name]] == []
