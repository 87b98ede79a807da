"""The program's source as data, for the checks of this folder.

A check is a function from files to a list of sentences, each naming a place and what is wrong there. The real tree must
give none, and a bad sample, given to the same function, must give the one it was made for.
"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "huixiang"

# Modules of the design, from the top. Kept equal to the layers contract in pyproject.toml by a test.
LAYERS = (
    "entry",
    "insight",
    "intake",
    "programme",
    "campaigns",
    "engagement",
    "mall",
    "habits",
    "checkout",
    "grants",
    "pricing",
    "plans",
    "benefits",
    "coupons",
    "tiers",
    "points",
    "payments",
    "terms",
    "members",
    "experiments",
    "messaging",
    "risk",
    "stock",
    "catalogue",
    "rulebook",
    "webhooks",
    "staff",
    "platform",
    "conditions",
    "kernel",
)
SHARED = frozenset({"platform", "conditions", "kernel"})


class SourceFile:
    """One Python file. `path` is relative to the folder of the check: `points/service.py` for the program."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def module(self) -> str:
        """The module of the layout that the file belongs to, "" for the package's own files."""
        return self.path.split("/")[0] if "/" in self.path else ""

    @property
    def role(self) -> str:
        """Which file of the file set it is: `service` for `points/service.py` and for `points/service/earn.py`."""
        parts = self.path.removesuffix(".py").split("/")
        return parts[1] if len(parts) > 1 else ""

    def strings(self) -> Iterator[tuple[int, str]]:
        """String literals with their line, docstrings left out; an f-string counts as one, its values as `{}`."""
        inside: set[int] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                inside.add(id(node.value))
            elif isinstance(node, ast.JoinedStr):
                inside.update(id(part) for part in node.values)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
                yield node.lineno, "".join(str(part) for part in parts)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
                yield node.lineno, node.value


def read_folder(folder: Path) -> list[SourceFile]:
    return [
        SourceFile(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
        if not {"node_modules", "__pycache__"} & set(path.parts)
    ]


@cache
def program() -> tuple[SourceFile, ...]:
    """Every file of the program. Too few files cannot be the program: no check may pass over nothing."""
    files = tuple(read_folder(SOURCE))
    assert len(files) > 50, f"only {len(files)} files under {SOURCE}"
    return files


@cache
def suite() -> tuple[SourceFile, ...]:
    files = tuple(read_folder(ROOT / "tests"))
    assert len(files) > 20, f"only {len(files)} files under tests"
    return files


@cache
def repository_files() -> tuple[Path, ...]:
    """Files that git has or would take, as paths. Without git (a source archive): every file that is not built."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607  git of the PATH
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        built = {".venv", "node_modules", "__pycache__", "dist", "build", "pages"}
        paths = [path for path in ROOT.rglob("*") if not built & set(path.relative_to(ROOT).parts)]
    files = tuple(path for path in paths if path.is_file())
    assert len(files) > 100, f"only {len(files)} files under {ROOT}"
    return files


def text_of(path: Path) -> str | None:
    """The text of a file, None where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
