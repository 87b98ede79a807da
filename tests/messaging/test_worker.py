"""The program's own worker delivers what was sent, and ends when it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from uuid import UUID

import pytest

from huixiang.entry.keys import use_keys
from huixiang.kernel.clock import SystemClock
from huixiang.messaging.model import Channel
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from tests.messaging.doubles import ROOT, Providers
from tests.messaging.post import CODE, PHONE, like, send, sunk
from tests.messaging.provider_double import ALIYUN_SECRET, PUSH_SECRET, WECHAT_SECRET

OPEN_ID, MAIL, DEVICE = "oABCD1234567", "li@example.com", "device-token-1"
SECRETS = (ALIYUN_SECRET, WECHAT_SECRET, PUSH_SECRET)


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


@pytest.mark.requirement("INV-6")
async def test_the_worker_logs_no_address_no_content_and_no_secret(
    db: Database, member: UUID, led_out: Settings, outside: Providers, database_url: str
) -> None:
    outside.will("aliyun", {"code": "isv.MOBILE_NUMBER_ILLEGAL"}, {"kind": "drop"}, {})
    use_keys(led_out)
    until = SystemClock().now() + timedelta(hours=1)  # codes end, so that none waits for another
    worker = start_worker(database_url, led_out, subprocess.PIPE, HUIXIANG_LOG_LEVEL="debug")
    try:
        for n in range(3):
            await send(db, member, like(CODE, key=f"code-{n}", expires_at=until))
        await send(db, member, like(CODE, key="w", channel=Channel.WECHAT_TEMPLATE, address=OPEN_ID))
        await send(db, member, like(CODE, key="m", channel=Channel.EMAIL, address=MAIL))
        await send(db, member, like(CODE, key="p", channel=Channel.PUSH, address=DEVICE))
        for service, count in {"aliyun": 2, "wechat": 1, "smtp": 1, "push": 1}.items():
            await until_taken(outside, service, count)
        await asyncio.sleep(0.5)
        worker.send_signal(signal.SIGTERM)
        said, _ = await asyncio.to_thread(worker.communicate, timeout=15)
    finally:
        worker.kill()
        worker.wait(timeout=10)
    assert said.count(b"message_request") == 6
    secrets = (PHONE, PHONE.removeprefix("+86"), OPEN_ID, MAIL, DEVICE, "284915", "验证码", "token-1", *SECRETS)
    assert [secret for secret in secrets if secret.encode() in said] == []


async def until_taken(outside: Providers, service: str, count: int) -> None:
    begun = time.monotonic()
    while len(await asyncio.to_thread(outside.taken, service)) < count:
        assert time.monotonic() - begun < 30, f"{service} did not get it"
        await asyncio.sleep(0.05)


def start_worker(
    database_url: str, settings: Settings, output: int | None = None, **variables: str
) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUIXIANG_")}
    environment |= {
        "HUIXIANG_ENVIRONMENT": "test",
        "HUIXIANG_HOME": str(settings.home),
        "HUIXIANG_DATABASE_URL": database_url,
        "HUIXIANG_METRICS_PORT": "0",
        "HUIXIANG_VALKEY": "off",
        "HUIXIANG_CHANNELS_FILE": str(settings.channels_file or ""),
        **variables,
    }
    command = [sys.executable, "-m", "huixiang.entry.worker"]
    return subprocess.Popen(  # noqa: S603 - our own program
        command, env=environment, cwd=ROOT, stdout=output, stderr=output and subprocess.STDOUT
    )


async def arrives(db: Database, count: int, *, within_s: float) -> float:
    """Seconds until so many messages have arrived at the sink."""
    begun = time.monotonic()
    while len(await sunk(db)) < count:
        assert time.monotonic() - begun < within_s, "it did not arrive"
        await asyncio.sleep(0.02)
    return time.monotonic() - begun
