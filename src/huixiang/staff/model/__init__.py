"""System keys, console users, roles and sessions, and what staff refuses."""

from huixiang.staff.model.accounts import Account, Credentials, NewAccount, Role, Username
from huixiang.staff.model.audit import AuditEntry
from huixiang.staff.model.errors import (
    AccountUnknown,
    CsrfTokenWrong,
    KeyUnknown,
    ScopeUnknown,
    SignInLocked,
    SignInRefused,
    UsernameTaken,
)
from huixiang.staff.model.keys import NewKey, StoredKey, SystemKey
from huixiang.staff.model.sessions import Attempts, Session, SignedIn, StoredSession

__all__ = [
    "Account",
    "AccountUnknown",
    "Attempts",
    "AuditEntry",
    "Credentials",
    "CsrfTokenWrong",
    "KeyUnknown",
    "NewAccount",
    "NewKey",
    "Role",
    "ScopeUnknown",
    "Session",
    "SignInLocked",
    "SignInRefused",
    "SignedIn",
    "StoredKey",
    "StoredSession",
    "SystemKey",
    "Username",
    "UsernameTaken",
]
