"""docs/operate/webhooks.md and what docs/domain/events.md says of telling outside are what the program does."""

from __future__ import annotations

import msgspec
import pytest

from huixiang.entry.webhooks import TOLD
from huixiang.platform.outbox import event_type
from huixiang.points.events import PointsPosted
from huixiang.webhooks import jobs, rules
from huixiang.webhooks.model import OVERLAP_MAX_S
from tests.documents.pages import DOMAIN, json_blocks, page, sections, table_rows
from tests.documents.test_events_page import EVENTS

pytestmark = pytest.mark.requirement("INT-02")

TEXT = (DOMAIN.parent / "operate" / "webhooks.md").read_text(encoding="utf-8")
SECTIONS = sections(TEXT)
WRITTEN = {
    "5 s": 5, "30 s": 30, "2 min": 120, "10 min": 600, "30 min": 1800, "1 h": 3600, "2 h": 7200, "4 h": 14_400,
    "8 h": 28_800,
}  # fmt: skip


def test_the_example_is_a_posting_as_it_is_sent() -> None:
    (example,) = json_blocks(SECTIONS["In five minutes"])
    event = msgspec.convert({"type": example["type"]} | example["data"], PointsPosted)
    sent = rules.body_of(example["id"], example["type"], event.member_id, event.occurred_at, msgspec.to_builtins(event))
    data = msgspec.json.decode(sent)
    assert data["data"].pop("type") == example["type"]
    assert data == example
    assert list(data["data"]) == list(example["data"])


def test_the_figures_of_an_outage_are_those_of_the_program() -> None:
    rows = dict(table_rows(SECTIONS["When you are away"]))
    pauses = rows["pauses after failures"].partition(" each;")[0].replace("then ", "").split(", ")
    assert [WRITTEN[one] for one in pauses] == [int(pause.total_seconds()) for pause in rules.PAUSES]
    assert f"{rules.GIVE_UP_AFTER.days} days after the first" in rows["given up"]
    assert f"after {rules.DISABLE_AFTER.days} days" in rows["disabled"]
    assert rows["kept"].startswith(f"{rules.KEPT.days} days")
    assert rows["requests at once"] == f"{jobs.AT_ONCE} of a worker, {jobs.EACH_AT_ONCE} to one endpoint"
    assert f"within {rules.CALL_TIME.seconds} seconds" in TEXT
    assert f"first {rules.EXCERPT_CHARACTERS} characters" in TEXT
    assert f"({OVERLAP_MAX_S // 86_400} days at most)" in TEXT
    assert f"At most {rules.ENDPOINTS_MAX} endpoints" in TEXT
    assert f"counted up to {rules.OPEN_COUNTED:,}" in TEXT


def test_the_catalogue_says_which_events_are_not_told() -> None:
    """Of every module that tells anything outside, each event is told, or named as one that is not."""
    told = {event_type(event) for event in TOLD}
    outside = sections(page("events"))["Outside"]
    named = {name for name in EVENTS if f"`{name[:-3]}`" in outside or f"`{name.split('.')[1]}`" in outside}
    assert len(named) == 10
    telling = {name.split(".")[0] for name in told}
    assert told | named == {name for name in EVENTS if name.split(".")[0] in telling}
    assert not told & named
