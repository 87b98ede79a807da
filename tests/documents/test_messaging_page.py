"""docs/domain/messaging.md says which states there are, what an answer comes to, and how channels are configured."""

from __future__ import annotations

import re
from pathlib import Path

from huixiang.messaging import rules
from huixiang.messaging.adapters.settings import read
from huixiang.messaging.model import Channel, MessageState, Outcome
from tests.documents.pages import page, sections, table, table_rows

SECTIONS = sections(page("messaging"))
SECONDS = {"s": 1, "min": 60, "h": 3600}


def names(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def spans(cell: str) -> list[int]:
    return [int(number) * SECONDS[unit] for number, unit in re.findall(r"(\d+) (s|min|h)\b", cell)]


def test_the_table_of_states_is_the_codes() -> None:
    said = {row["state"].strip("`"): names(row["becomes"]) for row in table(SECTIONS["States"])}
    assert said == {before.value: {one.value for one in after} for before, after in rules.TRANSITIONS.items()}
    assert set(said) == {state.value for state in MessageState}


def test_schedules_are_the_codes() -> None:
    outcomes = {
        row[0].strip("`"): row[1] for row in table_rows(SECTIONS["States"].split("What an answer comes to:")[1])
    }
    assert set(outcomes) == {one.value for one in Outcome}
    assert spans(outcomes["not_taken"]) == [round(one.total_seconds()) for one in rules.RETRY_AFTER]
    assert spans(outcomes["unknown"]) == [round(one.total_seconds()) for one in rules.ASK_AFTER]
    assert rules.BELIEVED_ABSENT_AFTER.total_seconds() == 120


def test_every_channel_is_described() -> None:
    assert {row["channel"].strip("`") for row in table(SECTIONS["Sending"])} == {channel.value for channel in Channel}


def test_the_channels_file_is_one_that_production_takes(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", SECTIONS["Configuring channels"], re.DOTALL)
    assert found is not None
    file = tmp_path / "channels.toml"
    file.write_text(found[1], encoding="utf-8")
    file.chmod(0o600)
    channels = read(file, production=True)
    assert all((channels.sms, channels.wechat_template, channels.email, channels.push))
