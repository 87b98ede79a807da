"""Decisions of messaging: states, quiet hours, addresses, retries."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.ids import new_id
from huixiang.messaging import rules
from huixiang.messaging.model import Answer, Channel, MessageClass, MessageState, Outcome, StoredMessage
from huixiang.messaging.rules import QuietHours

NOW = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
CALENDAR = BusinessCalendar("Asia/Shanghai")
SETTLED = {MessageState.SENT, MessageState.FAILED}


def stored(state: MessageState, *, tries: int = 1, asks: int = 1, marketing: bool = False) -> StoredMessage:
    return StoredMessage(
        member_id=new_id(), message_id=new_id(), channel=Channel.SMS,
        message_class=MessageClass.MARKETING if marketing else MessageClass.SERVICE,
        template="sign_in_code", state=state, urgent=not marketing, secret=False, sealed=b"", created_at=NOW,
        due_at=NOW, expires_at=None, tried_at=NOW - timedelta(hours=1), tries=tries, asks=asks, requests=tries + asks,
        provider="p", provider_ref=None, reason=None, sent_at=None, read_at=None,
    )  # fmt: skip


def test_what_is_settled_stays_so() -> None:
    for before, after in itertools.product(MessageState, MessageState):
        if before in SETTLED:
            assert not rules.may_become(before, after)
    assert not rules.may_become(MessageState.QUEUED, MessageState.UNKNOWN)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("marketing", [False, True])
def test_every_decision_is_a_change_that_there_is(outcome: Outcome, marketing: bool) -> None:  # noqa: FBT001 - a cell
    for tries, asks in itertools.product(range(1, 10), range(1, 10)):
        sending = stored(MessageState.SENDING, tries=tries, asks=asks, marketing=marketing)
        unknown = stored(MessageState.UNKNOWN, tries=tries, asks=asks, marketing=marketing)
        after_sending = rules.answered(sending, Answer(outcome), NOW)
        after_asking = rules.told(unknown, Answer(outcome), NOW)
        assert rules.may_become(MessageState.SENDING, after_sending.state)
        assert rules.may_become(MessageState.UNKNOWN, after_asking.state)
        for step in (after_sending, after_asking):
            assert (step.due_at is None) or step.state not in SETTLED
            assert step.state is not MessageState.QUEUED or step.due_at is not None


@pytest.mark.requirement("CMP-03")
def test_marketing_that_may_have_been_taken_is_never_queued_again() -> None:
    """Of all there is to hear of a message, only a provider that says it never had it makes for a second request."""
    for outcome, asks in itertools.product(Outcome, range(1, 12)):
        step = rules.told(stored(MessageState.UNKNOWN, asks=asks, marketing=True), Answer(outcome), NOW)
        assert (step.state is MessageState.QUEUED) == (outcome is Outcome.NOT_TAKEN)
    assert rules.answered(stored(MessageState.SENDING), Answer(Outcome.UNKNOWN), NOW).state is MessageState.UNKNOWN


def test_asking_ends() -> None:
    assert rules.told(stored(MessageState.UNKNOWN, asks=7), Answer(Outcome.UNKNOWN), NOW).due_at is None
    assert rules.told(stored(MessageState.UNKNOWN, asks=6), Answer(Outcome.UNKNOWN), NOW).due_at is not None


def test_a_claim_outlasts_every_request() -> None:
    assert rules.LEASE > 2 * rules.CALL_TIME


@pytest.mark.requirement("CMP-11")
@given(st.times(), st.times(), st.integers(0, 3 * 1440))
def test_after_quiet_hours_it_is_not_quiet(begin: time, end: time, minutes: int) -> None:
    begin, end = begin.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    quiet = QuietHours(begin, end)
    asked = NOW + timedelta(minutes=minutes)
    due = rules.after_quiet(quiet, CALENDAR, asked)
    assert asked <= due < asked + timedelta(days=1)
    assert rules.after_quiet(quiet, CALENDAR, due) == due
    if due > asked:
        assert CALENDAR.local(due).time() == end
    if begin == end:
        assert due == asked


@pytest.mark.parametrize(
    ("address", "shown"),
    [("+8613800000001", "+86****0001"), ("li@example.com", "l***@example.com"), ("device-1", "****"), (None, None)],
)
def test_staff_see_a_part_of_an_address(address: str | None, shown: str | None) -> None:
    assert rules.masked(address) == shown
