"""Use cases of staff, one file per verb."""

from huixiang.staff.rules import PERMISSIONS, SCOPES, current_code
from huixiang.staff.service.accounts import (
    add_account,
    limit_account,
    list_accounts,
    reset_account,
    seed_demo,
    totp_code,
)
from huixiang.staff.service.audit import record
from huixiang.staff.service.keys import authenticate_key, create_key, list_keys, revoke_key
from huixiang.staff.service.sealing import use_secrets
from huixiang.staff.service.sessions import authenticate_session, current_session, sign_out
from huixiang.staff.service.sign_in import sign_in

__all__ = [
    "PERMISSIONS",
    "SCOPES",
    "add_account",
    "authenticate_key",
    "authenticate_session",
    "create_key",
    "current_code",
    "current_session",
    "limit_account",
    "list_accounts",
    "list_keys",
    "record",
    "reset_account",
    "revoke_key",
    "seed_demo",
    "sign_in",
    "sign_out",
    "totp_code",
    "use_secrets",
]
