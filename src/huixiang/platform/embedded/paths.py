"""What lies where under `HUIXIANG_HOME`, the lock on it, and the short directory for sockets."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

import msgspec

from huixiang.platform.embedded.identity import Identity
from huixiang.platform.settings import CannotRun

SOCKET_PATH_BYTES = 107  # sun_path of a Unix socket address, less its final zero
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"
LOG_BYTES = 20_000_000


class AlreadyRunning(CannotRun):
    """Somebody else holds this home or data directory."""

    def __init__(self, path: Path, holder: str) -> None:
        who = f"process {holder}" if holder else "another process"
        super().__init__(f"{path} is in use by {who}: stop it first, or set HUIXIANG_HOME to another directory")


class Home(msgspec.Struct, frozen=True):
    """The directories of one installation. Making one creates what is missing, and changes nothing that exists."""

    root: Path

    def __post_init__(self) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (self.run, self.log):
            path.mkdir(mode=0o700, exist_ok=True)

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.root / "log"

    def open_log(self, name: str) -> Path:
        """The log file of a server; a long one is put aside once."""
        path = self.log / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        path.touch(mode=0o600)
        return path


class Lock:
    """An exclusive lock on a file, held until released or until this process dies, however it dies."""

    def __init__(self, path: Path, guarded: Path) -> None:
        """Take it at once. Raises AlreadyRunning, naming `guarded` and who holds it."""
        self._file = path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read().strip()
            self._file.close()
            raise AlreadyRunning(guarded, holder) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        self._file.close()


def make_socket_directory(record: Path, identity: Identity) -> Path:
    """A fresh 0700 directory with a path short enough for a socket. The one that `record` names, left by a server that
    was killed, is removed; `record` then names the new one."""
    remove_socket_directory(record)
    for parent in (tempfile.gettempdir(), "/tmp", "/run", "/var/tmp"):  # noqa: S108 - mkdtemp makes it safe
        if len(os.fsencode(parent)) + len("/huixiang-12345678") + len(LONGEST_SOCKET_NAME) > SOCKET_PATH_BYTES:
            continue
        try:
            made = Path(tempfile.mkdtemp(prefix="huixiang-", dir=parent))
        except OSError:
            continue
        identity.own_directory(made)
        record.write_text(str(made))
        return made
    raise OSError("no directory for sockets: neither the temporary directory, /tmp, /run nor /var/tmp can be written")


def remove_socket_directory(record: Path) -> None:
    """Remove the directory that `record` names, and the record."""
    if not record.exists():
        return
    named = Path(record.read_text().strip())
    if named.name.startswith("huixiang-") and named.is_dir() and not named.is_symlink():
        shutil.rmtree(named, ignore_errors=True)
    record.unlink()
