"""Use cases of staff, one file per verb."""

from huixiang.staff.rules import PERMISSIONS, SCOPES, current_code
from huixiang.staff.rules.keys import ROTATED_WITHIN, rotation_due_at
from huixiang.staff.service.accounts import (
    add_account,
    limit_account,
    list_accounts,
    reset_account,
    seed_demo,
    totp_code,
)
from huixiang.staff.service.admission import authenticate_key
from huixiang.staff.service.approvals import NOBODY, allow_self_approval, expire_due, request_approval
from huixiang.staff.service.audit import names_of, record
from huixiang.staff.service.audit_roots import close_audit_day, latest_audit_root, use_root_signer
from huixiang.staff.service.audit_verify import verify_audit
from huixiang.staff.service.fitness import PasswordTerms, use_password_terms
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
from huixiang.staff.service.lifecycle import (
    account,
    accounts,
    change_password,
    disable,
    enable,
    request_totp_reset,
    show_totp,
)
from huixiang.staff.service.passkeys import (
    add_staff_passkey,
    remove_staff_passkey,
    rename_staff_passkey,
    staff_passkey_creation,
    staff_passkey_request,
    staff_passkeys,
    staff_passkeys_wired,
    use_staff_passkeys,
)
from huixiang.staff.service.personal import use_sealer
from huixiang.staff.service.sealing import use_secrets
from huixiang.staff.service.sessions import (
    authenticate_session,
    current_session,
    end_own_sessions,
    end_sessions,
    sessions_of,
    sign_out,
    use_session_terms,
)
from huixiang.staff.service.sign_in import prove_again, sign_in, sign_in_by_passkey

__all__ = [
    "NOBODY",
    "PERMISSIONS",
    "ROTATED_WITHIN",
    "SCOPES",
    "PasswordTerms",
    "account",
    "accounts",
    "add_account",
    "add_staff_passkey",
    "allow_self_approval",
    "authenticate_key",
    "authenticate_session",
    "carry_out",
    "change_key",
    "change_password",
    "close_audit_day",
    "create_key",
    "current_code",
    "current_session",
    "disable",
    "enable",
    "end_own_sessions",
    "end_sessions",
    "expire_due",
    "finish_rotation",
    "keys",
    "latest_audit_root",
    "limit_account",
    "list_accounts",
    "list_keys",
    "make_key",
    "names_of",
    "prove_again",
    "read_key",
    "record",
    "remove_staff_passkey",
    "rename_staff_passkey",
    "request_approval",
    "request_totp_reset",
    "reset_account",
    "revoke_key",
    "rotate_key",
    "rotation_due_at",
    "seed_demo",
    "sessions_of",
    "show_totp",
    "sign_in",
    "sign_in_by_passkey",
    "sign_out",
    "staff_passkey_creation",
    "staff_passkey_request",
    "staff_passkeys",
    "staff_passkeys_wired",
    "totp_code",
    "use_password_terms",
    "use_root_signer",
    "use_sealer",
    "use_secrets",
    "use_session_terms",
    "use_staff_passkeys",
    "verify_audit",
]
