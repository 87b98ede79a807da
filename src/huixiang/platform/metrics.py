"""What Prometheus reads. Served on a port of its own, for all processes of the installation together.

With PROMETHEUS_MULTIPROC_DIR set before this module is imported, every process writes its numbers to a file in that
directory and any one process serves the sum (`serve_metrics`); without it, a process serves its own.
"""

from __future__ import annotations

import os
from functools import cache
from http.server import HTTPServer
from threading import Thread

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    start_http_server,
)
from prometheus_client.multiprocess import MultiProcessCollector

from huixiang.platform.db import Database, Transaction

DIRECTORY_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
OUTBOX_COUNTED = 100_000

REQUESTS = Counter("huixiang_http_requests_total", "Requests answered.", ("method", "route", "status"))
LATENCY = Histogram(
    "huixiang_http_request_seconds",
    "From the first byte of the head to the last of the answer.",
    ("method", "route"),
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
)
IN_FLIGHT = Gauge("huixiang_http_in_flight", "Requests being answered.", multiprocess_mode="livesum")
CONNECTIONS = Gauge(
    "huixiang_database_connections", "Connections of the pools.", ("state",), multiprocess_mode="livesum"
)
OUTBOX_DEPTH = Gauge(
    "huixiang_outbox_depth",
    f"Outbox rows not yet handled; counted up to {OUTBOX_COUNTED}.",
    multiprocess_mode="livemostrecent",
)
OUTBOX_AGE = Gauge(
    "huixiang_outbox_age_seconds", "Age of the oldest outbox row not yet handled.", multiprocess_mode="livemostrecent"
)
OUTBOX_PARKED = Gauge(
    "huixiang_outbox_parked_owners", "Owners whose next event failed and waits.", multiprocess_mode="livemostrecent"
)

TICKETS = Counter("huixiang_stock_tickets_total", "What became of askings for shared things.", ("outcome",))
WEBHOOKS = Counter("huixiang_webhook_requests_total", "What became of requests to webhook endpoints.", ("outcome",))
WEBHOOK_LANES = Gauge(
    "huixiang_webhook_lanes_waiting",
    "Members and active endpoints with events to be sent; counted up to 100000.",
    multiprocess_mode="livemostrecent",
)
WEBHOOK_LATE = Gauge(
    "huixiang_webhook_late_seconds",
    "How long ago the longest waiting of them was due.",
    multiprocess_mode="livemostrecent",
)

KAFKA = Counter("huixiang_kafka_events_total", "What became of events written to Kafka.", ("outcome",))
KAFKA_WAITING = Gauge(
    "huixiang_kafka_events_waiting",
    "Events to be written to Kafka; counted up to 100000.",
    multiprocess_mode="livemostrecent",
)
KAFKA_LATE = Gauge(
    "huixiang_kafka_late_seconds",
    "For how long the longest waiting of them has waited.",
    multiprocess_mode="livemostrecent",
)
PAYMENTS_OVERDUE = Gauge(
    "huixiang_payments_overdue",
    "Sums to charge and to give back that the shop has left open for more than a day, counted every hour.",
    ("kind",),
    multiprocess_mode="livemostrecent",
)
PAYMENT_DAYS = Gauge(
    "huixiang_payment_days_amiss",
    "Business days whose statement of payments is missing or does not agree, as they were last looked at.",
    ("outcome",),
    multiprocess_mode="livemostrecent",
)
# Not by store: there are as many as callers name. The console and the events of alarms say which.
TILL_ORDERS = Counter(
    "huixiang_till_orders_total", "Orders that tills posted, by how long after selling them they came.", ("delay",)
)
TILL_ALARMS = Gauge(
    "huixiang_till_alarms", "Stores whose tills post late, or no more.", ("kind",), multiprocess_mode="livemostrecent"
)


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request. `method` is one of few and `route` a template, never a path: labels stay few and hold
    no ids."""
    requests, latency = _counted(method, route, status)
    requests.inc()
    latency.observe(seconds)


@cache
def _counted(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status)), LATENCY.labels(method, route)


def observe_pool(db: Database) -> None:
    """Set the gauges of this process's connections."""
    size, idle = db.pool.get_size(), db.connections.idle
    CONNECTIONS.labels("idle").set(idle)
    CONNECTIONS.labels("used").set(size - idle)


async def observe_outbox(tx: Transaction) -> None:
    """Set the gauges of the outbox. The worker calls it every few seconds."""
    (row,) = await tx.fetch(
        """
        SELECT (SELECT count(*) FROM (
                   SELECT FROM platform.outbox UNION ALL SELECT FROM platform.outbox_aside LIMIT $1
               ) AS waiting) AS depth,
               least(
                   (SELECT min(recorded_at) FROM platform.outbox), (SELECT min(recorded_at) FROM platform.outbox_aside)
               ) AS oldest,
               (SELECT count(*) FROM platform.outbox_parked) AS parked
        """,
        OUTBOX_COUNTED,
    )
    OUTBOX_DEPTH.set(row["depth"])
    OUTBOX_AGE.set((tx.now - row["oldest"]).total_seconds() if row["oldest"] else 0)
    OUTBOX_PARKED.set(row["parked"])


def serve_metrics(bind: str, port: int) -> tuple[HTTPServer, Thread]:
    """Answer `/metrics` from a thread of this process; port 0 takes a free one (`server.server_port`). Raises OSError
    where the port is taken."""
    registry = REGISTRY
    if os.environ.get(DIRECTORY_VARIABLE):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    server, thread = start_http_server(port, addr=bind, registry=registry)
    return server, thread
