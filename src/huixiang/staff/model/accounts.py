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
    """A console user, without secrets. stores: the ids of those that they are limited to, None for all of them."""

    staff_id: UUID
    username: str
    display_name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    stores: frozenset[str] | None = None


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
