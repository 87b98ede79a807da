"""When a name is locked, and which codes count."""

from __future__ import annotations

import hmac
import unicodedata
from datetime import datetime, timedelta

import pyotp

from huixiang.staff.model import Account, Attempts

FREE_FAILURES = 5
LOCK_FIRST = timedelta(seconds=30)
LOCK_MAX = timedelta(minutes=15)
FAILURES_FORGOTTEN_AFTER = timedelta(days=1)
# Of a password that the program made.
FIRST_PASSWORD_HOLDS = timedelta(hours=72)
TOTP_STEP_S = 30
TOTP_DRIFT_STEPS = 1


def normal_username(username: str) -> str:
    return unicodedata.normalize("NFKC", username).strip().lower()


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


def is_first_expired(account: Account, now: datetime) -> bool:
    """Whether the password was made by the program, for somebody who did not come in time to choose their own."""
    return account.password_until is not None and account.password_until <= now


def current_code(secret: str, now: datetime) -> str:
    return pyotp.TOTP(secret, interval=TOTP_STEP_S).generate_otp(int(now.timestamp()) // TOTP_STEP_S)
