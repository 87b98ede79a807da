"""The migrated template database of the last session, kept until anything that makes it changes.

Making it takes seconds, copying it a fraction of one. It is kept below `.pytest_cache`, under a name that hashes every
file it comes from and the server's version; removing it is always safe.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from huixiang.platform.embedded.identity import Identity

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".pytest_cache" / "clusters"
SOURCES = ("db/migrations", "src/huixiang/platform/embedded", "src/huixiang/platform/migrations.py", "tests/support")
KEEP = 3  # of several servers and branches


class ClusterCache:
    """The one place for this server and these sources."""

    def __init__(self, programs: Path, identity: Identity) -> None:
        self._path = KEPT / _fingerprint(programs, identity)

    def fetch(self, data: Path) -> bool:
        """Put the kept data directory at `data`; False where there is none."""
        if not self._path.exists():
            return False
        self._path.touch()
        data.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _copy(self._path, data)
        return True

    def keep(self, data: Path) -> None:
        """Keep a copy of a data directory whose server was stopped in order."""
        KEPT.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=KEPT))
        _copy(data, scratch / "data")
        if not self._path.exists():
            (scratch / "data").rename(self._path)
        shutil.rmtree(scratch)
        for old in sorted(KEPT.glob("[!.]*"), key=lambda one: one.stat().st_mtime)[:-KEEP]:
            shutil.rmtree(old, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    # cp keeps owners, which shutil does not, and shares blocks where the file system can.
    command = ["cp", "--archive", "--reflink=auto", str(source), str(target)]
    subprocess.run(command, check=True)  # noqa: S603 - our own paths


def _fingerprint(programs: Path, identity: Identity) -> str:
    program = str(programs / "postgres")
    version = subprocess.run([program, "--version"], check=True, capture_output=True).stdout  # noqa: S603 - the server
    digest = hashlib.sha256(version + f"{programs} {identity.uid}".encode())
    for path in _files():
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _files() -> Iterator[Path]:
    for name in SOURCES:
        path = ROOT / name
        found = [path] if path.is_file() else sorted(path.rglob("*.*"))
        yield from (one for one in found if one.suffix in {".py", ".sql"})
