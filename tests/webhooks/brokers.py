"""A Kafka cluster from the tests' side: a broker's process, a gate's before it, and what can be read there."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

ROOT = Path(__file__).parents[2]
TOPIC = "huixiang.events"


class Read(msgspec.Struct, frozen=True):
    """One message as a consumer finds it."""

    key: str
    headers: dict[str, str]
    event: dict[str, Any]
    partition: int


class Brokers:
    """Clients are given the gate's port, which stays. The broker may be killed and another one come in its place, which
    has nothing of what the former had; or the gate alone, as when a network fails."""

    def __init__(self, certificate: Path | None = None) -> None:
        """certificate: with its key; clients come by TLS."""
        self.port = 0
        self._certificate = [] if certificate is None else [str(certificate)]
        self.broker_port = 0
        self._broker: subprocess.Popen[str] | None = None
        self._gate: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._broker, self.broker_port = _start("broker")
        self.open()

    def open(self) -> None:
        self._gate, self.port = _start("gate", str(self.port), str(self.broker_port), *self._certificate)

    def cut(self) -> None:
        _kill(self._gate)

    def kill(self) -> None:
        """Everything: broker and gate."""
        _kill(self._gate)
        _kill(self._broker)

    def file(self, directory: Path, **more: Any) -> Path:
        """A Kafka file that leads here."""
        made = directory / "kafka.toml"
        lines = {"brokers": [f"127.0.0.1:{self.port}"], "tls": False} | more
        made.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items()))
        made.chmod(0o600)
        return made

    def read(self, topic: str = TOPIC) -> list[Read]:
        """Everything that is in a topic, of each partition in order; straight from the broker."""
        consumer = Consumer(
            {
                "bootstrap.servers": f"127.0.0.1:{self.broker_port}",
                "group.id": "tests",
                "enable.partition.eof": False,
                "enable.auto.commit": False,
                "log_level": 2,
            }
        )
        try:
            known = consumer.list_topics(topic, timeout=10).topics[topic].partitions
            ends = {one: consumer.get_watermark_offsets(TopicPartition(topic, one), timeout=10)[1] for one in known}
            consumer.assign([TopicPartition(topic, one, OFFSET_BEGINNING) for one in known])
            found: list[Message] = []
            begun = time.monotonic()
            while len(found) < sum(ends.values()):
                assert time.monotonic() - begun < 30, (len(found), ends)
                message = consumer.poll(1.0)
                if message is not None and message.error() is None:
                    found.append(message)
        finally:
            consumer.close()
        return [_read(one) for one in found]


@contextmanager
def brokers_running(certificate: Path | None = None) -> Iterator[Brokers]:
    made = Brokers(certificate)
    made.start()
    try:
        yield made
    finally:
        made.kill()


def _read(message: Message) -> Read:
    headers = {str(name): bytes(value or b"").decode() for name, value in list(message.headers() or [])}  # type: ignore[arg-type]
    return Read(
        key=(message.key() or b"").decode(),
        headers=headers,
        event=json.loads(message.value() or b""),
        partition=message.partition() or 0,
    )


def _start(name: str, *arguments: str) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", f"tests.webhooks.{name}", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        text=True,
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def _kill(process: subprocess.Popen[str] | None) -> None:
    if process is not None and process.poll() is None:
        process.kill()
        process.communicate(timeout=10)
