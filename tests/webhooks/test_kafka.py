"""What goes to Kafka: what webhooks are told, in order per member, at least once, through outages of the brokers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.entry.keys import use_keys
from huixiang.entry.webhooks import TOLD
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.metrics import KAFKA, KAFKA_LATE, KAFKA_WAITING
from huixiang.platform.outward import Outward
from huixiang.platform.relay import Relay
from huixiang.platform.settings import Settings
from huixiang.webhooks import service
from huixiang.webhooks.adapters.kafka import Kafka
from huixiang.webhooks.adapters.kafka_file import read
from huixiang.webhooks.handlers import subscription
from huixiang.webhooks.jobs import Sender, Streamer
from huixiang.webhooks.model import Acknowledged, Telling
from tests.webhooks.brokers import Brokers, Read, brokers_running
from tests.webhooks.outside import TRIAL, endpoint_at, happen, receiving, trial

pytestmark = pytest.mark.requirement("INT-02")

GOING_ON = asyncio.Event()  # never set: nobody tells these to stop


@pytest.fixture
def brokers() -> Iterator[Brokers]:
    with brokers_running() as made:
        yield made


@pytest.fixture
def kafka(brokers: Brokers, tmp_path: Path) -> Path:
    """This process queues for Kafka, too."""
    file = brokers.file(tmp_path)
    use_keys(Settings(environment="test", home=tmp_path / "home", kafka_file=file))
    return file


@pytest_asyncio.fixture
async def streamer(db: Database, kafka: Path) -> AsyncIterator[Streamer]:
    made = streamer_of(db, kafka)
    yield made
    await made.close()


def streamer_of(db: Database, file: Path, send_s: float = 2.0) -> Streamer:
    return Streamer(db, Kafka(read(file, open_network=True), send_s))


async def waiting(db: Database) -> int:
    async with db.transaction(read_only=True) as tx:
        return (await service.unwritten(tx))[0]


async def write_all(streamer: Streamer, db: Database) -> None:
    """However often it has to be tried."""
    begun = time.monotonic()
    while await waiting(db):
        assert time.monotonic() - begun < 60
        await streamer.write_due(GOING_ON)


def first_told(messages: list[Read], member: UUID) -> list[str]:
    """What a receiver that drops repeats is told of a member, in order."""
    seen: dict[str, str] = {}
    for one in messages:
        if one.key == str(member):
            seen.setdefault(one.event["id"], one.event["data"]["tier"])
    return list(seen.values())


async def test_an_event_arrives_as_webhooks_have_it_and_under_the_same_id(
    db: Database, brokers: Brokers, streamer: Streamer, tmp_path: Path
) -> None:
    member = new_id()
    with receiving(tmp_path) as receiver:
        _, secret = await endpoint_at(db, receiver.url)
        receiver.knows(secret)
        await happen(db, member, "gold")
        assert await streamer.write_due(GOING_ON) == 1
        sender = Sender(db, Outward(5, private=True))
        assert await sender.send_due() == 1
        await sender.close()
        (hooked,) = receiver.taken()
    (message,) = brokers.read()
    assert message.key == str(member)
    assert message.headers == {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "ce_id": message.event["id"],
        "ce_type": TRIAL,
    }
    assert message.event == {name: hooked[name] for name in message.event}
    assert message.event["data"]["tier"] == "gold"
    assert await waiting(db) == 0


async def test_nothing_waits_for_kafka_where_it_is_not_named(db: Database) -> None:
    await happen(db, new_id(), "gold")
    assert await waiting(db) == 0


async def test_members_share_partitions_and_each_keeps_its_order(
    db: Database, brokers: Brokers, streamer: Streamer
) -> None:
    members = [new_id() for _ in range(12)]
    async with db.transaction() as tx:
        for n in range(10):
            for member in members:
                tx.emit(trial(tx, member, f"t{n}"))
    await Relay(db, [subscription(TOLD)]).drain()
    assert await streamer.write_due(GOING_ON) == 120
    messages = brokers.read()
    assert len(messages) == 120
    assert len({one.partition for one in messages}) > 1
    for member in members:
        own = [one for one in messages if one.key == str(member)]
        assert [one.event["data"]["tier"] for one in own] == [f"t{n}" for n in range(10)]
        assert len({one.partition for one in own}) == 1


async def test_what_a_killed_broker_missed_arrives_at_the_next_one_in_order(
    db: Database, brokers: Brokers, streamer: Streamer
) -> None:
    members = [new_id(), new_id()]
    await happen(db, members[0], "before")
    assert await streamer.write_due(GOING_ON) == 1
    brokers.kill()
    for member in members:
        await happen(db, member, "one", "two", "three")
    assert await streamer.write_due(GOING_ON) is None
    assert await waiting(db) == 6
    brokers.start()
    await write_all(streamer, db)
    messages = brokers.read()
    assert [first_told(messages, member) for member in members] == [["one", "two", "three"]] * 2


async def test_nothing_is_lost_where_connections_break_while_it_is_written(
    db: Database, brokers: Brokers, kafka: Path
) -> None:
    streamer, stop = streamer_of(db, kafka), asyncio.Event()
    members = [new_id() for _ in range(20)]
    running = asyncio.create_task(streamer.run(stop))
    try:
        for n in range(15):
            if n % 5 == 2:
                brokers.cut()
            if n % 5 == 4:
                brokers.open()
            async with db.transaction() as tx:
                for member in members:
                    tx.emit(trial(tx, member, f"t{n}"))
            await Relay(db, [subscription(TOLD)]).drain()
            await asyncio.sleep(0.1)
        begun = time.monotonic()
        while await waiting(db):
            assert time.monotonic() - begun < 60
            await asyncio.sleep(0.1)
    finally:
        stop.set()
        await running
        await streamer.close()
    messages = brokers.read()
    for member in members:
        assert first_told(messages, member) == [f"t{n}" for n in range(15)]


async def test_what_was_acknowledged_and_not_recorded_is_written_again_under_its_id(
    db: Database, brokers: Brokers, kafka: Path, clock: SettableClock
) -> None:
    member = new_id()
    await happen(db, member, "one", "two")
    async with db.transaction() as tx:
        batch = await service.take_turn(tx, new_id())
    cut_short = Kafka(read(kafka, open_network=True))
    assert (await cut_short.write(batch[:1], GOING_ON)).reason is None
    await cut_short.close()  # and the worker dies before it records it
    clock.advance(timedelta(minutes=2))  # its turn runs out
    streamer = streamer_of(db, kafka)
    await write_all(streamer, db)
    await streamer.close()
    messages = brokers.read()
    assert [one.event["data"]["tier"] for one in messages] == ["one", "one", "two"]
    assert first_told(messages, member) == ["one", "two"]


async def test_one_worker_writes_at_a_time_and_another_follows(db: Database, brokers: Brokers, kafka: Path) -> None:
    first, second = streamer_of(db, kafka), streamer_of(db, kafka)
    await happen(db, new_id(), "one")
    assert await first.write_due(GOING_ON) == 1
    await happen(db, new_id(), "two")
    assert await second.write_due(GOING_ON) == 0
    stop = asyncio.Event()
    stop.set()
    await first.run(stop)  # ends its turn
    assert await second.write_due(GOING_ON) == 1
    for one in (first, second):
        await one.close()
    assert len(brokers.read()) == 2


async def test_a_worker_that_is_told_to_stop_does_not_wait_for_brokers_that_are_away(
    db: Database, brokers: Brokers, kafka: Path
) -> None:
    brokers.kill()
    await happen(db, new_id(), "one")
    streamer, stop = streamer_of(db, kafka, send_s=30), asyncio.Event()
    running = asyncio.create_task(streamer.run(stop))
    await asyncio.sleep(0.5)
    begun = time.monotonic()
    stop.set()
    await running
    await streamer.close()
    assert time.monotonic() - begun < 8
    assert await waiting(db) == 1


class Faltering:
    """Takes the first of what it is given and no more, until it is told to take all."""

    def __init__(self) -> None:
        self.taken: list[Telling] = []
        self.falters = True

    async def write(self, messages: Sequence[Telling], stop: asyncio.Event) -> Acknowledged:  # noqa: ARG002 - the port's
        took = messages[:1] if self.falters else messages
        self.taken += took
        reason = None if len(took) == len(messages) else "MSG_SIZE_TOO_LARGE"
        return Acknowledged(frozenset(one.event_id for one in took), reason)

    async def close(self) -> None: ...


async def test_what_is_taken_in_part_goes_on_in_order(db: Database, kafka: Path) -> None:  # noqa: ARG001 - queues
    members, stream = [new_id(), new_id(), new_id()], Faltering()
    async with db.transaction() as tx:
        for tier in ("one", "two"):
            for member in members:
                tx.emit(trial(tx, member, tier))
    await Relay(db, [subscription(TOLD)]).drain()
    streamer = Streamer(db, stream)
    assert await streamer.write_due(GOING_ON) is None
    assert await waiting(db) == 5
    stream.falters = False
    await write_all(streamer, db)
    assert len(stream.taken) == 6
    for member in members:
        own = [json.loads(one.body)["data"]["tier"] for one in stream.taken if one.member_id == member]
        assert own == ["one", "two"]


async def test_the_metrics_say_how_far_behind_kafka_is(
    db: Database, brokers: Brokers, kafka: Path, clock: SettableClock
) -> None:
    before = {outcome: KAFKA.labels(outcome)._value.get() for outcome in ("acknowledged", "failed")}
    brokers.cut()
    await happen(db, new_id(), "one", "two")
    streamer, stop = streamer_of(db, kafka, send_s=0.5), asyncio.Event()
    assert await streamer.write_due(GOING_ON) is None
    clock.advance(timedelta(minutes=5))
    running = asyncio.create_task(streamer.run(stop))
    await asyncio.sleep(0.5)
    assert KAFKA_WAITING._value.get() == 2
    assert KAFKA_LATE._value.get() >= 300
    stop.set()
    await running
    await streamer.close()
    brokers.open()
    patient = streamer_of(db, kafka, send_s=10)
    await write_all(patient, db)
    await patient.close()
    after = {outcome: KAFKA.labels(outcome)._value.get() for outcome in before}
    assert after["acknowledged"] - before["acknowledged"] == 2
    assert after["failed"] - before["failed"] >= 2


async def test_the_topic_is_the_files(db: Database, brokers: Brokers, tmp_path: Path, kafka: Path) -> None:  # noqa: ARG001 - queues
    streamer = streamer_of(db, brokers.file(tmp_path, topic="loyalty"))
    await happen(db, new_id(), "one")
    assert await streamer.write_due(GOING_ON) == 1
    await streamer.close()
    assert len(brokers.read("loyalty")) == 1
