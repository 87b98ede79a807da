"""`serve`: from a 0700 home with a path of 150 characters, what dies is started again, and nothing outlives it."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from huixiang.entry import background
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.embedded.endpoints import NotRunning, running
from huixiang.platform.embedded.process import is_running
from huixiang.platform.queue import enqueue
from tests.support.serving import Installation, until

PATH_LENGTH = 150


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared by the tests below, one after the other: each leaves it fit for the next, as a machine's would be."""
    private = tmp_path_factory.mktemp("private")
    private.chmod(0o700)
    path = private / ("x" * (PATH_LENGTH - len(str(private)) - 1))
    assert len(str(path)) == PATH_LENGTH
    return path


@pytest.fixture(scope="module")
def only(home: Path) -> Iterator[Installation]:
    one = Installation(home)
    yield one
    one.end()


@pytest.fixture
def installation(only: Installation) -> Installation:
    """Running. Tests pass it on as long as it lives, since a start takes a second."""
    return only if only.is_running() else only.start()


def kept(installation: Installation) -> set[str]:
    with psycopg.connect(installation.endpoints().database_url) as connection:
        return {row[0] for row in connection.execute("SELECT key FROM platform.directory WHERE kind = 'kept'")}


@pytest.mark.requirement("OPS-01")
def test_it_says_what_took_how_long_and_stops_in_order_finishing_requests(installation: Installation) -> None:
    stages = [re.match(r"(\S+).*\d\.\d\d s$", line) for line in installation.output]
    assert [found[1] for found in stages if found] == ["PostgreSQL", "Valkey", "migrations", "API,", "all"]
    children = installation.children()
    assert {"postgres", "valkey-server"} <= {Path(line.split()[0]).name.rstrip(":") for line in children.values()}

    with concurrent.futures.ThreadPoolExecutor() as pool:
        slow = pool.submit(installation.get, "/slow")
        time.sleep(0.3)
        assert installation.stop() == 0
        assert slow.result() == "slow"
    assert not [pid for pid in children if is_running(pid)]
    with pytest.raises(NotRunning, match="huixiang serve"):
        running(installation.home)
    assert not (installation.home / "run" / "postgres-sockets").exists()
    log = (installation.home / "log" / "postgres.log").read_text()
    assert "database system is shut down" in log.splitlines()[-1]


def test_a_second_start_on_the_same_home_is_refused(installation: Installation) -> None:
    second = Installation(installation.home)
    second.launch()
    assert second.finish() == 1
    assert f"{installation.home} is in use by process {installation.process.pid}" in "".join(second.output)
    assert installation.get("/pid")


@pytest.mark.requirement("OPS-01")
def test_when_the_supervisor_is_killed_all_is_gone_within_a_second_and_nothing_is_lost(
    installation: Installation,
) -> None:
    before = kept(installation)
    acknowledged = {f"supervisor-{number}" for number in range(40) if installation.write(f"supervisor-{number}")}
    assert len(acknowledged) == 40
    children = installation.children()
    installation.process.kill()
    until(lambda: not any(is_running(pid) for pid in children), 1.0, f"all of {children} are gone")
    installation.finish()

    installation.start()
    assert kept(installation) - before == acknowledged


def test_when_postgresql_is_killed_it_is_started_again_and_nothing_is_lost(installation: Installation) -> None:
    before = kept(installation)
    acknowledged = {f"postmaster-{number}" for number in range(40) if installation.write(f"postmaster-{number}")}
    with psycopg.connect(installation.endpoints().database_url) as busy:
        # A backend that computes does not notice at once that its postmaster is gone.
        busy.execute("SET statement_timeout = 0")
        with contextlib.suppress(psycopg.OperationalError):
            os.kill(installation.child("postgres -D"), signal.SIGKILL)
            busy.execute("SELECT count(*) FROM generate_series(1, 30000000)")
    until(lambda: installation.write("after-the-postmaster"), 15, "writes are taken again")
    acknowledged.add("after-the-postmaster")
    assert kept(installation) - before == acknowledged


def test_a_killed_api_process_worker_or_valkey_is_started_again(installation: Installation) -> None:
    for pattern in (r"supervisor\.api", r"entry\.worker", "valkey-server"):
        pid = installation.child(pattern)
        os.kill(pid, signal.SIGKILL)
        until(partial(_is_gone, pid), 5, f"{pattern} is gone")
        # A connection that comes meanwhile waits in the queue of the listening socket; it is not refused.
        assert installation.get("/pid")

        def replaced(pattern: str = pattern, pid: int = pid) -> bool:
            return any(
                re.search(pattern, line) for number, line in installation.children().items() if number != pid
            ) and (pattern != "valkey-server" or _answers(installation))

        until(replaced, 10, f"{pattern} is back")


def _is_gone(pid: int) -> bool:
    return not is_running(pid)


def _answers(installation: Installation) -> bool:
    path = str(installation.endpoints().valkey_url).removeprefix("unix://")
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False


async def test_its_worker_runs_jobs(installation: Installation) -> None:
    url = installation.endpoints().database_url
    db = await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock())
    async with db.transaction() as tx:
        await tx.execute(
            "INSERT INTO platform.idempotency (member_id, key, input_hash, recorded_at, expires_at)"
            " VALUES ($1, 'expired', '', $2, $2), ($1, 'kept', '', $2, NULL)",
            new_id(),
            tx.now,
        )
        assert await enqueue(tx, background.FORGET_KEYS, background.ForgetKeys())
    await db.close()

    def left() -> list[tuple[object, ...]]:
        with psycopg.connect(url) as connection:
            return connection.execute("SELECT key FROM platform.idempotency").fetchall()

    until(lambda: left() == [("kept",)], 15, "the job has run")


def test_of_two_starts_at_once_one_runs(only: Installation) -> None:
    only.end()
    both = [only, Installation(only.home)]
    for one in both:
        one.launch()
    until(lambda: any(not one.is_running() for one in both), 30, "one gives up")
    [loser] = [one for one in both if not one.is_running()]
    [winner] = [one for one in both if one is not loser]
    assert loser.finish() == 1
    assert f"{only.home} is in use by" in "".join(loser.output)
    winner.wait_ready()
    assert winner.get("/pid")
    assert winner.stop() == 0


def test_a_taken_port_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        installation = Installation(tmp_path, HUIXIANG_PORT=str(port))
        installation.launch()
        assert installation.finish() == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in "".join(installation.output)
    assert "PostgreSQL" not in "".join(installation.output)
