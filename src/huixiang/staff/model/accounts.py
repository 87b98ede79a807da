"""Console users and their roles."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

Username = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9._-]{1,31}$(?!\n)", description="2 to 32 characters.")]


class Role(StrEnum):
    ADMIN = "admin"
    OPERATIONS = "operations"
    CUSTOMER_SERVICE = "customer_service"
    ANALYST = "analyst"
    FINANCE = "finance"
    AUDITOR = "auditor"


class Account(msgspec.Struct, frozen=True):
    """A console user, without secrets. stores: the ids of those that they are limited to, None for all of them.
    password_until: of a password that the program made, until when one may sign in with it, to choose one's own; None
    for one that was chosen."""

    staff_id: UUID
    username: str
    display_name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    stores: frozenset[str] | None = None
    password_until: datetime | None = None


class Credentials(msgspec.Struct, frozen=True):
    """An account with what its sign-in is checked against. `totp_step`: the last time step whose code was used."""

    account: Account
    password_hash: str
    totp_sealed: bytes
    totp_step: int


class ShownAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A console user as administrators see them. `sessions` and `passkeys`: how many hold."""

    staff_id: UUID
    username: str
    display_name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    stores: list[str] | None
    sessions: int
    passkeys: int


class KeyMade(msgspec.Struct, frozen=True):
    """A key of a calling system that holds still, and that this account made or gave its present secret."""

    key_id: UUID
    name: str
    scopes: list[str]
    created_at: datetime


class Disabled(msgspec.Struct, frozen=True, kw_only=True):
    """An account after it was disabled: how many sessions ended with it, the keys that it made, which hold until
    somebody ends them, and its requests that wait, which nobody can approve any more."""

    account: ShownAccount
    sessions_ended: int
    keys: list[KeyMade]
    requests: list[UUID]


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why; it stands in the audit log."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The password that is to be. No rule but its length, and that it is not easily guessed, not known from breaches,
    and not the former one."""

    password: Annotated[str, Meta(min_length=12, max_length=200)]


class TotpSecret(msgspec.Struct, frozen=True):
    """A new TOTP secret (base32), and what an authenticator app reads from a QR code. Shown once."""

    totp_secret: str
    provisioning_uri: str


class NewAccount(msgspec.Struct, frozen=True):
    """An account with its password and TOTP secret (base32), which are shown this once and cannot be read again."""

    account: Account
    password: str
    totp_secret: str

    def provisioning_uri(self, issuer: str = "Huixiang") -> str:
        """What an authenticator app reads from a QR code."""
        return provisioning_uri(self.account.username, self.totp_secret, issuer)


def provisioning_uri(username: str, secret: str, issuer: str = "Huixiang") -> str:
    return f"otpauth://totp/{issuer}:{username}?secret={secret}&issuer={issuer}"
