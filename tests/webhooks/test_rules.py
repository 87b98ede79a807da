"""When to try again, what an answer means, and which span a replay has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.errors import InvalidInput
from huixiang.webhooks import rules
from huixiang.webhooks.model import EventNotOffered, Message, Outcome, Replay

pytestmark = pytest.mark.requirement("INT-02")

NOW = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)


@given(st.lists(st.integers(0, 999), min_size=40, max_size=40))
def test_pauses_grow_and_end_within_three_days(jitters: list[int]) -> None:
    now, pauses = NOW, list[timedelta]()
    for tries, jitter in enumerate(jitters, start=1):
        due_at = rules.next_try(tries, NOW, now, jitter)
        if due_at is None:
            break
        pauses.append(due_at - now)
        now = due_at
    assert pauses[0] < timedelta(seconds=7)
    assert all(later > earlier for earlier, later in pairwise(pauses[:9]))
    assert timedelta(days=3) - timedelta(hours=11) < now - NOW <= timedelta(days=3)
    assert 12 <= len(pauses) <= 18


def test_who_failed_together_does_not_come_back_together() -> None:
    due = {rules.next_try(5, NOW, NOW, jitter) for jitter in range(0, 1000, 100)}
    assert len(due) == 10


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.TAKEN),
        (204, Outcome.TAKEN),
        (299, Outcome.TAKEN),
        (301, Outcome.FAILED),
        (302, Outcome.FAILED),
        (400, Outcome.FAILED),
        (404, Outcome.FAILED),
        (410, Outcome.GONE),
        (429, Outcome.FAILED),
        (500, Outcome.FAILED),
    ],
)
def test_two_hundreds_take_and_nothing_else(status: int, outcome: Outcome) -> None:
    assert rules.answered(status, b"").outcome is outcome


@given(st.binary(max_size=3000))
def test_an_excerpt_is_short_and_can_be_shown(body: bytes) -> None:
    excerpt = rules.answered(200, body).excerpt
    assert len(excerpt) <= rules.EXCERPT_CHARACTERS
    assert excerpt.isprintable()


def test_a_body_is_a_cloud_event() -> None:
    member = UUID(int=7)
    body = msgspec.json.decode(rules.body_of(UUID(int=1), "points.posted.v1", member, NOW, {"points": 3}))
    assert body == {
        "specversion": "1.0",
        "id": str(UUID(int=1)),
        "source": "/huixiang",
        "type": "points.posted.v1",
        "subject": str(member),
        "time": "2026-03-18T02:30:00Z",
        "datacontenttype": "application/json",
        "data": {"points": 3},
    }


def test_events_are_wanted_once_and_only_those_that_there_are() -> None:
    assert rules.known(["b.b.v1", "a.a.v1", "b.b.v1"], {"a.a.v1", "b.b.v1"}) == ["a.a.v1", "b.b.v1"]
    with pytest.raises(EventNotOffered):
        rules.known(["c.c.v1"], {"a.a.v1"})


@pytest.mark.parametrize(
    "asked",
    [
        Replay(),
        Replay(since=NOW),
        Replay(until=NOW),
        Replay(since=NOW, until=NOW),
        Replay(event_id=UUID(int=1), since=NOW, until=NOW + timedelta(1)),
        Replay(event_id=UUID(int=1), only_given_up=True),
    ],
)
def test_a_replay_is_of_one_event_or_of_a_span(asked: Replay) -> None:
    with pytest.raises(InvalidInput):
        rules.check_replay(asked)


@given(st.lists(st.integers(1, 5), max_size=40))
def test_rounds_have_one_of_a_member_and_keep_the_order(members: list[int]) -> None:
    messages = [
        Message(event_id=UUID(int=n), member_id=UUID(int=member), type="t", body="", place=n)
        for n, member in enumerate(members)
    ]
    made = rules.rounds(messages)
    assert sorted(one.place for messages in made for one in messages) == list(range(len(members)))
    assert all(len({one.member_id for one in messages}) == len(messages) > 0 for messages in made)
    for member in set(members):
        places = [one.place for messages in made for one in messages if one.member_id == UUID(int=member)]
        assert places == sorted(places)
    assert len(made) == max((members.count(member) for member in members), default=0)


def test_kafka_is_tried_again_ever_more_slowly_but_soon_enough() -> None:
    pauses = [rules.stream_pause(failures).total_seconds() for failures in range(1, 100)]
    assert pauses[:6] == [1, 2, 4, 8, 10, 10]
    assert set(pauses[4:]) == {10}
