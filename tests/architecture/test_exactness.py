"""No float near money: amounts, points and rates are integers, and division says how it rounds."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import pytest

from tests.architecture.source_tree import SourceFile, program

COUNTING_MODULES = frozenset({"points", "pricing", "checkout", "tiers", "coupons", "plans"})
COUNTING_ROLES = frozenset({"rules", "model", "service", "store", "events", "schemas"})


def counts(file: SourceFile) -> bool:
    return file.module == "kernel" or (file.module in COUNTING_MODULES and file.role in COUNTING_ROLES)


def floats(files: Iterable[SourceFile]) -> list[str]:
    """Float literals, the name float, and true division, which makes a float of two integers."""
    faults = []
    for file in files:
        if not counts(file):
            continue
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                faults.append(f"{file.path}:{node.lineno}: {node.value}")
            elif isinstance(node, ast.Name) and node.id == "float":
                faults.append(f"{file.path}:{node.lineno}: float")
            elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
                faults.append(f"{file.path}:{node.lineno}: true division; use // or kernel.money.half_up")
            elif isinstance(node, ast.Name) and node.id == "round":
                faults.append(f"{file.path}:{node.lineno}: round is half to even; use kernel.money.half_up")
    return faults


def test_no_float_near_money() -> None:
    looked_at = {file.module for file in program() if counts(file)}
    assert looked_at >= {"kernel", "points", "checkout", "tiers"}
    assert floats(program()) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("points/rules.py", "RATE = 0.98"),
        ("checkout/model.py", "payable: float = 0"),
        ("tiers/rules/growth.py", "half = growth / 2"),
        ("kernel/money.py", "def f(a):\n    a /= 100\n    return a"),
        ("pricing/rules.py", "points = round(fen * rate_bp)"),
        ("points/store.py", "x = float(row['points'])"),
    ],
)
def test_a_float_is_caught(path: str, line: str) -> None:
    assert floats([SourceFile(path, line)]) != []


def test_what_measures_the_machine_may_be_a_float() -> None:
    assert floats([SourceFile("platform/relay.py", "PAUSE_SECONDS = 0.02")]) == []
