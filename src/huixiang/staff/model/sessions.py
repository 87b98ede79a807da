"""Console sessions, and the sign-ins that did not make one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.staff.model.accounts import Account

Method = Literal["password_code", "password_passkey", "passkey"]


class Attempts(msgspec.Struct, frozen=True):
    """Failed sign-ins under one name since the last that succeeded."""

    failures: int = 0
    failed_at: datetime | None = None
    locked_until: datetime | None = None


class SessionTerms(msgspec.Struct, frozen=True):
    """How long a session may be silent, and how long it lasts at most."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


class StoredSession(msgspec.Struct, frozen=True):
    """proved_at: when the password and a second factor were shown last in it; None where only a passkey was."""

    account: Account
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    proved_at: datetime | None = None


class OpenSession(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in of an account that holds. session_id: what it is called; not what opens it. agent: what the browser
    calls itself. last_seen_at is right to the minute."""

    session_id: UUID
    method: Method
    agent: str | None
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool = False


class EndSessions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which one, all of them if left out; and why."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    session_id: UUID | None = None


class Ended(msgspec.Struct, frozen=True):
    """How many sessions ended."""

    sessions: int


class Session(msgspec.Struct, frozen=True):
    """A console session as its own user sees it."""

    account: Account
    permissions: frozenset[str]
    csrf_token: str


class SignedIn(msgspec.Struct, frozen=True):
    """`token` goes into the cookie and is nowhere else."""

    token: str
    session: Session
