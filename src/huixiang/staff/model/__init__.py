"""System keys, console users, roles and sessions, and what staff refuses."""

from huixiang.staff.model.accounts import Account, Credentials, NewAccount, Role, Username
from huixiang.staff.model.audit import AuditEntry, Personal
from huixiang.staff.model.errors import (
    AccountUnknown,
    AddressRefused,
    CsrfTokenWrong,
    KeyEnded,
    KeyRotating,
    KeyUnknown,
    ScopeUnknown,
    SignInLocked,
    SignInRefused,
    UsernameTaken,
)
from huixiang.staff.model.keys import (
    KeyChange,
    KeySecret,
    KeyTerms,
    NewKey,
    Rotation,
    ShownKey,
    StoredKey,
    SystemKey,
)
from huixiang.staff.model.sessions import Attempts, Session, SignedIn, StoredSession

__all__ = [
    "Account",
    "AccountUnknown",
    "AddressRefused",
    "Attempts",
    "AuditEntry",
    "Credentials",
    "CsrfTokenWrong",
    "KeyChange",
    "KeyEnded",
    "KeyRotating",
    "KeySecret",
    "KeyTerms",
    "KeyUnknown",
    "NewAccount",
    "NewKey",
    "Personal",
    "Role",
    "Rotation",
    "ScopeUnknown",
    "Session",
    "ShownKey",
    "SignInLocked",
    "SignInRefused",
    "SignedIn",
    "StoredKey",
    "StoredSession",
    "SystemKey",
    "Username",
    "UsernameTaken",
]
