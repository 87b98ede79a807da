"""Files with secrets: read by their owner alone, replaced whole, and changed by one process at a time."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huixiang.platform.settings import CannotRun


class ReadableByOthers(CannotRun):
    """Names the file and the remedy."""


def read(path: Path) -> bytes:
    """Raises FileNotFoundError, ReadableByOthers."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ReadableByOthers(f"{path} can be read by others; run: chmod 600 {path}")
        return file.read()


def replace(path: Path, content: bytes) -> None:
    """Written beside and renamed: whoever reads finds the old file or the new one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """One process at a time; what it renamed inside is on disk when it leaves."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
