"""When the engine runs as machine code: only where it was made of the very sources that are there."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import huixiang
from huixiang.pricing.rules import compiled_folder, sources

PROGRAM = Path(huixiang.__file__).parent
ASK = "from huixiang.pricing.rules import COMPILED, compiled_folder; print(COMPILED, compiled_folder())"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A program of its own."""
    return Path(shutil.copytree(PROGRAM, tmp_path / "huixiang", ignore=shutil.ignore_patterns("compiled", "pages")))


def asked(program: Path, **env: str) -> tuple[str, Path]:
    """Whether a new process of that program runs machine code, and where that of its sources would be."""
    given = {**os.environ, "PYTHONPATH": str(program.parent), **env}
    done = subprocess.run([sys.executable, "-c", ASK], env=given, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    compiled, _, folder = done.stdout.strip().partition(" ")
    return compiled, Path(folder)


def imported(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("huixiang."):
            module = node.module.removeprefix("huixiang.").replace(".", "/")
            yield f"{module}/__init__" if (PROGRAM / module).is_dir() else module


def test_the_folder_is_named_after_everything_that_the_engine_imports() -> None:
    seen = {str(source.relative_to(PROGRAM).with_suffix("")) for source in sources()}
    assert len(seen) > 50
    assert {module for source in sources() for module in imported(source)} - seen == set()


@pytest.mark.parametrize(
    "changed", ["pricing/rules/share.py", "pricing/model/basket.py", "kernel/allocation.py", "catalogue/model.py"]
)
def test_a_changed_source_has_a_folder_of_its_own(copy: Path, changed: str) -> None:
    _, before = asked(copy)
    assert before.is_relative_to(copy)
    assert before.name == compiled_folder().name
    with (copy / changed).open("a", encoding="utf-8") as source:
        source.write("# a remark\n")
    compiled, after = asked(copy)
    assert compiled == "False"
    assert after != before


def test_without_machine_code_the_engine_runs_as_it_is_written(copy: Path) -> None:
    compiled, folder = asked(copy)
    assert compiled == "False"
    assert not folder.exists()


def test_machine_code_can_be_refused() -> None:
    assert asked(PROGRAM, HUIXIANG_PRICING_ENGINE="python")[0] == "False"
