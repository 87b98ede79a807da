"""Passkeys of people at the console: keys that a device keeps and uses after a look at its owner (WebAuthn)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

STAFF_PASSKEYS_MAX = 10
Encoded = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,8192}$(?!\n)", description="Bytes as base64url, unpadded.")]
CredentialId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,1364}$(?!\n)", description="As the browser says it.")]
Name = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,64}$(?!\n)", description="What its owner calls it.")]


class StaffPasskeyTerms(msgspec.Struct, frozen=True):
    """site: the domain that passkeys are for. origin: of the console's pages."""

    site: str
    origin: str


class StaffPasskeyOptions(msgspec.Struct, frozen=True):
    """`public_key` is what the browser is asked with: `PublicKeyCredential.parseCreationOptionsFromJSON` or
    `parseRequestOptionsFromJSON` reads it."""

    public_key: dict[str, Any]
    expires_at: datetime


class NewStaffPasskey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a browser made of the options, of its `toJSON()`: `id`, and of `response` the two named alike."""

    credential_id: CredentialId
    client_data_json: Encoded
    attestation_object: Encoded
    name: Name


class StaffPasskeyProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a browser answered to the options, of its `toJSON()`: `id`, and of `response` the four named alike."""

    credential_id: CredentialId
    client_data_json: Encoded
    authenticator_data: Encoded
    signature: Encoded
    user_handle: Encoded


class StaffPasskey(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey as its owner sees it."""

    passkey_id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None


class RenamedStaffPasskey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What its owner calls it from now on."""

    name: Name


class ConsoleWaysIn(msgspec.Struct, frozen=True):
    """By what one may sign in beside the password and a code."""

    passkeys: bool


class StoredStaffPasskey(msgspec.Struct, frozen=True, kw_only=True):
    """public_key: COSE. sign_count: as the device counted last."""

    passkey_id: UUID
    staff_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None = None
