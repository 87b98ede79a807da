"""What tests and code do not do: patch, skip, expect to fail, or leave things open."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

import pytest

from tests.architecture.source_tree import ROOT, SourceFile, program, read_folder, suite

PATCHING = re.compile(r"unittest\.mock|(?<!\w)mock\.patch|(?<!\w)mocker\b")
ESCAPES = frozenset({"skip", "skipif", "xfail", "importorskip"})
LEFT_OPEN = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|NotImplemented" + r"Error)\b")


def patches(files: Iterable[SourceFile]) -> list[str]:
    """Imports of a mock, and setattr through monkeypatch. A double is a real class at a port."""
    faults = []
    for file in files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Import):
                named = " ".join(name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                named = f"{node.module}.{node.names[0].name}"
            elif isinstance(node, ast.Attribute):
                named = ast.unparse(node)
            else:
                continue
            if PATCHING.search(named) or named.endswith("monkeypatch.setattr"):
                faults.append(f"{file.path}:{node.lineno}: {named}")
    return faults


def escapes(files: Iterable[SourceFile]) -> list[str]:
    """Tests that may not run, or may fail: pytest.skip, pytest.mark.xfail and their like."""
    return [
        f"{file.path}:{node.lineno}: {ast.unparse(node)}"
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ESCAPES
        and ast.unparse(node.value) in {"pytest", "pytest.mark", "unittest"}
    ]


def left_open(files: Iterable[SourceFile]) -> list[str]:
    return [
        f"{file.path}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.text.splitlines(), start=1)
        if LEFT_OPEN.search(line)
    ]


def test_nothing_is_patched() -> None:
    assert patches(suite()) == []


def test_every_test_runs_and_is_expected_to_pass() -> None:
    assert escapes(suite()) == []


def test_nothing_is_left_open() -> None:
    scripts = read_folder(ROOT / "tools") + read_folder(ROOT / "bench") + read_folder(ROOT / "db")
    assert left_open([*program(), *suite(), *scripts]) == []


@pytest.mark.parametrize(
    "line",
    [
        "from unittest.mock import patch",
        "import unittest.mock",
        "def test_x(monkeypatch):\n    monkeypatch.setattr(a, 'b', c)",
        "def test_x(mocker):\n    mocker.patch('a.b')",
    ],
)
def test_a_patch_is_caught(line: str) -> None:
    assert patches([SourceFile("points/test_rules.py", line)]) != []


@pytest.mark.parametrize(
    "line", ["@pytest.mark.skip\ndef test_x(): ...", "pytest.importorskip('a')", "pytest.xfail('b')"]
)
def test_an_escape_is_caught(line: str) -> None:
    assert escapes([SourceFile("points/test_rules.py", line)]) != []


def test_an_open_end_is_caught() -> None:
    assert left_open([SourceFile("points/service.py", "x = 1  # TO" + "DO: cap")]) != []
