"""PostgreSQL under our own supervision: start, know when it is ready, start again, stop."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psycopg

from huixiang.platform.embedded import process
from huixiang.platform.embedded.binaries import postgres_programs
from huixiang.platform.embedded.cluster import ENVIRONMENT, ROLES, Cluster, ServerFailed
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home, Lock, make_socket_directory, remove_socket_directory

Role = Literal["huixiang_owner", "huixiang_app", "huixiang_read", "postgres"]
DATABASE = "huixiang"
READY_SECONDS = 600  # recovery after a crash reads the log written since the last checkpoint
FAST_STOP_SECONDS = 60.0
IMMEDIATE_STOP_SECONDS = 6.0


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
        self._cluster = Cluster(home, identity)
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
        self._lock = Lock(self._home.postgres / "lock", self._cluster.path)
        try:
            self._sockets = make_socket_directory(self._record, self._identity)
            self._run()
        except BaseException:
            self.stop()
            raise

    def exited(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def restart(self) -> None:
        """Start again after it died. Every URL stays, also when this fails and is tried once more."""
        self._end()
        self._run()

    def stop(self) -> None:
        """A fast stop: open transactions are rolled back, a checkpoint is written. Then give the lock back."""
        self._end()
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

    def _run(self) -> None:
        programs = self._programs or postgres_programs(self._identity)
        self._cluster.initialise(programs)
        self._cluster.clear_after_crash()
        self._cluster.configure(self._memory_mb)
        self._launch(programs)
        self._create_database()

    def _launch(self, programs: Path) -> None:
        fixed = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            **self._overrides,
        }
        options = [argument for name, value in fixed.items() for argument in ("-c", f"{name}={value}")]
        log = self._home.open_log("postgres")
        with self._cluster.reachable() as (directory, handles), log.open("ab") as output:
            self._process = process.spawn(
                [str(programs / "postgres"), "-D", directory, *options],
                identity=self._identity,
                # Immediate, not fast: gone within a second however much is unwritten; the log brings it back.
                death_signal=signal.SIGQUIT,
                environment=ENVIRONMENT,
                output=output,
                keep_open=handles,
                directory=Path("/"),
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._cluster.is_ready(self.pid):
            if self.exited() or time.monotonic() > deadline:
                raise ServerFailed("PostgreSQL", log)
            time.sleep(process.POLL_S)

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            for role in ROLES:
                if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
                    connection.execute(f"CREATE ROLE {role} LOGIN")
            if connection.execute("SELECT FROM pg_database WHERE datname = 'huixiang'").fetchone() is None:
                connection.execute("CREATE DATABASE huixiang OWNER huixiang_owner")
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def _end(self) -> None:
        if self._process is not None:
            process.stop(self._process, (signal.SIGINT, FAST_STOP_SECONDS), (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS))
            self._process = None
