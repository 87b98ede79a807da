"""A worker that is killed with a request under way: the message is unknown, and is asked for, not sent again."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.messaging import rules, service
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import Answer, Channel, MessageState, Outcome
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from tests.messaging.doubles import ROOT, Providers
from tests.messaging.post import CODE, proof, send


def killed_worker(database_url: str, home: Path, now: datetime, outside: Providers) -> None:
    """Run a worker until the provider has the message and it has no answer, then kill it."""
    worker = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "tests.messaging.delivering_worker", database_url, str(home), now.isoformat()], cwd=ROOT
    )
    try:
        deadline = time.monotonic() + 30
        while not outside.taken("aliyun"):
            assert time.monotonic() < deadline, "the worker did not send"
            assert worker.poll() is None, "the worker ended by itself"
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
    finally:
        worker.kill()
        worker.wait(timeout=10)


@pytest.mark.requirement("CMP-03")
async def test_a_killed_worker_leaves_a_question_and_no_second_message(
    db: Database,
    delivering: Deliverer,
    outside: Providers,
    member: UUID,
    clock: SettableClock,
    settings: Settings,
    database_url: str,
) -> None:
    receipt = await send(db, member, CODE)
    outside.will("aliyun", {"kind": "delay", "seconds": 8})
    killed_worker(database_url, settings.home, clock.now(), outside)
    assert (await proof(db, receipt)).message.state is MessageState.SENDING
    assert (await proof(db, receipt)).evidence == []

    # As long as the claim may be somebody's, nobody else touches it.
    clock.advance(rules.LEASE - timedelta(seconds=1))
    assert await delivering.deliver_due() == 0
    clock.advance(timedelta(seconds=1))
    await delivering.deliver_due()

    found = await proof(db, receipt)
    assert found.message.state is MessageState.SENT
    assert [(one.action, one.outcome, one.reason) for one in found.evidence] == [
        ("send", "unknown", "no_record"),
        ("ask", "taken", "DELIVERED"),
    ]
    assert (len(outside.taken("aliyun")), outside.requests("aliyun")) == (1, 1)


async def test_a_worker_that_was_given_up_may_still_say_that_it_was_taken(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID, clock: SettableClock
) -> None:
    """Its other answers are of a moment that has passed: they are kept, and decide nothing."""
    receipt = await send(db, member, CODE)
    began_at = clock.now()
    async with db.transaction() as tx:
        (task,) = await service.claim(tx, urgent=True, room={Channel.SMS: 1}, providers={Channel.SMS: "aliyun"})
    clock.advance(rules.LEASE)
    await delivering.deliver_due()  # asks: never had it, which is too early to be believed
    for outcome, state in {
        Outcome.NOT_TAKEN: MessageState.UNKNOWN,
        Outcome.REFUSED: MessageState.UNKNOWN,
        Outcome.TAKEN: MessageState.SENT,
    }.items():
        clock.advance(timedelta(seconds=1))
        async with db.transaction() as tx:
            assert await service.record(tx, task, Answer(outcome), "aliyun", began_at) is state
    clock.advance(timedelta(hours=1))
    assert await delivering.deliver_due() == 0
    assert outside.requests("aliyun") == 0
    assert [(one.number, one.outcome) for one in (await proof(db, receipt)).evidence] == [
        (1, "unknown"),
        (1, "not_taken"),
        (1, "refused"),
        (1, "taken"),
        (2, "not_taken"),
    ]
