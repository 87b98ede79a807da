"""The steps of a start: listen, migrate, wait until the API answers."""

from __future__ import annotations

import http.client
import shutil
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
from prometheus_client.multiprocess import mark_process_dead

from huixiang.entry.supervisor.program import Child, Program
from huixiang.platform import migrations
from huixiang.platform.embedded.paths import Home
from huixiang.platform.roles import assert_application_role
from huixiang.platform.settings import CannotRun, Settings

METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
QUEUE = 2048
READY_SECONDS = 60
LOOK_EVERY_S = 0.05


class StartFailed(CannotRun):
    """A step of the start did not work out."""


def listen(bind: str, port: int) -> socket.socket:
    """A listening socket for all API processes. Raises StartFailed where the address cannot be had."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    try:
        return socket.create_server((bind, port), family=family, backlog=QUEUE)
    except OSError as error:
        raise StartFailed(
            f"cannot listen on {bind} port {port} ({error.strerror}): another program may use it; "
            "choose another with HUIXIANG_PORT and HUIXIANG_BIND"
        ) from None


def address(listener: socket.socket) -> str:
    """The URL under which a listener answers on this machine."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def migrate(settings: Settings) -> list[str]:
    """Bring the database to this version where its owner is known, else see that it is there; the revisions run.
    Raises StartFailed, MigrationError, WrongRole."""
    url = str(settings.database_url)
    try:
        if settings.database_owner_url is not None:
            done = migrations.upgrade(settings.database_owner_url)
        elif lacking := migrations.pending(url):
            raise StartFailed(
                f"the database lacks {', '.join(lacking)}: run `huixiang migrate` with HUIXIANG_DATABASE_OWNER_URL"
            )
        else:
            done = []
    except psycopg.OperationalError as error:
        raise StartFailed(f"the database cannot be reached: {error}") from None
    assert_application_role(url)
    return done


def metrics_directory(home: Home) -> Path:
    """Where the processes of this run keep their numbers; those of the run before are removed."""
    directory = home.run / "metrics"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    return directory


def forget_metrics(directory: Path) -> Callable[[int], None]:
    """What takes a dead process's live gauges out of the sums."""

    def forget(pid: int) -> None:
        mark_process_dead(pid, str(directory))  # type: ignore[no-untyped-call]

    return forget


def wait_until_ready(url: str, children: Sequence[Child]) -> None:
    """Until /readyz says yes. Raises StartFailed when a program of ours ends, or after a minute."""
    deadline = time.monotonic() + READY_SECONDS
    host = url.removeprefix("http://")
    while not _is_ready(host):
        ended = [child for child in children if isinstance(child, Program) and child.exited()]
        if ended:
            raise StartFailed(f"a process of ours ended with code {ended[0].exit_code} while starting: see its message")
        if time.monotonic() > deadline:
            raise StartFailed(f"{url}/readyz did not say yes within {READY_SECONDS} s")
        time.sleep(LOOK_EVERY_S)


def _is_ready(host: str) -> bool:
    connection = http.client.HTTPConnection(host, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
