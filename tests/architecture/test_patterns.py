"""Patterns of texts hold to the very end: `$` alone would let a line feed through behind it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

import pytest

from tests.architecture.source_tree import SourceFile, program

Pattern = tuple[str, str]  # where, what


def patterns_of(file: SourceFile) -> Iterator[Pattern]:
    """Every pattern that a model or a parameter of a path or query is given; constants by what the file says."""
    constants = {
        target.id: node.value.value
        for node in file.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(file.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id.endswith(("Meta", "Parameter"))
        ):
            for given in node.keywords:
                if given.arg == "pattern":
                    value = given.value
                    known = value.value if isinstance(value, ast.Constant) else None
                    if isinstance(value, ast.Name):
                        known = constants.get(value.id)
                    yield f"{file.path}:{value.lineno}", str(known)


def loose(patterns: Iterable[Pattern]) -> list[str]:
    """Those that say where a text ends, and let a line feed follow, and those that are not there to be read. The
    document of the API is read by other engines too, so the end is written as all of them know it: `$(?!\\n)`."""
    return [
        f"{place}: {pattern}"
        for place, pattern in patterns
        if pattern == "None" or re.search(r"(?<!\\)\$(?!\(\?!\\n\))", pattern)
    ]


def test_no_pattern_lets_a_line_feed_follow() -> None:
    given = [pattern for file in program() for pattern in patterns_of(file)]
    assert loose(given) == []
    assert len(given) > 20


@pytest.mark.parametrize(
    ("pattern", "text"), [(r"^[a-z]{1,3}$(?!\n)", "abc"), (r"^[0-9]{6}$(?!\n)", "123456"), (r"^(a|b)+$(?!\n)", "ab")]
)
def test_the_end_as_it_is_written_is_the_end(pattern: str, text: str) -> None:
    assert loose([("here", pattern)]) == []
    assert re.search(pattern, text)
    assert not re.search(pattern, f"{text}\n")
    assert re.search(pattern.removesuffix(r"(?!\n)"), f"{text}\n")


def test_what_is_loose_is_found() -> None:
    sample = SourceFile(
        "x/model.py", 'A = "^[a-z]$"\nB = [Meta(pattern=A), Meta(pattern=r"^(a|b$)"), Meta(pattern=a.b)]'
    )
    assert [place for place, _ in patterns_of(sample)] == ["x/model.py:2"] * 3
    assert len(loose(patterns_of(sample))) == 3
