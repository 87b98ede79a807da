"""A database with members and points, and two servers on it: the program and the yardstick."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from huixiang.checkout import service as checkout
from huixiang.checkout.model import NewLine, NewOrder
from huixiang.entry.keys import use_keys
from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.members import service as members
from huixiang.members.model import ExternalId, MemberRef, NewMember
from huixiang.platform import migrations
from huixiang.platform.db import Database
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.postgres import EmbeddedPostgres
from huixiang.platform.settings import Settings
from huixiang.rulebook import service as rulebook
from huixiang.staff import service as staff

MEMBERS = 2_000
ORDERS_EACH = 3
CONNECTIONS = 8
PROGRAM = "huixiang.entry.http:create_app"
BARE = "bench.http_bare:create_app"
ROOT = Path(__file__).parents[1]
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class Served(msgspec.Struct, frozen=True):
    """A server process."""

    port: int
    pid: int

    def cpu_s(self) -> float:
        """Processor time it has used so far, user and system."""
        return cpu_of(self.pid)


class Ground(msgspec.Struct, frozen=True):
    """What both servers stand on."""

    program: Served
    bare: Served
    database_pid: int
    database_url: str
    token: str
    members: list[str]

    def database_cpu_s(self) -> float:
        """Processor time of PostgreSQL and its backends, with those that have ended."""
        children = Path(f"/proc/{self.database_pid}/task/{self.database_pid}/children").read_text().split()
        used = 0.0
        for pid in children:
            with suppress(FileNotFoundError):  # ended meanwhile, and so counted below
                used += cpu_of(int(pid))
        return used + cpu_of(self.database_pid, ended=True)


def cpu_of(pid: int, *, ended: bool = False) -> float:
    """Processor time of a process; `ended`: with its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11 : 15 if ended else 13]) * TICK_S


Fill = Callable[[Database, list[str]], Awaitable[None]]


@contextmanager
def ground(
    more: Fill | None = None, bare: str = BARE, program: str = PROGRAM, members: int = MEMBERS
) -> Iterator[Ground]:
    """Start everything in a directory that is thrown away, fill it, and stop everything at the end. more: what else is
    filled in for so many members; bare, program: the factories of the yardstick and of what is measured."""
    with tempfile.TemporaryDirectory(prefix="huixiang-bench-") as name:
        home = Path(name)
        home.chmod(0o711)
        server = EmbeddedPostgres(Home(home), Identity.for_servers("nobody"))
        server.start()
        try:
            migrations.upgrade(server.url("huixiang_owner"))
            settings = Settings(
                environment="test",
                home=home,
                database_url=server.url("huixiang_app"),
                database_connections=CONNECTIONS,
                key_requests_per_minute=10_000_000,  # counted, and never reached
                member_requests_per_minute=10_000_000,
                log_level="info",
            )
            token, member_ids = asyncio.run(_fill(settings, members, more))
            with _serving(settings, program) as measured, _serving(settings, bare) as yardstick:
                yield Ground(measured, yardstick, server.pid, server.url("huixiang_app"), token, member_ids)
        finally:
            server.stop()


async def _fill(settings: Settings, count: int, more: Fill | None) -> tuple[str, list[str]]:
    """Members with some orders each; a key with every scope, and the members' ids."""
    use_keys(settings)
    register_rule_kinds()
    db = await Database.open(
        str(settings.database_url), calendar=BusinessCalendar(settings.time_zone), clock=SystemClock()
    )
    async with db.transaction() as tx:
        await members.check_keys(tx)
        await rulebook.load_shipped(tx)
        key = await staff.create_key(tx, "bench", staff.SCOPES, "bench")
    member_ids: list[str] = []
    for start in range(0, count, 500):
        async with db.transaction() as tx:
            new = [
                NewMember(channel="till", external_ids=(ExternalId("till", f"m{n}"),))
                for n in range(start, min(start + 500, count))
            ]
            made = await members.register_bulk(tx, new)
        member_ids += [str(one.member_id) for one in made]
    for start in range(0, count, 200):
        async with db.transaction() as tx:
            orders = [
                _past_order(db, member_id, number)
                for member_id in member_ids[start : start + 200]
                for number in range(ORDERS_EACH)
            ]
            await checkout.post_orders(tx, orders)
    if more is not None:
        await more(db, member_ids)
    await db.close()
    return key.token, member_ids


def _past_order(db: Database, member_id: str, number: int) -> NewOrder:
    return NewOrder(
        source="history",
        external_id=f"{member_id}-{number}",
        member=MemberRef(member_id=UUID(member_id)),
        channel="till",
        programme="base",
        completed_at=db.clock.now() - timedelta(days=30 - number),
        lines=[NewLine(line_id="1", sku="apple", pieces=1, payable_fen=1_000)],
    )


@contextmanager
def _serving(settings: Settings, factory: str) -> Iterator[Served]:
    """One API process as `serve` starts it; its log is kept beside the database."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        log = (settings.home / f"{factory.partition(':')[0]}.log").open("wb")
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "huixiang.entry.supervisor.api", str(listener.fileno()), factory],
            env={**os.environ, **settings.as_environment(), "PYTHONPATH": str(ROOT)},
            pass_fds=[listener.fileno()],
            stderr=log,
        )
    try:
        _wait(port, process)
        yield Served(port, process.pid)
    finally:
        process.terminate()
        process.wait()
        log.close()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until something answers, whatever it says."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server on port {port} did not answer")
