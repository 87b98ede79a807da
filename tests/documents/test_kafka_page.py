"""docs/operate/kafka.md is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from huixiang.platform import metrics
from huixiang.points.events import PointsPosted
from huixiang.webhooks import rules
from huixiang.webhooks.adapters import kafka
from huixiang.webhooks.adapters.kafka_file import read
from huixiang.webhooks.service import streaming
from tests.documents.pages import DOMAIN, json_blocks, sections, table_rows

pytestmark = pytest.mark.requirement("INT-02")

TEXT = (DOMAIN.parent / "operate" / "kafka.md").read_text(encoding="utf-8")
SECTIONS = sections(TEXT)


def test_the_file_is_one_that_production_takes(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", SECTIONS["Turning it on"], re.DOTALL)
    authority, file = tmp_path / "ca.pem", tmp_path / "kafka.toml"
    authority.touch()
    file.write_text(shown.replace("/etc/huixiang/kafka-ca.pem", str(authority)))
    file.chmod(0o600)
    cluster = read(file, open_network=False)
    for setting in ("topic", "mechanism"):
        assert getattr(cluster, setting) == next(
            one.default for one in msgspec.structs.fields(cluster) if one.name == setting
        )
        assert re.search(rf"^{setting} = .*# if not given", shown, re.MULTILINE)


def test_the_example_is_a_posting_as_it_is_written() -> None:
    (example,) = json_blocks(SECTIONS["What comes"])
    event = msgspec.convert({"type": example["type"]} | example["data"], PointsPosted)
    body = rules.body_of(example["id"], example["type"], event.member_id, event.occurred_at, msgspec.to_builtins(event))
    data = msgspec.json.decode(body)
    assert data["data"].pop("type") == example["type"]
    assert data == example
    rows = dict(table_rows(SECTIONS["What comes"]))
    assert rows["`content-type`"] == f"`{kafka.CONTENT_TYPE.decode()}`"


def test_the_figures_are_those_of_the_program() -> None:
    rows = dict(table_rows(SECTIONS["When brokers are away"]))
    assert rows["an event may take"].startswith(f"{rules.SEND_TIME.seconds} s ")
    pauses = re.findall(r"([0-9]+) s", rows["pauses after failures"])
    assert [int(one) for one in pauses] == [rules.stream_pause(n).seconds for n in range(1, 6)]
    assert f"after {rules.TURN_TIME.seconds} s" in rows["one worker writes"]
    assert rows["at a stop"].startswith(f"{kafka.LAST_WAIT_S:.0f} s ")
    assert "a thousand events" in SECTIONS["When brokers are away"]
    assert (streaming.BATCH, streaming.COUNTED) == (1_000, 100_000)


def test_the_metrics_are_those_that_there_are() -> None:
    rows = dict(table_rows(SECTIONS["Watching"]))
    served = {family.name for one in (metrics.KAFKA_WAITING, metrics.KAFKA_LATE) for family in one.collect()}
    served |= {f"{family.name}_total" for family in metrics.KAFKA.collect()}
    assert {name.strip("`") for name in rows} == served
