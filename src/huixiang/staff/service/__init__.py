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
from huixiang.staff.service.admission import authenticate_key
from huixiang.staff.service.approvals import allow_self_approval, expire_due, request_approval
from huixiang.staff.service.audit import record
from huixiang.staff.service.audit_roots import close_audit_day, latest_audit_root, use_root_signer
from huixiang.staff.service.audit_verify import verify_audit
from huixiang.staff.service.granted import carry_out
from huixiang.staff.service.keys import (
    change_key,
    create_key,
    finish_rotation,
    keys,
    list_keys,
    make_key,
    read_key,
    revoke_key,
    rotate_key,
)
from huixiang.staff.service.personal import use_sealer
from huixiang.staff.service.sealing import use_secrets
from huixiang.staff.service.sessions import authenticate_session, current_session, sign_out
from huixiang.staff.service.sign_in import sign_in

__all__ = [
    "PERMISSIONS",
    "SCOPES",
    "add_account",
    "allow_self_approval",
    "authenticate_key",
    "authenticate_session",
    "carry_out",
    "change_key",
    "close_audit_day",
    "create_key",
    "current_code",
    "current_session",
    "expire_due",
    "finish_rotation",
    "keys",
    "latest_audit_root",
    "limit_account",
    "list_accounts",
    "list_keys",
    "make_key",
    "read_key",
    "record",
    "request_approval",
    "reset_account",
    "revoke_key",
    "rotate_key",
    "seed_demo",
    "sign_in",
    "sign_out",
    "totp_code",
    "use_root_signer",
    "use_sealer",
    "use_secrets",
    "verify_audit",
]
