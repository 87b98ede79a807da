"""docs/domain/messaging.md says which states there are, what an answer comes to, and how channels are configured."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec

from huixiang.coupons.model.messages import SAID as COUPONS_SAY
from huixiang.members.model.messages import SAID as MEMBERS_SAY
from huixiang.messaging import rules
from huixiang.messaging.adapters.settings import read
from huixiang.messaging.model import Channel, MessageState, Outcome
from huixiang.messaging.model.templates import MessageTemplate, VariableType
from huixiang.messaging.rules.rendering import check_template, rendered
from huixiang.terms.model import SAID as TERMS_SAY
from tests.documents.pages import json_blocks, page, sections, table, table_rows

SAID = (*MEMBERS_SAY, *TERMS_SAY.values(), *COUPONS_SAY)
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


def test_every_message_of_the_program_is_named_with_what_it_has_to_say() -> None:
    rows = table(SECTIONS["Templates"].split("What the program itself sends")[1])
    assert {row["template"].strip("`"): (names(row["values"]), names(row["by"])) for row in rows} == {
        said.name: (set(said.variables), {channel.value for channel in said.channels}) for said in SAID
    }
    optional = {
        (row["template"].strip("`"), name)
        for row in rows
        for name in re.findall(r"`(\w+)` \(optional\)", row["values"])
    }
    assert optional == {(said.name, name) for said in SAID for name in said.optional}


def test_the_example_of_a_template_can_be_published_and_says_its_types() -> None:
    (body,) = json_blocks(SECTIONS["Templates"])
    template = msgspec.convert(body, MessageTemplate)
    check_template(template)
    said = rendered(template, "en", {name: one.example for name, one in template.variables.items()})
    assert said.text == "¥25.80 of order 260318-7KQ2 were refunded on 18 March 2026."
    types = [row["type of a variable"].strip("`") for row in table(SECTIONS["Templates"])]
    assert types == list(get_args(VariableType))


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
