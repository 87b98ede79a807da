"""Decisions of staff: roles, locks, codes, tokens."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.ids import new_id
from huixiang.staff import rules
from huixiang.staff.model import Account, Attempts, Role, StoredSession
from huixiang.staff.model.sessions import SessionTerms

NOW = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_the_fifth_failure_locks_and_each_further_one_doubles_up_to_a_quarter_of_an_hour() -> None:
    attempts = Attempts()
    locks = []
    for _ in range(12):
        attempts = rules.after_failure(attempts, NOW)
        locks.append(rules.locked_for(attempts, NOW))
    assert locks == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_a_lock_ends_to_the_second_and_failures_are_forgotten_after_a_day() -> None:
    locked = Attempts(5, NOW, NOW + timedelta(seconds=30))
    assert rules.locked_for(locked, NOW + timedelta(seconds=29, milliseconds=1)) == 1
    assert rules.locked_for(locked, NOW + timedelta(seconds=30)) == 0
    assert rules.after_failure(locked, NOW + timedelta(days=1)).failures == 1
    assert rules.after_failure(locked, NOW + timedelta(hours=23)).failures == 6


@given(offset=st.integers(-4, 4), seconds=st.integers(0, 10**6))
def test_only_codes_of_now_and_one_step_beside_it_count(offset: int, seconds: int) -> None:
    now = NOW + timedelta(seconds=seconds)
    step = int(now.timestamp()) // 30 + offset
    accepted = rules.accepted_step(SECRET, pyotp.TOTP(SECRET).generate_otp(step), 0, now)
    assert accepted == (step if abs(offset) <= 1 else None)


@given(used=st.integers(-2, 2), shown=st.integers(-1, 1))
def test_a_code_of_a_used_or_earlier_step_is_refused(used: int, shown: int) -> None:
    current = int(NOW.timestamp()) // 30
    code = pyotp.TOTP(SECRET).generate_otp(current + shown)
    accepted = rules.accepted_step(SECRET, code, current + used, NOW)
    assert accepted == (current + shown if shown > used else None)


@given(secret=st.binary(min_size=32, max_size=32))
def test_a_token_is_read_back(secret: bytes) -> None:
    text = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
    key_id = new_id()
    assert rules.parse_token(rules.format_token(key_id, text)) == (key_id, text)


@given(text=st.text(max_size=120) | st.from_regex(r"hx_[0-9a-f]{30,34}_[A-Za-z0-9_-]{40,45}\n?"))
def test_anything_else_is_no_token(text: str) -> None:
    parsed = rules.parse_token(text)
    assert parsed is None or rules.format_token(*parsed) == text


@pytest.mark.parametrize(
    ("after", "holds"),
    [
        ({}, True),
        ({"last_seen_at": NOW - timedelta(minutes=29, seconds=59)}, True),
        ({"last_seen_at": NOW - timedelta(minutes=30)}, False),
        ({"expires_at": NOW}, False),
        ({"ended_at": NOW - timedelta(seconds=1)}, False),
    ],
)
def test_when_a_session_is_over(after: dict[str, datetime], holds: bool) -> None:  # noqa: FBT001 - a case
    account = Account(new_id(), "lin", "林晓", Role.ADMIN, NOW, None)
    times = {"created_at": NOW, "last_seen_at": NOW, "expires_at": NOW + timedelta(hours=1), "ended_at": None} | after
    assert rules.session_holds(StoredSession(account, **times), NOW, SessionTerms()) is holds  # type: ignore[arg-type]


def test_a_disabled_account_has_no_session() -> None:
    account = Account(new_id(), "lin", "林晓", Role.ADMIN, NOW, NOW)
    session = StoredSession(account, NOW, NOW, NOW + timedelta(hours=1), None)
    assert not rules.session_holds(session, NOW, SessionTerms())
