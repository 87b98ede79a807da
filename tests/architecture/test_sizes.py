"""How large files and functions may grow, and names that say nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import PurePosixPath

import pytest

from huixiang.platform.settings import Settings
from tests.architecture.source_tree import ROOT, SourceFile, program, read_folder, suite

FILE_LINES = 500
FILE_LINES_TO_SPLIT = 350  # printed, so that the next change there begins with a split
FUNCTION_LINES = 70
SETTINGS = 40
EMPTY_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "base", "misc", "shared", "stuff", "tools"})


def everything() -> list[SourceFile]:
    benchmarks = read_folder(ROOT / "bench") + read_folder(ROOT / "tools")
    return [*program(), *suite(), *benchmarks]


def long_files(files: Iterable[SourceFile], limit: int = FILE_LINES) -> list[str]:
    counted = ((file.path, len(file.text.splitlines())) for file in files)
    return [f"{path}: {lines} lines" for path, lines in counted if lines > limit]


def long_functions(files: Iterable[SourceFile]) -> list[str]:
    """Functions longer than a screen, counted from `def` to their last line."""
    faults = []
    for file in files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    faults.append(f"{file.path}:{node.lineno}: {node.name} has {lines} lines")
    return faults


def empty_names(files: Iterable[SourceFile]) -> list[str]:
    """Files and folders whose name does not say what they hold."""
    return [
        f"{file.path}: {part}"
        for file in files
        for part in PurePosixPath(file.path).with_suffix("").parts
        if part in EMPTY_NAMES
    ]


def test_no_file_is_too_long(capsys: pytest.CaptureFixture[str]) -> None:
    to_split = long_files(everything(), FILE_LINES_TO_SPLIT)
    if to_split:
        with capsys.disabled():
            print(f"\nover {FILE_LINES_TO_SPLIT} lines, split at the next change: " + ", ".join(to_split))  # noqa: T201
    assert long_files(everything()) == []


def test_no_function_is_too_long() -> None:
    assert long_functions(everything()) == []


def test_every_name_says_something() -> None:
    assert empty_names([*program(), *suite()]) == []


def test_a_long_file_and_a_long_function_are_caught() -> None:
    body = "".join(f"    x = {n}\n" for n in range(FILE_LINES))
    sample = [SourceFile("points/service.py", f"async def post() -> None:\n{body}")]
    assert long_files(sample) == [f"points/service.py: {FILE_LINES + 1} lines"]
    assert long_functions(sample) == [f"points/service.py:1: post has {FILE_LINES + 1} lines"]


@pytest.mark.parametrize("path", ["points/utils.py", "helpers/lots.py", "points/common/lots.py", "base.py"])
def test_an_empty_name_is_caught(path: str) -> None:
    assert empty_names([SourceFile(path, "")]) != []


def test_settings_say_where_the_program_runs_and_stay_few() -> None:
    """How the programme behaves is data with versions; a setting for each doubt is how configuration sprawls."""
    assert 0 < len(Settings.__struct_fields__) <= SETTINGS
