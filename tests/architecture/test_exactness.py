"""No float near money: amounts, points and rates are integers, and division says how it rounds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

import pytest

from tests.architecture import statements
from tests.architecture.source_tree import ROOT, SourceFile, program

COUNTING_MODULES = frozenset({"points", "pricing", "checkout", "tiers", "coupons", "plans", "catalogue", "stock"})
COUNTING_ROLES = frozenset({"rules", "model", "service", "store", "events", "schemas"})
COUNTING_WHOLE = frozenset({"kernel", "conditions"})
SQL_FOLDERS = ("db/migrations/sql", "db/invariants")
NOT_OURS = frozenset({"0011_jobs.sql"})  # the job queue's own tables, which measure the machine

# Types of SQL that hold fractions, and what makes fractions of integers there. What stands in quotes is no SQL.
FRACTION = re.compile(
    r"\b(numeric|decimal|dec|real|float\d*|double\s+precision|money)\b|\b(round|avg|ceil|ceiling|trunc|random|sqrt)\s*\("
    r"|(?<![\w.])\d+\.\d|(?<![/*])/(?![/*])",
    re.IGNORECASE,
)
BODY = re.compile(r"\$\w*\$")


def counts(file: SourceFile) -> bool:
    return file.module in COUNTING_WHOLE or (file.module in COUNTING_MODULES and file.role in COUNTING_ROLES)


def floats(files: Iterable[SourceFile]) -> list[str]:
    """Float literals, the names float and Decimal, and true division, which makes a float of two integers."""
    faults = []
    for file in files:
        if not counts(file):
            continue
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                faults.append(f"{file.path}:{node.lineno}: {node.value}")
            elif isinstance(node, ast.Name) and node.id in {"float", "Decimal"}:
                faults.append(f"{file.path}:{node.lineno}: {node.id}")
            elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
                faults.append(f"{file.path}:{node.lineno}: true division; use // or kernel.money.half_up")
            elif isinstance(node, ast.Name) and node.id == "round":
                faults.append(f"{file.path}:{node.lineno}: round is half to even; use kernel.money.half_up")
    return faults


def fractions(files: Iterable[tuple[str, str]]) -> list[str]:
    """What holds or makes a fraction in SQL: (place, text)."""
    return [
        f"{place}: {found[0].strip()}"
        for place, text in files
        for found in FRACTION.finditer(BODY.sub(" ", statements.bare(text)))
    ]


def written_sql() -> list[tuple[str, str]]:
    """Migrations and invariants, and the statements of modules that count."""
    files = [
        (str(path.relative_to(ROOT)), path.read_text())
        for folder in SQL_FOLDERS
        for path in (ROOT / folder).glob("*.sql")
        if path.name not in NOT_OURS
    ]
    inside = [
        (f"{file.path}:{line}", text)
        for file in program()
        if counts(file)
        for line, text in file.strings()
        if statements.is_statement(text)
    ]
    assert len(files) > 10 < len(inside)
    return files + inside


def test_no_float_near_money() -> None:
    looked_at = {file.module for file in program() if counts(file)}
    assert looked_at >= {"kernel", "conditions", "catalogue", "points", "pricing", "checkout", "tiers"}
    assert floats(program()) == []


def test_no_fraction_in_sql() -> None:
    assert fractions(written_sql()) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("points/rules.py", "RATE = 0.98"),
        ("checkout/model.py", "payable: float = 0"),
        ("tiers/rules/growth.py", "half = growth / 2"),
        ("kernel/money.py", "def f(a):\n    a /= 100\n    return a"),
        ("pricing/rules.py", "points = round(fen * rate_bp)"),
        ("points/store.py", "x = float(row['points'])"),
        ("conditions/basket.py", "share = Decimal(fen)"),
        ("catalogue/service/cost.py", "cost = price * 0.7"),
    ],
)
def test_a_float_is_caught(path: str, line: str) -> None:
    assert floats([SourceFile(path, line)]) != []


def test_what_measures_the_machine_may_be_a_float() -> None:
    assert floats([SourceFile("platform/relay.py", "PAUSE_SECONDS = 0.02")]) == []


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE pricing.cap (left_fen numeric(12, 2))",
        "ALTER TABLE points.lot ADD share double precision",
        "SELECT payable_fen / 2 FROM checkout.orders",
        "SELECT avg(payable_fen) FROM checkout.orders",
        "UPDATE points.lot SET points = round(points * 0.5)",
        "SELECT payable_fen::real FROM checkout.orders",
    ],
)
def test_a_fraction_is_caught(statement: str) -> None:
    assert fractions([("a.sql", statement)]) != []


def test_a_slash_in_a_text_or_a_comment_is_none() -> None:
    assert fractions([("a.sql", "SELECT 1 -- a / b\n/* 1.5 */ FROM t WHERE a = 'x/y' AND b = 3")]) == []
