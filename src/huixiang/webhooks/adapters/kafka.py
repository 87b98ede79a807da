"""Kafka by librdkafka: an idempotent producer that waits for the acknowledgement of every replica in sync."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import confluent_kafka
import structlog

from huixiang.webhooks.adapters.kafka_file import Cluster
from huixiang.webhooks.model import Acknowledged, Telling
from huixiang.webhooks.rules import SEND_TIME

LOOK_S = 0.1
LAST_WAIT_S = 3.0  # once told to stop
CONTENT_TYPE = b"application/cloudevents+json; charset=utf-8"

# Of each event: None where the brokers have it, else a short code, why not.
Reports = dict[UUID, str | None]

log = structlog.get_logger(__name__)


class Kafka:
    """One producer at a time. After a failure it is thrown away: what a broker that forgot it, or a half-written
    request, would do to it is nobody's concern then."""

    def __init__(self, cluster: Cluster, send_s: float = SEND_TIME.total_seconds()) -> None:
        """send_s: how long the brokers may take to acknowledge a message."""
        self._cluster = cluster
        self._send_s = send_s
        self._producer: confluent_kafka.Producer | None = None

    async def write(self, messages: Sequence[Telling], stop: asyncio.Event) -> Acknowledged:
        reports: Reports = {}
        try:
            producer = await asyncio.to_thread(self._hand_over, messages, reports)
            await self._wait(producer, len(messages), reports, stop)
        except (confluent_kafka.KafkaException, BufferError) as error:
            reports |= {one.event_id: _name(error) for one in messages if one.event_id not in reports}
        taken = frozenset(event_id for event_id, error in reports.items() if error is None)
        if len(taken) == len(messages):
            return Acknowledged(taken)
        reason = next((error for error in reports.values() if error is not None), "no_answer")
        await self.close()
        return Acknowledged(taken, reason)

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.purge()
            # Ending its threads may take as long as a connection that is just being made.
            await asyncio.to_thread(producer.close)

    def _hand_over(self, messages: Sequence[Telling], reports: Reports) -> confluent_kafka.Producer:
        """Raises KafkaException where the producer cannot be made, or takes a message for wrong."""
        if self._producer is None:
            self._producer = confluent_kafka.Producer(producer_config(self._cluster, self._send_s))
        producer = self._producer
        for one in messages:
            producer.produce(
                self._cluster.topic,
                one.body.encode(),
                str(one.member_id).encode(),
                on_delivery=partial(_note, reports, one.event_id),
                headers=[
                    ("content-type", CONTENT_TYPE),
                    ("ce_id", str(one.event_id).encode()),
                    ("ce_type", one.type.encode()),
                ],
            )
        return producer

    async def _wait(
        self, producer: confluent_kafka.Producer, count: int, reports: Reports, stop: asyncio.Event
    ) -> None:
        """Until there is a report of every message, which librdkafka promises within `send_s`, give or take a second.
        Once told to stop, for a moment longer."""
        begun = time.monotonic()
        stopped = None
        while len(reports) < count:
            await asyncio.to_thread(producer.flush, LOOK_S)
            now = time.monotonic()
            if stopped is None and stop.is_set():
                stopped = now
            if now - begun > 2 * self._send_s or (stopped is not None and now - stopped > LAST_WAIT_S):
                return


def producer_config(cluster: Cluster, send_s: float) -> dict[str, Any]:
    """What librdkafka is told; its documentation has the names."""
    protocol = ("SASL_" if cluster.user else "") + ("SSL" if cluster.tls else "PLAINTEXT")
    config: dict[str, Any] = {
        "bootstrap.servers": ",".join(cluster.brokers),
        "client.id": "huixiang",
        "security.protocol": protocol,
        "acks": "all",
        "enable.idempotence": True,
        # Where Java puts the same key, so that other streams by member can be joined.
        "partitioner": "murmur2_random",
        "linger.ms": 0,
        "message.timeout.ms": int(send_s * 1000),
        "reconnect.backoff.max.ms": 2000,
        "socket.keepalive.enable": True,
        "log_level": 2,  # what is wrong is told to error_cb, too
        "error_cb": partial(_log_error, set()),
    }
    if cluster.tls:
        config["ssl.endpoint.identification.algorithm"] = "https"
        if cluster.ca_file is not None:
            config["ssl.ca.location"] = cluster.ca_file
    if cluster.user is not None:
        config |= {
            "sasl.mechanism": cluster.mechanism,
            "sasl.username": cluster.user,
            "sasl.password": cluster.password,
        }
    return config


def _note(reports: Reports, event_id: UUID, error: confluent_kafka.KafkaError | None, _: Any) -> None:
    reports[event_id] = None if error is None else error.name()


def _log_error(told: set[str], error: confluent_kafka.KafkaError) -> None:
    """Once of each kind and producer: a broker that is away is met ten times a second."""
    if error.name() not in told:
        told.add(error.name())
        log.warning("kafka_error", error=error.name(), reason=error.str()[:200])


def _name(error: Exception) -> str:
    """Its text may name the password's owner; the short code does not."""
    first = error.args[0] if error.args else None
    return first.name() if isinstance(first, confluent_kafka.KafkaError) else type(error).__name__
