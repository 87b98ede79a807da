"""A PostgreSQL data directory: made once, configured at every start, cleared of what a crash left."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from huixiang.platform.embedded import process, tuning
from huixiang.platform.embedded.identity import Identity, our_name
from huixiang.platform.embedded.paths import Home
from huixiang.platform.settings import CannotRun

ROLES = ("huixiang_owner", "huixiang_app", "huixiang_read")
ACCESS = "# Written at every start. Only over the socket, only the user who started the server.\n"
ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
STATUS_LINE = 7  # of postmaster.pid


class ServerFailed(CannotRun):
    """A server did not start. The message ends with the last lines of its log."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(f"{name} did not start; {log} ends with:\n{process.tail(log)}")


class Cluster:
    """`postgres/data` below a home."""

    def __init__(self, home: Home, identity: Identity) -> None:
        self._home = home
        self._identity = identity
        self.path = home.postgres / "data"

    @contextmanager
    def reachable(self, path: Path | None = None) -> Iterator[tuple[str, list[int]]]:
        """The directory as an argument for a server process, and the handles that process must inherit.

        A server of another user may not be able to walk the path (a 0700 home): it gets an open handle, and
        `/proc/self/fd/N` as the path, which needs no walk.
        """
        target = path or self.path
        if not self._identity.switch:
            yield str(target), []
            return
        handle = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{handle}", [handle]
        finally:
            os.close(handle)

    def initialise(self, programs: Path) -> None:
        """Make it where there is none. One that is killed in the middle leaves nothing that counts."""
        if self.path.exists():
            return
        scratch = self._home.postgres / "new"
        shutil.rmtree(scratch, ignore_errors=True)
        self._identity.own_directory(scratch)
        log = self._home.open_log("initdb")
        with self.reachable(scratch) as (directory, handles), log.open("wb") as output:
            made = process.spawn(
                [str(programs / "initdb"), "-D", directory, *_initdb_options(programs)],
                identity=self._identity,
                environment=ENVIRONMENT,
                output=output,
                keep_open=handles,
                directory=Path("/"),
            )
            if made.wait() != 0:
                raise ServerFailed("initdb", log)
        scratch.rename(self.path)

    def configure(self, memory_mb: int | None) -> None:
        """Write our settings, and who may connect as whom."""
        memory_mb = memory_mb or tuning.machine_memory_mb()
        settings = tuning.settings_for(memory_mb, tuning.free_disk_mb(self.path))
        self._write("huixiang.conf", tuning.render(settings))
        main = (self.path / "postgresql.conf").read_text()
        include = "include = 'huixiang.conf'\n"
        if include not in main:
            self._write("postgresql.conf", f"{main}\n{include}")
        rules = "".join(f"local {which} all peer map=huixiang\n" for which in ("all", "replication"))
        self._write("pg_hba.conf", ACCESS + rules)
        me = our_name().replace('"', '""')
        self._write("pg_ident.conf", ACCESS + "".join(f'huixiang "{me}" {role}\n' for role in ("postgres", *ROLES)))

    def is_ready(self, pid: int) -> bool:
        """Whether the postmaster `pid` says that it takes connections."""
        try:
            lines = self._pid_file.read_text().split("\n")
        except OSError:
            return False
        return len(lines) > STATUS_LINE and lines[0] == str(pid) and lines[STATUS_LINE].strip() == "ready"

    def clear_after_crash(self) -> None:
        """Make a crash, ours or the server's, no obstacle. To be called under the lock: no healthy server is here."""
        if not self._pid_file.exists():
            return
        left = process.working_in(self.path, "postgres")
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

    def _write(self, name: str, text: str) -> None:
        path = self.path / name
        path.write_text(text)
        path.chmod(0o600)
        if self._identity.switch:
            os.chown(path, self._identity.uid, self._identity.gid)

    @property
    def _pid_file(self) -> Path:
        return self.path / "postmaster.pid"


def _initdb_options(programs: Path) -> list[str]:
    """Sorting is by code point everywhere: a machine's own locale would change the order of an index."""
    options = ["--username=postgres", "--auth=peer", "--encoding=UTF8"]
    program = str(programs / "postgres")
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    major = int(version.stdout.split()[2].split(".")[0])
    if major >= 17:
        return [*options, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*options, "--locale=C.UTF-8"]


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
