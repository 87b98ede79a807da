"""Where Kafka is: what the file may say, and that brokers are who they say they are."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import confluent_kafka
import pytest

from huixiang.entry.webhooks import streamer
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.settings import CannotRun, Settings
from huixiang.webhooks.adapters.kafka import Kafka, producer_config
from huixiang.webhooks.adapters.kafka_file import Cluster, read
from huixiang.webhooks.model import Telling
from tests.platform.test_cache_tls import certified
from tests.webhooks.brokers import brokers_running

pytestmark = pytest.mark.requirement("INT-02")

BROKERS = 'brokers = ["kafka-1.example:9093", "[2001:db8::5]:9093"]\n'


def written(directory: Path, text: str, mode: int = 0o600) -> Path:
    file = directory / "kafka.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def test_a_file_says_where_brokers_are(tmp_path: Path) -> None:
    cluster = read(written(tmp_path, BROKERS), open_network=False)
    assert cluster == Cluster(brokers=["kafka-1.example:9093", "[2001:db8::5]:9093"])
    assert (cluster.topic, cluster.tls) == ("huixiang.events", True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "brokers"),
        ("brokers = []", "brokers"),
        ('brokers = ["kafka"]', "brokers"),
        ('brokers = ["kafka:9092,other:9092"]', "brokers"),
        (BROKERS + 'topic = "a b"', "topic"),
        (BROKERS + 'user = "u"', "user and password come together"),
        (BROKERS + 'user = "u"\npassword = "p"\nmechanism = "GSSAPI"', "mechanism"),
        (BROKERS + 'tls = false\nca_file = "/ca.pem"', "ca_file"),
        (BROKERS + 'ca_file = "/nowhere/ca.pem"', "there is no ca_file"),
        (BROKERS + 'sasl.password = "p"', "sasl"),
        ("brokers", "kafka.toml"),
    ],
)
def test_a_file_that_says_something_else_stops_the_start(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(CannotRun, match=says):
        read(written(tmp_path, text), open_network=True)


def test_a_file_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="chmod 600"):
        read(written(tmp_path, BROKERS, 0o640), open_network=True)
    with pytest.raises(CannotRun, match="no Kafka file"):
        read(tmp_path / "other.toml", open_network=True)


@pytest.mark.requirement("SEC-01")
def test_production_does_not_write_to_other_hosts_without_tls(tmp_path: Path) -> None:
    file = written(tmp_path, BROKERS + "tls = false")
    with pytest.raises(CannotRun, match="TRUSTED_NETWORK"):
        read(file, open_network=False)
    assert not read(file, open_network=True).tls
    here = written(tmp_path, 'brokers = ["localhost:9092", "127.0.0.1:9092", "[::1]:9092"]\ntls = false')
    assert not read(here, open_network=False).tls


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"tls": False}, {"security.protocol": "PLAINTEXT"}),
        ({}, {"security.protocol": "SSL", "ssl.endpoint.identification.algorithm": "https"}),
        (
            {"user": "huixiang", "password": "p"},
            {"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "huixiang"},
        ),
        ({"tls": False, "user": "u", "password": "p", "mechanism": "PLAIN"}, {"security.protocol": "SASL_PLAINTEXT"}),
    ],
)
def test_librdkafka_is_told_and_takes_it(more: dict[str, Any], told: dict[str, str]) -> None:
    config = producer_config(Cluster(brokers=["127.0.0.1:1"], **more), 1.0)
    assert config | told == config
    assert (config["acks"], config["enable.idempotence"]) == ("all", True)
    confluent_kafka.Producer(config).close()


async def test_nobody_writes_to_kafka_where_no_file_is_named(db: Database, tmp_path: Path) -> None:
    assert streamer(Settings(environment="test", home=tmp_path), db) is None


def test_its_library_is_not_even_imported_without_a_file() -> None:
    told = "import sys, huixiang.entry.worker, huixiang.entry.http; print('confluent_kafka' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert done.stdout == "False\n"


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize(
    ("host", "known", "taken"), [("127.0.0.1", True, 1), ("other.example", True, 0), ("127.0.0.1", False, 0)]
)
async def test_a_broker_shows_a_certificate_for_its_host_by_an_authority_that_is_known(
    tmp_path: Path, host: str, known: bool, taken: int  # noqa: FBT001
) -> None:  # fmt: skip
    certificate = certified(tmp_path / "server.pem", host)
    authority = certificate if known else certified(tmp_path / "other.pem", host)
    with brokers_running(certificate) as brokers:
        file = brokers.file(tmp_path, tls=True, ca_file=str(authority))
        kafka = Kafka(read(file, open_network=False), send_s=5 if taken else 1.5)
        message = Telling(event_id=new_id(), member_id=new_id(), type="tiers.trial_started.v1", body="{}")
        answer = await kafka.write([message], asyncio.Event())
        await kafka.close()
        assert len(answer.event_ids) == taken
        if taken:
            assert [one.key for one in brokers.read()] == [str(message.member_id)]
