"""The receiver's process from the tests' side, and what happens to members."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from huixiang.entry.webhooks import TOLD
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database, Transaction
from huixiang.platform.relay import Relay
from huixiang.tiers.events import TrialStarted
from huixiang.webhooks import service
from huixiang.webhooks.handlers import subscription
from huixiang.webhooks.model import NewEndpoint

ROOT = Path(__file__).parents[2]
TRIAL = "tiers.trial_started.v1"


class Receiver:
    """One process. It can be killed and brought back at the same port."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "tests.webhooks.receiver", str(self.port), str(self.directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.communicate(timeout=10)

    def knows(self, secret: str) -> None:
        (self.directory / "secret.txt").write_text(secret)

    def will(self, *faults: dict[str, Any]) -> None:
        """What befalls the next requests, in order; `{}` is nothing."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/_will", json.dumps(faults).encode())
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - of this machine

    def taken(self) -> list[dict[str, Any]]:
        """Everything it took, in the order in which it came."""
        return self._read("taken.ndjson")

    def turned_away(self) -> list[str]:
        return [one["id"] for one in self._read("turned_away.ndjson")]

    def refused(self) -> int:
        """How many requests were not signed by the secret that it knows."""
        return len(self._read("refused.ndjson"))

    def tiers(self, member_id: UUID) -> list[str]:
        """What it was told of a member, in order."""
        return [one["data"]["tier"] for one in self.taken() if one["subject"] == str(member_id)]

    def _read(self, name: str) -> list[dict[str, Any]]:
        file = self.directory / name
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@contextmanager
def receiving(directory: Path) -> Iterator[Receiver]:
    made = Receiver(directory)
    made.start()
    try:
        yield made
    finally:
        made.kill()


async def endpoint_at(db: Database, url: str, *events: str) -> tuple[UUID, str]:
    """An endpoint and its secret."""
    async with db.transaction() as tx:
        made = await service.create(tx, NewEndpoint("hub", url, list(events or [TRIAL])), "key:test")
    return made.endpoint.endpoint_id, made.secret


def trial(tx: Transaction, member_id: UUID, tier: str) -> TrialStarted:
    """Something that happens to a member, told apart by the tier."""
    return TrialStarted(member_id=member_id, occurred_at=tx.now, trial_id=new_id(), tier=tier, ends_at=tx.now)


async def happen(db: Database, member_id: UUID, *tiers: str) -> None:
    """A transaction each, and then the relay."""
    for tier in tiers:
        async with db.transaction() as tx:
            tx.emit(trial(tx, member_id, tier))
    await Relay(db, [subscription(TOLD)]).drain()
