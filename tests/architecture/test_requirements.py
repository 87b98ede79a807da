"""Requirement ids in tests are ids that exist, and the list of them is readable."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import pytest

from tests.architecture.source_tree import ROOT, SourceFile, suite
from tools.requirements import read_list, short


def listed() -> set[str]:
    return set(read_list((ROOT / "docs" / "requirements.txt").read_text(encoding="utf-8")))


def strangers(files: Iterable[SourceFile], known: set[str]) -> list[str]:
    """Markers whose id is not in the list, or is no literal, or that name no id at all."""
    faults = []
    for file in files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.requirement":
                ids = [
                    ast.literal_eval(argument) if isinstance(argument, ast.Constant) else "" for argument in node.args
                ]
                unknown = [name or "not a literal" for name in ids if name not in known] or ([] if ids else ["no id"])
                faults += [f"{file.path}:{node.lineno}: {name}" for name in unknown]
    return faults


def test_the_list_holds_every_area() -> None:
    areas = {identity.partition("-")[0] for identity in listed()}
    assert areas >= {"INV", "MEM", "PTS", "TIER", "BEN", "PLAN", "PRC", "CHK", "CPN", "CMP", "EXP", "MALL", "ENG"}
    assert areas >= {"RISK", "INS", "CON", "H5", "INT", "SEC", "OPS"}
    assert len(listed()) > 190


def test_markers_name_requirements_that_exist() -> None:
    assert strangers(suite(), listed()) == []


@pytest.mark.parametrize(
    "line", ['pytest.mark.requirement("PTS-99")', "pytest.mark.requirement(ID)", "pytest.mark.requirement()"]
)
def test_a_marker_without_a_requirement_is_caught(line: str) -> None:
    assert strangers([SourceFile("points/test_rules.py", line)], listed()) != []


def test_several_ids_in_one_marker_are_read() -> None:
    line = 'pytestmark = pytest.mark.requirement("PTS-01", "PTS-18")'
    assert strangers([SourceFile("points/test_rules.py", line)], listed()) == []


@pytest.mark.parametrize("line", ["PTS-18 Statement", "PTS-18 | a |\nPTS-18 | b |", "| what | where"])
def test_a_list_that_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"docs/requirements\.txt:"):
        read_list(line)


def test_a_test_is_named_shortly() -> None:
    assert short("tests/points/test_rules.py::test_a") == "points/test_rules::test_a"
