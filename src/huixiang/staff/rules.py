"""What staff decides: permissions of a role, when a name is locked, when a session is over, which codes count."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import pyotp

from huixiang.staff.model import Attempts, Role, StoredSession

# What the routes of a system may ask for.
SCOPES = frozenset(
    {
        "members:read",
        "members:write",
        "members:vouch",
        "points:read",
        "points:write",
        "partners:read",
        "partners:write",
        "books:write",
        "tiers:read",
        "finance:read",
        "orders:read",
        "orders:write",
        "catalogue:read",
        "catalogue:write",
        "rulebook:read",
        "rulebook:write",
        "rulebook:publish",
        "rulebook:switch",
        "plans:read",
        "plans:write",
        "benefits:read",
        "benefits:write",
        "coupons:read",
        "coupons:write",
        "quotes:write",
        "quotes:price",
        "prices:read",
    }
)

_READ_MEMBERS = frozenset({"members:read", "points:read", "orders:read"})
_READ_PROGRAMME = frozenset({"insight:read", "rulebook:read", "catalogue:read"})
_READ_HOUSE = frozenset({"staff:read", "keys:read", "audit:read"})

# The shipped role table. What is not named here is refused.
ROLES: Mapping[Role, frozenset[str]] = {
    Role.ADMIN: _READ_MEMBERS
    | _READ_PROGRAMME
    | _READ_HOUSE
    | {"finance:read", "staff:write", "keys:write", "points:export", "points:pause", "rulebook:switch"},
    Role.OPERATIONS: _READ_MEMBERS
    | _READ_PROGRAMME
    | {"points:adjust", "points:approve", "points:pause", "rulebook:write", "rulebook:publish", "rulebook:switch"},
    Role.CUSTOMER_SERVICE: _READ_MEMBERS
    | {"members:reveal", "catalogue:read", "rulebook:read", "points:adjust", "points:export"},
    Role.ANALYST: _READ_PROGRAMME,
    Role.FINANCE: _READ_PROGRAMME | {"finance:read", "points:read", "orders:read", "points:approve", "points:export"},
    Role.AUDITOR: _READ_MEMBERS | _READ_PROGRAMME | _READ_HOUSE | {"finance:read", "points:export"},
}
PERMISSIONS = frozenset().union(*ROLES.values())

FREE_FAILURES = 5
LOCK_FIRST = timedelta(seconds=30)
LOCK_MAX = timedelta(minutes=15)
FAILURES_FORGOTTEN_AFTER = timedelta(days=1)

SESSION_IDLE = timedelta(minutes=30)
SESSION_ABSOLUTE = timedelta(hours=12)
SESSION_TOUCH = timedelta(minutes=1)
KEY_TOUCH = timedelta(hours=1)

TOTP_STEP_S = 30
TOTP_DRIFT_STEPS = 1

_TOKEN = re.compile(r"hx_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


def normal_username(username: str) -> str:
    return unicodedata.normalize("NFKC", username).strip().lower()


def permissions_of(role: Role) -> frozenset[str]:
    return ROLES[role]


def format_token(key_id: UUID, secret: str) -> str:
    return f"hx_{key_id.hex}_{secret}"


def parse_token(token: str) -> tuple[UUID, str] | None:
    """Key id and secret of a well-formed token; None for anything else."""
    match = _TOKEN.fullmatch(token)
    return (UUID(match[1]), match[2]) if match else None


def secret_hash(secret: str) -> bytes:
    """Of 256 random bits, never of anything a person chose."""
    return hashlib.sha256(secret.encode()).digest()


def csrf_token(session_token: str) -> str:
    """Bound to the session, and of no use to find the session's own token."""
    return hmac.digest(session_token.encode(), b"huixiang csrf 1", "sha256").hex()


def locked_for(attempts: Attempts, now: datetime) -> int:
    """Whole seconds, at least 1, until the name may try again; 0 when it may now."""
    if attempts.locked_until is None or attempts.locked_until <= now:
        return 0
    return max(1, -int((now - attempts.locked_until).total_seconds() // 1))


def after_failure(attempts: Attempts, now: datetime) -> Attempts:
    """The fifth failure in a row locks the name for 30 s, and every further one for twice as long, up to 15 min."""
    stale = attempts.failed_at is None or now - attempts.failed_at >= FAILURES_FORGOTTEN_AFTER
    failures = 1 if stale else attempts.failures + 1
    if failures < FREE_FAILURES:
        return Attempts(failures, now, None)
    doublings = min(failures - FREE_FAILURES, 20)
    return Attempts(failures, now, now + min(LOCK_FIRST * 2**doublings, LOCK_MAX))


def accepted_step(secret: str, code: str, last_step: int, now: datetime) -> int | None:
    """The time step whose code this is: of now or one step beside it, and later than the last one used."""
    totp = pyotp.TOTP(secret, interval=TOTP_STEP_S)
    current = int(now.timestamp()) // TOTP_STEP_S
    accepted = None
    for step in range(current - TOTP_DRIFT_STEPS, current + TOTP_DRIFT_STEPS + 1):
        matches = hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
        if matches and step > last_step:
            accepted = step
    return accepted


def current_code(secret: str, now: datetime) -> str:
    return pyotp.TOTP(secret, interval=TOTP_STEP_S).generate_otp(int(now.timestamp()) // TOTP_STEP_S)


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
