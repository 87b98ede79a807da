"""The demonstration, with everything it runs on killed in mid-import: the totals are the same."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from huixiang.entry.keys import use_keys
from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from huixiang.points import service as points
from tests.intake.ground import recounted, standings
from tests.intake.recount import recount
from tests.support.serving import Installation, until

HOUSEHOLDS = 150
PROGRAM = "from huixiang.entry.cli.demo import app; app()"
VICTIMS = ("demo_steps import", "postgres", "entry.worker", "supervisor.api")
RESTART_SECONDS = 120
pytestmark = pytest.mark.demo_data


class Demo(Installation):
    """`huixiang demo`, with some households."""

    def launch(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HUIXIANG_")}
        environment |= {
            "HUIXIANG_HOME": str(self.home),
            "HUIXIANG_PORT": "0",
            "HUIXIANG_METRICS_PORT": "0",
            "HUIXIANG_API_PROCESSES": "1",
        }
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-P", "-c", PROGRAM, "--members", str(HOUSEHOLDS)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )

    def orders(self) -> tuple[str, int, int]:
        """The run's state, and how many orders are loaded of how many; nothing while the database is away."""
        with contextlib.suppress(psycopg.Error), psycopg.connect(self.endpoints().database_url) as connection:
            row = connection.execute(
                """SELECT state, coalesce((SELECT sum(items) FROM intake.chunk AS c WHERE c.stage = 'orders'), 0)::int,
                          CASE stage WHEN 'orders' THEN total::int ELSE 0 END
                   FROM intake.run"""
            ).fetchone()
            if row:
                return row
        return "", 0, 0

    def reached(self, share: float) -> bool:
        _, done, total = self.orders()
        return done < total and done >= share * total

    def is_replaced(self, pattern: str, victim: int) -> bool:
        with contextlib.suppress(AssertionError):
            return self.child(pattern) != victim
        return False


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    running = Demo(tmp_path / "home")
    running.start()
    yield running
    running.end()


@pytest.mark.requirement("MEM-12")
async def test_kills_in_mid_import_change_no_total(demo: Demo) -> None:
    for share, pattern in zip((0.01, 0.25, 0.45, 0.6), VICTIMS, strict=True):
        until(partial(demo.reached, share), RESTART_SECONDS, f"{share:.0%} of the orders")
        victim = demo.child(pattern)
        os.kill(victim, signal.SIGKILL)
        until(partial(demo.is_replaced, pattern, victim), RESTART_SECONDS, f"a new {pattern}")
    until(lambda: demo.orders()[0] == "done", RESTART_SECONDS, "the import to be done")
    url = demo.endpoints().database_url
    register_rule_kinds()
    use_keys(Settings(home=demo.home, environment="demo"))
    db = await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock())
    try:
        year = recount(HOUSEHOLDS)
        assert await standings(db, list(year.households)) == recounted(year)
        async with db.snapshot() as tx:
            verified = await points.verify(tx)
        assert (verified.differences, verified.findings) == (0, [])
        assert verified.postings == sum(one.postings for one in year.households.values())
    finally:
        await db.close()
    demo.get("/readyz", timeout=RESTART_SECONDS)
    assert demo.stop() == 0
    said = "".join(demo.output)
    assert "DIFFERENT" not in said
    orders = f"{sum(one.orders for one in year.households.values()):,}"
    assert re.search(rf"^orders +{orders} +{orders}  equal$", said, re.MULTILINE)
