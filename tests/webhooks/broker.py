"""librdkafka's mock cluster in a process of its own: `python -m tests.webhooks.broker` prints the port of
its one broker.

What it was given is gone when it is killed. It takes a free port each time; `gate` keeps one in front of it.
"""

from __future__ import annotations

import sys

from confluent_kafka import Producer


def main() -> None:
    cluster = Producer({"bootstrap.servers": "made.below:1", "test.mock.num.brokers": 1, "log_level": 2})
    (broker,) = cluster.list_topics(timeout=10).brokers.values()
    sys.stdout.write(f"{broker.port}\n")
    sys.stdout.flush()
    sys.stdin.read()  # until whoever started it goes away


if __name__ == "__main__":
    main()
