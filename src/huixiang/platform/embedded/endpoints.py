"""How a command finds the servers that `serve` runs: a file in the home, valid while its writer lives."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from huixiang.platform.embedded import process
from huixiang.platform.settings import CannotRun, Settings

FILE = Path("run") / "endpoints.json"


class NotRunning(CannotRun):
    """A command needs the database, none is named, and `serve` is not running on this home."""

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"nothing runs on {home}: start `huixiang serve` first, name its directory with HUIXIANG_HOME, "
            "or name a database with HUIXIANG_DATABASE_URL"
        )


class Endpoints(msgspec.Struct, frozen=True):
    """Where everything of one running installation answers. None: not known to it (an outside server's owner)."""

    pid: int
    database_url: str
    database_owner_url: str | None
    database_read_url: str | None
    valkey_url: str | None
    address: str | None = None

    def write(self, home: Path) -> None:
        path = home / FILE
        scratch = path.with_suffix(".new")
        scratch.touch(mode=0o600)
        scratch.write_bytes(msgspec.json.encode(self))
        scratch.replace(path)

    def settings(self, given: Settings) -> Settings:
        """`given`, with these servers."""
        return msgspec.structs.replace(
            given,
            database_url=self.database_url,
            database_owner_url=self.database_owner_url,
            database_read_url=self.database_read_url,
            valkey_url=self.valkey_url,
        )


def forget(home: Path) -> None:
    (home / FILE).unlink(missing_ok=True)


def connect(settings: Settings) -> Settings:
    """The settings with every server named: as given, or those that `serve` runs. Raises NotRunning."""
    if settings.database_url is not None:
        return settings
    return running(settings.home).settings(settings)


def running(home: Path) -> Endpoints:
    """What `serve` on this home has written. Raises NotRunning."""
    try:
        found = msgspec.json.decode((home / FILE).read_bytes(), type=Endpoints)
    except (OSError, msgspec.DecodeError):
        raise NotRunning(home) from None
    if found.pid != os.getpid() and not process.is_running(found.pid):
        raise NotRunning(home)
    return found
