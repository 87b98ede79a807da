"""Console sessions, and the sign-ins that did not make one."""

from __future__ import annotations

from datetime import datetime

import msgspec

from huixiang.staff.model.accounts import Account


class Attempts(msgspec.Struct, frozen=True):
    """Failed sign-ins under one name since the last that succeeded."""

    failures: int = 0
    failed_at: datetime | None = None
    locked_until: datetime | None = None


class StoredSession(msgspec.Struct, frozen=True):
    account: Account
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class Session(msgspec.Struct, frozen=True):
    """A console session as its own user sees it."""

    account: Account
    permissions: frozenset[str]
    csrf_token: str


class SignedIn(msgspec.Struct, frozen=True):
    """`token` goes into the cookie and is nowhere else."""

    token: str
    session: Session
