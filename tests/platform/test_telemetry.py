"""Logs and metrics as other programs read them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from huixiang.platform import metrics
from huixiang.platform.db import Database
from huixiang.platform.health import readiness

pytestmark = pytest.mark.requirement("OPS-05")

LOGGING = """
import logging, structlog
from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.telemetry import configure_logging
configure_logging("info", "%s")
log = structlog.get_logger("test")
log.info("something", phone="13800138000", route="/x", text="called 138 0013 8000 twice", count=13800138000,
         nested={"name": "李雷", "ok": ["+86 138-0013-8000", 7]}, order="019d0000-7000-7000-8000-000000000001")
log.debug("too quiet")
def fail(secret):
    try:
        {}[secret]
    except KeyError as error:
        raise InvariantBroken("balance below zero") from error
try:
    fail("13800138000")
except InvariantBroken:
    log.exception("broke")
logging.getLogger("uvicorn.error").warning("peer %%s spoke", "13800138000")
try:
    fail("13800138000")
except InvariantBroken:
    logging.getLogger("asyncio").error("loop", exc_info=True)
"""

METRICS = """
import os, sys
from huixiang.platform import metrics
metrics.observe_request("GET", "/x", 200, 0.01)
metrics.IN_FLIGHT.inc()
print(os.getpid(), flush=True)
sys.stdin.read()
"""


def python(code: str, **environment: str) -> subprocess.Popen[str]:
    """A process of its own, since logging and metrics are set up once in each."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def logged(form: str) -> str:
    out, errors = python(LOGGING % form).communicate(timeout=60)
    assert out == ""
    return errors


def test_each_line_is_json_and_names_nobody() -> None:
    lines: list[dict[str, Any]] = [json.loads(line) for line in logged("json").splitlines()]
    assert [line["event"] for line in lines] == ["something", "broke", "peer *** spoke", "loop"]
    first, broke, _, loop = lines
    assert first["level"] == "info"
    assert first["timestamp"].endswith("Z")
    assert (first["phone"], first["text"], first["count"]) == ("***", "called *** twice", "***")
    assert first["route"] == "/x"
    assert first["nested"] == {"name": "***", "ok": ["***", 7]}
    assert first["order"] == "019d0000-7000-7000-8000-000000000001"
    for line in (broke, loop):
        assert line["error"] == ["InvariantBroken", "KeyError"]
        assert line["invariant"] == "balance below zero"
        assert line["frames"][-1].endswith(" fail")
    assert "李雷" not in str(lines)


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_phone_gets_through_in_any_form(form: str) -> None:
    text = logged(form)
    assert "broke" in text
    assert not [phone for phone in ("13800138000", "138 0013 8000", "138-0013-8000") if phone in text]


def test_processes_are_summed_up_and_the_dead_are_forgotten(tmp_path: Path) -> None:
    directory = {metrics.DIRECTORY_VARIABLE: str(tmp_path)}
    children = [python(METRICS, **directory) for _ in range(2)]
    serve = (
        "import sys\nfrom pathlib import Path\nfrom huixiang.entry.supervisor import stages\n"
        "from huixiang.platform import metrics\n"
        "server, _ = metrics.serve_metrics('127.0.0.1', 0)\nprint(server.server_port, flush=True)\n"
        f"forget = stages.forget_metrics(Path({str(tmp_path)!r}))\n"
        "for line in sys.stdin: forget(int(line)); print('done', flush=True)\n"
    )
    server = python(serve, **directory)
    assert server.stdout is not None
    assert server.stdin is not None
    try:
        pids = [child.stdout.readline().strip() for child in children if child.stdout is not None]
        port = int(server.stdout.readline())
        assert sample(port, 'huixiang_http_requests_total{method="GET",route="/x",status="200"}') == 2
        assert sample(port, "huixiang_http_in_flight") == 2
        children[0].kill()
        children[0].wait()
        print(pids[0], file=server.stdin, flush=True)
        server.stdout.readline()
        assert sample(port, "huixiang_http_in_flight") == 1
        assert sample(port, 'huixiang_http_requests_total{method="GET",route="/x",status="200"}') == 2
    finally:
        for child in (*children, server):
            child.kill()
            child.communicate()


def sample(port: int, name: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines: list[str] = answer.read().decode().splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


async def test_outbox_and_pool_gauges(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(
            "INSERT INTO platform.outbox (member_id, seq, recorded_at, events)"
            " SELECT gen_random_uuid(), 1, $1::timestamptz - interval '90 seconds', '[]' FROM generate_series(1, 3)",
            tx.now,
        )
        await metrics.observe_outbox(tx)
    assert metrics.OUTBOX_DEPTH._value.get() == 3
    assert metrics.OUTBOX_AGE._value.get() == 90
    assert metrics.OUTBOX_PARKED._value.get() == 0
    metrics.observe_pool(db)
    assert metrics.CONNECTIONS.labels("idle")._value.get() >= 1


@pytest.mark.requirement("OPS-02")
async def test_ready_means_reachable_and_migrated(db: Database) -> None:
    assert (await readiness(db)).ready
    await db.close()
    gone = await readiness(db)
    assert (gone.ready, gone.database) == (False, "unreachable")
