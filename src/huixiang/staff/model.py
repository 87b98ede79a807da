"""System keys, console users, roles and sessions, and what staff refuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text

Username = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9._-]{1,31}$(?!\n)", description="2 to 32 characters.")]


class Role(StrEnum):
    ADMIN = "admin"
    OPERATIONS = "operations"
    CUSTOMER_SERVICE = "customer_service"
    ANALYST = "analyst"
    FINANCE = "finance"
    AUDITOR = "auditor"


class SystemKey(msgspec.Struct, frozen=True):
    """A key of a calling system, without its secret. `last_used_at` is right to the hour."""

    key_id: UUID
    name: str
    scopes: frozenset[str]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class StoredKey(msgspec.Struct, frozen=True):
    key: SystemKey
    secret_hash: bytes


class NewKey(msgspec.Struct, frozen=True):
    """A key with its token, which is shown this once and cannot be read again."""

    key: SystemKey
    token: str


class Account(msgspec.Struct, frozen=True):
    """A console user, without secrets."""

    staff_id: UUID
    username: str
    display_name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None


class Credentials(msgspec.Struct, frozen=True):
    """An account with what its sign-in is checked against. `totp_step`: the last time step whose code was used."""

    account: Account
    password_hash: str
    totp_sealed: bytes
    totp_step: int


class NewAccount(msgspec.Struct, frozen=True):
    """An account with its password and TOTP secret (base32), which are shown this once and cannot be read again."""

    account: Account
    password: str
    totp_secret: str

    def provisioning_uri(self, issuer: str = "Huixiang") -> str:
        """What an authenticator app reads from a QR code."""
        return f"otpauth://totp/{issuer}:{self.account.username}?secret={self.totp_secret}&issuer={issuer}"


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


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the audit log. `actor` is `staff:<id>`, `key:<id>`, `name:<hash of a name tried>` or `cli`; `action`
    is `noun.past` as in `key.created`; `subject` is `<kind>:<id>`. `before` and `after` hold no personal value in
    clear."""

    actor: str
    action: str
    subject: str
    member_id: UUID | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str | None = None


class SignInRefused(DomainError):
    """Unknown name, wrong password, wrong or used code, disabled account: not told apart."""

    code = "sign_in_refused"
    status = 401
    title = Text(zh="登录失败", en="Sign-in refused")
    detail = Text(zh="用户名、密码或验证码不正确。", en="The name, the password or the code is not right.")


class SignInLocked(DomainError):
    """Too many failures under this name, whether or not it exists. Field: retry_after_s."""

    code = "sign_in_locked"
    status = 429
    title = Text(zh="登录已暂时锁定", en="Sign-in locked for a while")
    detail = Text(
        zh="失败次数过多,请在 {retry_after_s} 秒后重试。", en="Too many failures; try again in {retry_after_s} s."
    )


class CsrfTokenWrong(DomainError):
    """A change without the token that belongs to the session."""

    code = "csrf_token_wrong"
    status = 403
    title = Text(zh="请求来源无法确认", en="Request not confirmed")
    detail = Text(
        zh="请求缺少会话的 CSRF 令牌,请刷新页面后重试。",
        en="The request lacks the session's CSRF token; reload the page and try again.",
    )


class UsernameTaken(DomainError):
    """Field: username."""

    code = "username_taken"
    status = 409
    title = Text(zh="用户名已存在", en="Username taken")
    detail = Text(zh="用户名 {username} 已存在。", en="There is already a user {username}.")


class AccountUnknown(DomainError):
    """Field: username."""

    code = "staff_unknown"
    status = 404
    title = Text(zh="没有该用户", en="No such user")
    detail = Text(zh="没有用户 {username}。", en="There is no user {username}.")


class KeyUnknown(DomainError):
    """Field: key_id."""

    code = "key_unknown"
    status = 404
    title = Text(zh="没有该密钥", en="No such key")
    detail = Text(zh="没有密钥 {key_id}。", en="There is no key {key_id}.")


class ScopeUnknown(DomainError):
    """Field: scope."""

    code = "scope_unknown"
    status = 422
    title = Text(zh="没有该权限范围", en="No such scope")
    detail = Text(zh="没有权限范围 {scope}。", en="There is no scope {scope}.")
