"""Valkey under our own supervision. It keeps nothing on disk: what it holds can be made again from PostgreSQL."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

from huixiang.platform.embedded import process
from huixiang.platform.embedded.binaries import valkey_program
from huixiang.platform.embedded.cluster import ServerFailed
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home, Lock, make_socket_directory, remove_socket_directory

READY_SECONDS = 20
STOP_SECONDS = 5.0
MEMORY = "256mb"


class EmbeddedValkey:
    """One server for `home`. The object that starts it is its parent: start and stop it from one process."""

    def __init__(self, home: Home, identity: Identity, *, program: Path | None = None) -> None:
        """`program` is another `valkey-server` than the wheel's."""
        self._program = program
        self._home = home
        self._identity = identity
        self._record = home.run / "valkey-sockets"
        self._process: process.Process | None = None
        self._lock: Lock | None = None
        self._sockets: Path | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the server was not started")
        return self._process.pid

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Start, and wait until it answers. Raises AlreadyRunning, ServerFailed, MissingBinaries."""
        self._lock = Lock(self._home.run / "valkey.lock", self._home.root)
        try:
            self._sockets = make_socket_directory(self._record, self._identity)
            self._launch(self._program or valkey_program(self._identity))
        except BaseException:
            self.stop()
            raise

    def exited(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def restart(self) -> None:
        """Start again, empty, after it died. The URL stays, also when this fails and is tried once more."""
        self._end()
        self._launch(self._program or valkey_program(self._identity))

    def stop(self) -> None:
        self._end()
        if self._sockets is not None:
            remove_socket_directory(self._record)
            self._sockets = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _launch(self, program: Path) -> None:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._socket.parent),
            "save": "",
            "appendonly": "no",
            "maxmemory": MEMORY,
            "maxmemory-policy": "allkeys-lru",
            "daemonize": "no",
            "loglevel": "notice",
        }
        log = self._home.open_log("valkey")
        with log.open("ab") as output:
            self._process = process.spawn(
                [str(program), *(word for name, value in options.items() for word in (f"--{name}", value))],
                identity=self._identity,
                death_signal=signal.SIGKILL,
                environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                output=output,
                directory=Path("/"),
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self.exited() or time.monotonic() > deadline:
                raise ServerFailed("Valkey", log)
            time.sleep(process.POLL_S)

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1.0)
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def _end(self) -> None:
        if self._process is not None:
            process.stop(self._process, (signal.SIGTERM, STOP_SECONDS))
            self._process = None

    @property
    def _socket(self) -> Path:
        if self._sockets is None:
            raise RuntimeError("the server was not started")
        return self._sockets / "valkey.sock"
