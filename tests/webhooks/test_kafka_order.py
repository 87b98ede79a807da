"""No member's events come out of order or get lost, whoever overtakes whom and whatever the brokers say: to a consumer
that drops the ids it knows."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from huixiang.entry.keys import use_keys
from huixiang.entry.webhooks import TOLD
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.platform.settings import Settings
from huixiang.webhooks.handlers import subscription
from huixiang.webhooks.jobs import Streamer
from huixiang.webhooks.model import Acknowledged, Telling
from tests.webhooks.outside import trial

pytestmark = [pytest.mark.requirement("INT-02"), pytest.mark.requirement("INV-7")]

RUNS, STEPS, MEMBERS = 12, 25, 4
GOING_ON = asyncio.Event()


class Whimsical:
    """Brokers of whom some messages never hear, and whose acknowledgements get lost; while they are at it, anything may
    happen meanwhile."""

    def __init__(self, topic: list[Telling], luck: random.Random) -> None:
        self.topic = topic
        self.luck = luck
        self.whims = True
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def write(self, messages: Sequence[Telling], stop: asyncio.Event) -> Acknowledged:  # noqa: ARG002 - the port's
        taken = set[UUID]()
        for one in messages:
            if self.whims and self.meanwhile is not None and self.luck.random() < 0.2:
                await self.meanwhile()
            fate = self.luck.choices(("taken", "unheard", "lost"), (6, 1, 1))[0] if self.whims else "taken"
            if fate != "lost":
                self.topic.append(one)
            if fate == "taken":
                taken.add(one.event_id)
        return Acknowledged(frozenset(taken), None if len(taken) == len(messages) else "_MSG_TIMED_OUT")

    async def close(self) -> None: ...


@pytest.mark.parametrize("seed", range(RUNS))
async def test_each_member_is_in_order_whoever_writes(
    db: Database, clock: SettableClock, tmp_path: Path, seed: int
) -> None:
    kafka_file = tmp_path / "kafka.toml"
    kafka_file.write_text('brokers = ["127.0.0.1:1"]')
    kafka_file.chmod(0o600)
    use_keys(Settings(environment="test", home=tmp_path / "home", kafka_file=kafka_file))
    luck, topic = random.Random(seed), list[Telling]()
    streams = [Whimsical(topic, luck) for _ in range(2)]
    workers = [Streamer(db, stream) for stream in streams]
    members = [new_id() for _ in range(MEMBERS)]
    told: dict[UUID, list[str]] = {member: [] for member in members}

    async def happens() -> None:
        async with db.transaction() as tx:
            for member in luck.choices(members, k=luck.randint(1, 8)):
                told[member].append(f"t{len(told[member])}")
                tx.emit(trial(tx, member, told[member][-1]))
        await Relay(db, [subscription(TOLD)]).drain()

    async def overtaken() -> None:
        """The first worker dawdles until its turn is over, and the other one writes."""
        if luck.random() < 0.5:
            await happens()
        clock.advance(timedelta(minutes=1))
        await workers[1].write_due(GOING_ON)

    streams[0].meanwhile = overtaken
    for _ in range(STEPS):
        await happens()
        clock.advance(timedelta(seconds=luck.choice((1, 60))))
        await luck.choice(workers).write_due(GOING_ON)
    for stream in streams:
        stream.whims = False
    clock.advance(timedelta(minutes=1))
    while await workers[0].write_due(GOING_ON):
        pass
    for member in members:
        assert first_seen(topic, member) == told[member]
    assert len(topic) > sum(map(len, told.values())), "nothing was ever written twice: the whims are too few"


def first_seen(topic: list[Telling], member: UUID) -> list[str]:
    seen: dict[UUID, str] = {}
    for one in topic:
        if one.member_id == member:
            seen.setdefault(one.event_id, json.loads(one.body)["data"]["tier"])
    return list(seen.values())
