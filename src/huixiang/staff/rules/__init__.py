"""What staff decides: permissions of a role, when a name is locked, when a session is over, which codes count."""

from huixiang.staff.rules.keys import KEY_TOUCH, SCOPES, format_token, parse_token, secret_hash
from huixiang.staff.rules.roles import BY_STORE, PERMISSIONS, ROLES, permissions_of
from huixiang.staff.rules.sessions import (
    PROOF_LASTS,
    SESSION_TOUCH,
    csrf_token,
    is_due,
    is_proved,
    session_holds,
)
from huixiang.staff.rules.sign_in import (
    FAILURES_FORGOTTEN_AFTER,
    FIRST_PASSWORD_HOLDS,
    accepted_step,
    after_failure,
    current_code,
    is_first_expired,
    locked_for,
    normal_username,
)

__all__ = [
    "BY_STORE",
    "FAILURES_FORGOTTEN_AFTER",
    "FIRST_PASSWORD_HOLDS",
    "KEY_TOUCH",
    "PERMISSIONS",
    "PROOF_LASTS",
    "ROLES",
    "SCOPES",
    "SESSION_TOUCH",
    "accepted_step",
    "after_failure",
    "csrf_token",
    "current_code",
    "format_token",
    "is_due",
    "is_first_expired",
    "is_proved",
    "locked_for",
    "normal_username",
    "parse_token",
    "permissions_of",
    "secret_hash",
    "session_holds",
]
