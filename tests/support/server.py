"""One PostgreSQL for a whole test session, shared by every xdist worker.

The first worker that needs it starts a keeper (`tests.support.keeper`), which owns the server and the migrated template
database, and ends with the session: it watches pytest's controlling process, so a killed pytest leaves nothing behind.

HUIXIANG_TEST_POSTGRES_BIN names the folder of another PostgreSQL's programs (15 or later) to run the same tests on.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

PROGRAMS_VARIABLE = "HUIXIANG_TEST_POSTGRES_BIN"
START_SECONDS = 120


class ServerInfo(msgspec.Struct, frozen=True):
    """What a worker needs to know. `sockets` is the server's socket directory."""

    sockets: str
    template: str

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={self.sockets}"


def chosen_programs() -> Path | None:
    """The PostgreSQL that the environment asks for; None for the one of the wheel."""
    named = os.environ.get(PROGRAMS_VARIABLE)
    return Path(named) if named else None


def shared_server() -> ServerInfo:
    """The session's server, started if this is the first to ask. Raises RuntimeError with the keeper's output."""
    session = _session_directory()
    session.mkdir(mode=0o700, exist_ok=True)
    ready = session / "ready.json"
    with _locked(session / "lock"):
        if not ready.exists():
            _start_keeper(session, ready)
    return msgspec.json.decode(ready.read_bytes(), type=ServerInfo)


def _session_directory() -> Path:
    """The same for all workers of one pytest run, and for that run alone."""
    return Path(tempfile.gettempdir()) / f"huixiang-tests-{os.geteuid()}-{_controller()}"


def _controller() -> int:
    """The process that a test session ends with: pytest's own, or with xdist the workers' parent."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def _start_keeper(session: Path, ready: Path) -> None:
    # A keeper that fails takes its folder along; what it said is read from the open file.
    with (session / "keeper.log").open("w+b") as log:
        keeper = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "tests.support.keeper", str(session), str(_controller())],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            cwd=Path(__file__).parents[2],
        )
        deadline = time.monotonic() + START_SECONDS
        while not ready.exists():
            if keeper.poll() is not None or time.monotonic() > deadline:
                log.seek(0)
                raise RuntimeError(f"the test server did not start:\n{log.read().decode(errors='replace')}")
            time.sleep(0.01)
    _detached.append(keeper)


# Kept so that nothing warns about a child that was not waited for: the keeper outlives the worker that started it.
_detached: list[subprocess.Popen[bytes]] = []


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
