"""What one module may import of another, beyond what import-linter can say."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.source_tree import LAYERS, ROOT, SHARED, SourceFile, program

PUBLIC = frozenset({"service", "model", "events"})
KERNEL_MAY_IMPORT = frozenset({"numpy", "huixiang", "msgspec"})


def foreign_imports(files: Iterable[SourceFile]) -> list[str]:
    """Imports that reach into another module past its `service`, `model` and `events`; and `import huixiang.x`."""
    faults = []
    for file in files:
        if file.module in SHARED | {"entry", ""}:
            continue
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Import) and any(name.name.startswith("huixiang") for name in node.names):
                faults.append(
                    f"{file.path}:{node.lineno}: write `from huixiang.... import`, the one form that is checked"
                )
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "huixiang":
                faults += [f"{file.path}:{node.lineno}: {what}" for what in reached(node, own=file.module)]
    return faults


def reached(node: ast.ImportFrom, *, own: str) -> list[str]:
    _, *parts = (node.module or "").split(".")
    if not parts:
        return [f"imports the module {name.name} whole" for name in node.names if name.name in LAYERS]
    module, *rest = parts
    if module in SHARED | {own}:
        return []
    named = rest[:1] or [name.name for name in node.names]
    return [f"{module}.{name} is private to {module}" for name in named if name not in PUBLIC]


def model_imports(files: Iterable[SourceFile]) -> list[str]:
    """`model` may use kernel, conditions and models below; `rules` its own model and kernel; `events` its own model."""
    allowed = {
        "model": lambda own: re.compile(rf"kernel|conditions|({own}|\w+)\.model"),
        "rules": lambda own: re.compile(rf"kernel|conditions|{own}\.(rules|model)|\w+\.model"),
        "events": lambda own: re.compile(rf"kernel|platform\.outbox|{own}\.(model|events)"),
    }
    faults = []
    for file in files:
        if file.module in SHARED | {"entry", ""} or file.role not in allowed:
            continue
        pattern = allowed[file.role](file.module)
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("huixiang."):
                target = (node.module or "").removeprefix("huixiang.")
                names = [target] if "." in target else [f"{target}.{name.name}" for name in node.names]
                faults += [
                    f"{file.path}:{node.lineno}: {file.role} imports {name}"
                    for name in names
                    if not re.match(rf"({pattern.pattern})(\.|$)", name)
                ]
    return faults


def kernel_imports(files: Iterable[SourceFile]) -> list[str]:
    """The kernel imports the standard library, msgspec, numpy (columns of integers) and itself."""
    faults = []
    for file in files:
        if file.module != "kernel":
            continue
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ImportFrom | ast.Import):
                named = [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
                outside = {name.split(".")[0] for name in named} - sys.stdlib_module_names - KERNEL_MAY_IMPORT
                faults += [f"{file.path}:{node.lineno}: the kernel imports {name}" for name in sorted(outside)]
    return faults


def test_modules_talk_through_their_public_files() -> None:
    assert foreign_imports(program()) == []


@pytest.mark.parametrize(
    "line",
    [
        "from huixiang.points.store import lock_account",
        "from huixiang.points import store",
        "from huixiang.points.rules import earned",
        "from huixiang.points.service import post, store\nfrom huixiang.points import rules",
        "from huixiang import points",
        "import huixiang.points.store",
    ],
)
def test_a_reach_into_another_module_is_caught(line: str) -> None:
    assert foreign_imports([SourceFile("checkout/service.py", line)]) != []


def test_the_public_files_and_ones_own_may_be_imported() -> None:
    lines = (
        "from huixiang.points.service import post\nfrom huixiang.points import service as points\n"
        "from huixiang.points.service.earn import earn\nfrom huixiang.checkout.store import load_order\n"
        "from huixiang.platform.db import Transaction\nfrom huixiang.kernel.money import Fen\n"
    )
    assert foreign_imports([SourceFile("checkout/service.py", lines)]) == []


def test_models_rules_and_events_stay_pure() -> None:
    assert model_imports(program()) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("points/model.py", "from huixiang.platform.db import Transaction"),
        ("points/rules.py", "from huixiang.points.store import lots"),
        ("points/rules/earn.py", "from huixiang.members.service import find"),
        ("points/events.py", "from huixiang.points.service import post"),
        ("points/events.py", "from huixiang.members.model import Member"),
    ],
)
def test_an_impure_import_is_caught(path: str, line: str) -> None:
    assert model_imports([SourceFile(path, line)]) != []


def test_the_kernel_stands_alone() -> None:
    assert kernel_imports(program()) == []


@pytest.mark.parametrize("line", ["import asyncpg", "from litestar import get", "from dateutil.tz import gettz"])
def test_a_kernel_that_leans_on_something_is_caught(line: str) -> None:
    assert kernel_imports([SourceFile("kernel/money.py", line)]) != []


# ------------------------------------------------------------------------------------------ import-linter's contracts
def contracts() -> list[dict[str, object]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(settings["tool"]["importlinter"]["contracts"])


def test_the_contracts_have_no_way_out() -> None:
    known = contracts()
    assert {contract["id"] for contract in known} >= {"modules", "inside", "pure", "sql", "wired", "edge", "driver"}
    for contract in known:
        assert "ignore_imports" not in contract, contract["id"]
        if contract["type"] == "layers":
            assert contract["exhaustive"] is True
            assert "exhaustive_ignores" not in contract


def test_the_layers_contract_names_every_module_of_the_design() -> None:
    layers = next(contract["layers"] for contract in contracts() if contract["id"] == "modules")
    assert isinstance(layers, list)
    assert tuple(str(layer).strip("()") for layer in layers) == LAYERS
    built = {path.name for path in (ROOT / "src" / "huixiang").iterdir() if (path / "__init__.py").exists()}
    assert {str(layer) for layer in layers if not str(layer).startswith("(")} == built


SKELETON_ROLES = ("model", "rules", "store", "events", "service", "schemas", "routes", "handlers", "jobs")
SKELETON = {
    "rules": "from huixiang.{m}.model import X\n",
    "store": "from huixiang.{m}.model import X\nfrom huixiang.platform.db import X\n",
    "events": "from huixiang.{m}.model import X\n",
    "service": "from huixiang.{m} import rules, store, events\n",
    "schemas": "from huixiang.{m}.model import X\n",
    "routes": "from huixiang.{m} import schemas, service\nfrom litestar import get\n",
    "handlers": "from huixiang.{m} import service\n",
    "jobs": "from huixiang.{m} import service\n",
}
# Planted violations: file, line that is added to it, contract that must break.
PLANTED = (
    ("points/service.py", "from huixiang.checkout.model import X", "modules"),
    ("points/store.py", "from huixiang.points.rules import X", "inside"),
    ("points/helpers.py", "X = 1", "inside"),
    ("tiers/rules.py", "from huixiang.platform.db import X", "pure"),
    ("members/jobs.py", "from huixiang.members.store import X", "sql"),
    ("checkout/service.py", "from huixiang.points.routes import X", "wired"),
    ("staff/service.py", "from litestar import Request", "edge"),
    ("rulebook/store.py", "import asyncpg", "driver"),
    ("stray/__init__.py", "", "modules"),
)


def lay_skeleton(folder: Path) -> None:
    """A hollow program that keeps every contract: all built modules, all files of the set, imports and nothing else."""
    inside = next(contract["containers"] for contract in contracts() if contract["id"] == "inside")
    assert isinstance(inside, list)
    domain = {str(name).removeprefix("huixiang.") for name in inside}
    source = ROOT / "src" / "huixiang"
    for module in (path.name for path in source.iterdir() if (path / "__init__.py").exists()):
        (folder / module).mkdir(parents=True)
        (folder / module / "__init__.py").write_text("X = 1\n")
        for role in SKELETON_ROLES if module in domain else ():
            (folder / module / f"{role}.py").write_text("X = 1\n" + SKELETON.get(role, "").format(m=module))
    for name in ("db", "edge", "web", "outbox"):
        (folder / "platform" / f"{name}.py").write_text("X = 1\n")
    for role in ("routes", "handlers", "jobs", "adapters", "attributes"):
        (folder / "entry" / f"wire_{role}.py").write_text("X = 1\n")
    (folder / "entry" / "wire_all.py").write_text("from huixiang.points import routes, handlers, jobs\n")
    (folder / "__init__.py").write_text("")
    shutil.copy(ROOT / "pyproject.toml", folder.parent)


def broken_contracts(folder: Path) -> set[str]:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as main; main()",
            "--no-cache",
            "--no-logo",
        ],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)", run.stdout, flags=re.MULTILINE))
    named = {str(contract["name"]): str(contract["id"]) for contract in contracts()}
    assert set(verdicts) == set(named), run.stdout + run.stderr
    return {named[name] for name, verdict in verdicts.items() if verdict == "BROKEN"}


def test_a_clean_skeleton_keeps_every_contract(tmp_path: Path) -> None:
    lay_skeleton(tmp_path / "huixiang")
    assert broken_contracts(tmp_path) == set()


def test_planted_violations_break_every_contract(tmp_path: Path) -> None:
    lay_skeleton(tmp_path / "huixiang")
    for name, line, _ in PLANTED:
        file = tmp_path / "huixiang" / name
        file.parent.mkdir(exist_ok=True)
        with file.open("a") as text:
            text.write(line + "\n")
    assert broken_contracts(tmp_path) == {contract for _, _, contract in PLANTED}
