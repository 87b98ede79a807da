"""A database with accounts in it, pgbench beside it, and what both cost in processor time."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psycopg

from bench import ledger_scripts as scripts
from huixiang.platform import migrations
from huixiang.platform.embedded.binaries import postgres_programs
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.postgres import EmbeddedPostgres

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
YARDSTICK = "yardstick"
SCALE = 10
LATENCY = re.compile(r"latency average = ([\d.]+) ms")
DONE = re.compile(r"number of transactions actually processed: (\d+)")

# Members' accounts with two lots of 1,000 points that expire a month apart, through the door itself.
_EARN = scripts.earn("lpad(to_hex(n), 32, '0')::uuid", "'fill.' || month", 6, 1000, "current_date + 100 + 30 * month")
FILL = (
    f"SELECT count({_EARN.replace('%', '%%')}) "  # noqa: S608 - ours
    "FROM generate_series(%s::bigint, %s::bigint) AS n, generate_series(1, 2) AS month"
)
FILLED_AT_ONCE = 20_000


class Cost(msgspec.Struct, frozen=True):
    """Of so many operations in so many seconds: processor seconds of the server and of the client."""

    operations: int
    seconds: float
    server: float
    client: float

    @property
    def rate(self) -> float:
        return self.operations / self.seconds

    @property
    def cpu_us(self) -> float:
        """Processor microseconds of one operation, both sides."""
        return 1e6 * (self.server + self.client) / self.operations


class Ground(msgspec.Struct, frozen=True):
    """A running server."""

    server: EmbeddedPostgres
    programs: Path
    members: int

    @property
    def app_url(self) -> str:
        return self.server.url("huixiang_app")

    def server_cpu_s(self) -> float:
        """Processor time of PostgreSQL and its backends, with those that have ended.

        A backend that ends between two looks would be missed: the looks are taken until two agree about who lives.
        """
        pid = self.server.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        while True:
            living = children.read_text()
            used = _cpu_s(pid, ended=True) + sum(_cpu_s(int(child)) for child in living.split())
            if children.read_text() == living:
                return used

    def pgbench(self, arguments: list[str], database: str, clients: int, seconds: int) -> Cost:
        """Run pgbench with prepared statements; what it did and cost."""
        command = [
            str(self.programs / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds),
            *arguments, self.server.url("postgres", database),
        ]  # fmt: skip
        before, own = self.server_cpu_s(), _children_cpu_s()
        started = time.perf_counter()
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - ours
        passed = time.perf_counter() - started
        done = DONE.search(output)
        assert done, output
        return Cost(int(done[1]), passed, self.server_cpu_s() - before, _children_cpu_s() - own)

    def prepare_calls(self, calls: str) -> None:
        """Lay calls out (`ledger_scripts.calls`) in place of those before."""
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute("TRUNCATE public.bench_call")
            connection.execute(calls)
            connection.execute("VACUUM ANALYZE public.bench_call")

    def postings(self) -> int:
        with psycopg.connect(self.server.url("postgres")) as connection:
            row = connection.execute("SELECT sum(seq)::bigint FROM points.account").fetchone()
            return int(row[0]) if row else 0

    def script(self, text: str, clients: int, seconds: int) -> Cost:
        """Run a script of pgbench on the program's database; it may count in :i."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(text)
            file.flush()
            return self.pgbench(["-f", file.name, "-D", "i=0"], "huixiang", clients, seconds)


def _cpu_s(pid: int, *, ended: bool = False) -> float:
    """Processor time of a process; `ended`: with its children that have ended, which is where one that is gone is."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11 : 15 if ended else 13]) * TICK_S


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def ground(members: int) -> Iterator[Ground]:
    """A server in a directory that is thrown away, with pgbench's tables and so many members' accounts."""
    with tempfile.TemporaryDirectory(prefix="huixiang-bench-") as name:
        home = Path(name)
        home.chmod(0o711)
        identity = Identity.for_servers("nobody")
        server = EmbeddedPostgres(Home(home), identity)
        server.start()
        try:
            migrations.upgrade(server.url("huixiang_owner"))
            made = Ground(server, postgres_programs(identity), members)
            _fill(made)
            yield made
        finally:
            server.stop()


def _fill(made: Ground) -> None:
    with psycopg.connect(made.server.url("postgres"), autocommit=True) as connection:
        for start in range(1, made.members + 1, FILLED_AT_ONCE):
            connection.execute(FILL, (start, min(start + FILLED_AT_ONCE - 1, made.members)))
        connection.execute(scripts.CALLS)
        connection.execute(f"CREATE DATABASE {YARDSTICK}")
        connection.execute("VACUUM ANALYZE")
    command = [str(made.programs / "pgbench"), "-i", "-q", "-s", str(SCALE), made.server.url("postgres", YARDSTICK)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ)  # noqa: S603 - ours
    with psycopg.connect(made.server.url("postgres"), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
