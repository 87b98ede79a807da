"""When a session is over, and what a change in it has to show."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from huixiang.staff.model import StoredSession

SESSION_IDLE = timedelta(minutes=30)
SESSION_ABSOLUTE = timedelta(hours=12)
SESSION_TOUCH = timedelta(minutes=1)


def csrf_token(session_token: str) -> str:
    """Bound to the session, and of no use to find the session's own token."""
    return hmac.digest(session_token.encode(), b"huixiang csrf 1", "sha256").hex()


def session_holds(session: StoredSession, now: datetime) -> bool:
    return (
        session.ended_at is None
        and session.account.disabled_at is None
        and now < session.expires_at
        and now - session.last_seen_at < SESSION_IDLE
    )


def is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether a coarse time stamp is old enough to be written again."""
    return last is None or now - last >= every
