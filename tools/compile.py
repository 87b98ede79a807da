"""Make machine code of the pricing engine, which then runs in the place of its modules (docs/operate/engine.md).

python -m tools.compile           make it, unless it is there; exit 1 with what is missing where it cannot be made
python -m tools.compile --try     the same, but exit 0 where this machine has no C compiler or no headers of Python
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from huixiang.pricing.rules import GROUP, compiled_folder

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src"
RULES = SOURCES / "huixiang" / "pricing" / "rules"

LEFT_OUT = frozenset({"__init__", "kept", "validate", "validate_effects", "validate_scopes"})
"""Modules that gain nothing: they check documents, or are little but msgspec structs, which stay what they are."""

SETUP = """
import sys
from mypyc.build import mypycify
from setuptools import setup
made = mypycify(sys.argv.pop().split(","), group_name={group!r}, opt_level={level!r}, debug_level="0")
setup(name="engine", ext_modules=made)
"""


def missing() -> str | None:
    """What this machine lacks to compile with, in a sentence."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        return f"there is no C compiler ({compiler}); on Debian: apt install gcc"
    headers = Path(sysconfig.get_path("include"), "Python.h")
    return (
        None if headers.exists() else f"there is no {headers.name} of this Python; on Debian: apt install python3-dev"
    )


def compile_engine(level: str) -> None:
    folder = compiled_folder()
    modules = [str(path.relative_to(SOURCES)) for path in sorted(RULES.glob("*.py")) if path.stem not in LEFT_OUT]
    with tempfile.TemporaryDirectory(prefix="huixiang-compile-") as made:
        shutil.copytree(SOURCES / "huixiang", Path(made, "huixiang"), ignore=shutil.ignore_patterns("*.so", "pages"))
        setup = SETUP.format(group=GROUP.removesuffix("__mypyc"), level=level)
        Path(made, "setup.py").write_text(setup, encoding="utf-8")
        options = ["--config-file=", "--explicit-package-bases", "--namespace-packages", "--ignore-missing-imports"]
        command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace", ",".join([*options, *modules])]
        done = subprocess.run(command, cwd=made, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)  # noqa: S603
        if done.returncode:
            sys.stdout.write(done.stdout.decode(errors="replace"))
            raise SystemExit("The engine could not be compiled; it runs as it is written, slower and just as right.")
        _put(Path(made), folder)


def _put(made: Path, folder: Path) -> None:
    """Whole or not at all, and nothing of former sources."""
    whole = folder.with_name(f".{folder.name}-{os.getpid()}")
    whole.mkdir(parents=True)
    for library in (*made.glob("*.so"), *(made / RULES.relative_to(SOURCES)).glob("*.so")):
        shutil.copy2(library, whole)
    for former in folder.parent.glob("[0-9a-f]*"):
        shutil.rmtree(former)
    whole.rename(folder)


def main() -> None:
    folder = compiled_folder()
    lack = missing()
    if folder.exists():
        print(f"The engine is compiled: {folder.relative_to(ROOT)}")
    elif lack is not None:
        print(f"The engine was not compiled: {lack}. It runs as it is written.")
        raise SystemExit("--try" not in sys.argv[1:])
    else:
        compile_engine(os.environ.get("OPT", "2"))
        print(f"The engine is compiled: {folder.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
