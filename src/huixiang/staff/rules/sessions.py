"""When a session is over, and what a change in it has to show."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from huixiang.staff.model.sessions import SessionTerms, StoredSession

SESSION_TOUCH = timedelta(minutes=1)
PROOF_LASTS = timedelta(minutes=10)


def csrf_token(session_token: str) -> str:
    """Bound to the session, and of no use to find the session's own token."""
    return hmac.digest(session_token.encode(), b"huixiang csrf 1", "sha256").hex()


def session_holds(session: StoredSession, now: datetime, terms: SessionTerms) -> bool:
    return (
        session.ended_at is None
        and session.account.disabled_at is None
        and now < min(session.expires_at, session.created_at + terms.absolute)
        and now - session.last_seen_at < terms.idle
    )


def is_proved(session: StoredSession, now: datetime) -> bool:
    """Whether the password and a second factor were shown a short while ago."""
    return session.proved_at is not None and now - session.proved_at < PROOF_LASTS


def is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether a coarse time stamp is old enough to be written again."""
    return last is None or now - last >= every
