"""PostgreSQL under our own supervision: make the data directory, start, know when it is ready, stop, recover."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psycopg

from huixiang.platform.embedded import process, tuning
from huixiang.platform.embedded.binaries import postgres_programs
from huixiang.platform.embedded.identity import Identity, our_name
from huixiang.platform.embedded.paths import Home, Lock, make_socket_directory, remove_socket_directory
from huixiang.platform.settings import CannotRun

Role = Literal["huixiang_owner", "huixiang_app", "huixiang_read", "postgres"]
DATABASE = "huixiang"
READY_SECONDS = 600  # recovery after a crash reads the log written since the last checkpoint
FAST_STOP_SECONDS = 60.0
IMMEDIATE_STOP_SECONDS = 6.0
NEW_ROLES = "CREATE ROLE huixiang_owner LOGIN; CREATE ROLE huixiang_app LOGIN; CREATE ROLE huixiang_read LOGIN"
ACCESS = "# Written at every start. Only over the socket, only the user who started the server.\n"


class ServerFailed(CannotRun):
    """A server did not start. The message ends with the last lines of its log."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(f"{name} did not start; {log} ends with:\n{process.tail(log)}")


class EmbeddedPostgres:
    """One server on `home.postgres`. The object that starts it is its parent: start and stop it from one process."""

    def __init__(
        self,
        home: Home,
        identity: Identity,
        *,
        memory_mb: int | None = None,
        programs: Path | None = None,
        overrides: Mapping[str, str] | None = None,
    ) -> None:
        """`programs` is the folder of another PostgreSQL (15 or later); `overrides` win over every other setting."""
        self._home = home
        self._identity = identity
        self._memory_mb = memory_mb
        self._programs = programs
        self._overrides = dict(overrides or {})
        self._data = home.postgres / "data"
        self._record = home.run / "postgres-sockets"
        self._process: process.Process | None = None
        self._lock: Lock | None = None
        self._sockets: Path | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the server was not started")
        return self._process.pid

    def start(self) -> None:
        """Start, and wait until it takes connections. Raises AlreadyRunning, ServerFailed, MissingBinaries."""
        self._home.postgres.mkdir(mode=0o700, exist_ok=True)
        if self._lock is None:
            self._lock = Lock(self._home.postgres / "lock", self._data)
        try:
            programs = self._programs or postgres_programs(self._identity)
            if not self._data.exists():
                self._initialise(programs)
            self._clear_after_crash()
            self._write_configuration()
            self._launch(programs)
            self._create_database()
        except BaseException:
            self.stop()
            raise

    def exited(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def restart(self) -> None:
        """Start again after it died. The socket directory, and so every URL, stays."""
        self._reap()
        self.start()

    def stop(self) -> None:
        """A fast stop: open transactions are rolled back, a checkpoint is written. Then give the lock back."""
        if self._process is not None:
            process.stop(self._process, (signal.SIGINT, FAST_STOP_SECONDS), (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS))
        self._reap()
        if self._sockets is not None:
            remove_socket_directory(self._record)
            self._sockets = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def url(self, role: Role, database: str = DATABASE) -> str:
        """For asyncpg and psycopg alike. There is no password: the kernel says who connects."""
        if self._sockets is None:
            raise RuntimeError("the server was not started")
        return f"postgresql://{role}@/{database}?host={quote(str(self._sockets), safe='')}"

    def _initialise(self, programs: Path) -> None:
        scratch = self._home.postgres / "new"
        shutil.rmtree(scratch, ignore_errors=True)  # of a start that was killed
        self._identity.own_directory(scratch)
        log = self._home.open_log("initdb")
        with self._open_data(scratch) as (directory, keep_open), log.open("wb") as output:
            made = process.spawn(
                [str(programs / "initdb"), "-D", directory, *_initdb_options(programs)],
                identity=self._identity,
                environment=_environment(),
                output=output,
                keep_open=keep_open,
                directory=Path("/"),
            )
            if made.wait() != 0:
                raise ServerFailed("initdb", log)
        scratch.rename(self._data)

    def _open_data(self, data: Path) -> _OpenDirectory:
        return _OpenDirectory(data, by_handle=self._identity.switch)

    def _write_configuration(self) -> None:
        settings = tuning.settings_for(self._memory_mb or tuning.machine_memory_mb())
        self._write("huixiang.conf", tuning.render(settings))
        main = (self._data / "postgresql.conf").read_text()
        include = "include = 'huixiang.conf'\n"
        if include not in main:
            self._write("postgresql.conf", f"{main}\n{include}")
        rules = "".join(f"local {which} all peer map=huixiang\n" for which in ("all", "replication"))
        self._write("pg_hba.conf", ACCESS + rules)
        me = our_name().replace('"', '""')
        roles = ("postgres", "huixiang_owner", "huixiang_app", "huixiang_read")
        self._write("pg_ident.conf", ACCESS + "".join(f'huixiang "{me}" {role}\n' for role in roles))

    def _write(self, name: str, text: str) -> None:
        path = self._data / name
        path.write_text(text)
        path.chmod(0o600)
        if self._identity.switch:
            os.chown(path, self._identity.uid, self._identity.gid)

    def _clear_after_crash(self) -> None:
        """Make a crash of before, ours or the server's, no obstacle. We hold the lock: no healthy server is in here."""
        if not self._pid_file.exists():
            return
        left = process.working_in(self._data, "postgres")
        # Those of a killed supervisor are stopping by themselves; those of a killed postmaster may compute on.
        for number, seconds in ((None, 3.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            for pid in left:
                if number is not None:
                    _send(pid, number)
            left = process.wait_until_gone(left, seconds)
        # PostgreSQL takes a zombie for a running server. It passes over its parent's id, and still looks at the
        # shared memory that a living backend would hold; removing the file would drop that second look as well.
        if self._pid_file.exists():
            lines = self._pid_file.read_text().split("\n")
            self._write("postmaster.pid", "\n".join([str(os.getpid()), *lines[1:]]))

    def _launch(self, programs: Path) -> None:
        if self._sockets is None:
            self._sockets = make_socket_directory(self._record, self._identity)
        fixed = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            **self._overrides,
        }
        options = [argument for name, value in fixed.items() for argument in ("-c", f"{name}={value}")]
        log = self._home.open_log("postgres")
        with self._open_data(self._data) as (directory, keep_open), log.open("ab") as output:
            self._process = process.spawn(
                [str(programs / "postgres"), "-D", directory, *options],
                identity=self._identity,
                # Immediate, not fast: gone within a second however much is unwritten; the log brings it back.
                death_signal=signal.SIGQUIT,
                environment=_environment(),
                output=output,
                keep_open=keep_open,
                directory=Path("/"),
            )
        self._wait_until(self._is_ready, log)

    def _is_ready(self) -> bool:
        try:
            lines = self._pid_file.read_text().split("\n")
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _wait_until(self, ready: Callable[[], bool], log: Path) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not ready():
            if self.exited() or time.monotonic() > deadline:
                raise ServerFailed("PostgreSQL", log)
            time.sleep(process.POLL_S)

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_roles WHERE rolname = 'huixiang_owner'").fetchone() is None:
                connection.execute(NEW_ROLES)
            if connection.execute("SELECT FROM pg_database WHERE datname = 'huixiang'").fetchone() is not None:
                return
            connection.execute("CREATE DATABASE huixiang OWNER huixiang_owner")
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._process = None

    @property
    def _pid_file(self) -> Path:
        return self._data / "postmaster.pid"


class _OpenDirectory:
    """A directory as an argument for a process of another user, who may not be able to walk the path to it (a 0700
    home). Such a process gets an open handle, and `/proc/self/fd/N` as its path, which needs no walk."""

    def __init__(self, path: Path, *, by_handle: bool) -> None:
        self._path = path
        self._handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY) if by_handle else None

    def __enter__(self) -> tuple[str, list[int]]:
        if self._handle is None:
            return str(self._path), []
        return f"/proc/self/fd/{self._handle}", [self._handle]

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            os.close(self._handle)


def _initdb_options(programs: Path) -> list[str]:
    """Sorting is by code point everywhere: a machine's own locale would change the order of an index."""
    options = ["--username=postgres", "--auth=peer", "--encoding=UTF8"]
    program = str(programs / "postgres")
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    major = int(version.stdout.split()[2].split(".")[0])
    if major >= 17:
        return [*options, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*options, "--locale=C.UTF-8"]


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
