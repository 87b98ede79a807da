"""The program's own worker delivers what was sent, and ends when it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from uuid import UUID

import pytest

from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from tests.messaging.doubles import ROOT
from tests.messaging.post import CODE, like, send, sunk


@pytest.mark.requirement("CMP-04")
async def test_the_worker_delivers_within_a_second_and_stops(
    db: Database, member: UUID, settings: Settings, database_url: str
) -> None:
    worker = start_worker(database_url, settings)
    try:
        await send(db, member, CODE)
        await arrives(db, 1, within_s=30)  # it has to start first
        await send(db, member, like(CODE, key="code-2"))
        assert await arrives(db, 2, within_s=5) < 1.5
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(worker.wait, 15) == 0
    finally:
        worker.kill()
        worker.wait(timeout=10)


def start_worker(database_url: str, settings: Settings) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUIXIANG_")}
    environment |= {
        "HUIXIANG_ENVIRONMENT": "test",
        "HUIXIANG_HOME": str(settings.home),
        "HUIXIANG_DATABASE_URL": database_url,
        "HUIXIANG_METRICS_PORT": "0",
        "HUIXIANG_VALKEY": "off",
    }
    return subprocess.Popen([sys.executable, "-m", "huixiang.entry.worker"], env=environment, cwd=ROOT)


async def arrives(db: Database, count: int, *, within_s: float) -> float:
    """Seconds until so many messages have arrived at the sink."""
    begun = time.monotonic()
    while len(await sunk(db)) < count:
        assert time.monotonic() - begun < within_s, "it did not arrive"
        await asyncio.sleep(0.02)
    return time.monotonic() - begun
