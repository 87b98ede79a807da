"""Passkeys: keys that a member's devices keep and use after a look at their owner (WebAuthn)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.members.model.sign_in import Device

PASSKEYS_MAX = 10
Encoded = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,8192}$(?!\n)", description="Bytes as base64url, unpadded.")]
CredentialId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,1364}$(?!\n)", description="As the browser says it.")]
PasskeyName = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,64}$(?!\n)")]


class PasskeyTerms(msgspec.Struct, frozen=True):
    """site: the domain that passkeys are for. origins: of the pages that use them."""

    site: str
    origins: tuple[str, ...]


class PasskeyOptions(msgspec.Struct, frozen=True):
    """`public_key` is what the browser is asked with: `PublicKeyCredential.parseCreationOptionsFromJSON` or
    `parseRequestOptionsFromJSON` reads it."""

    public_key: dict[str, Any]
    expires_at: datetime


class NewPasskey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a browser made of the options, of its `toJSON()`: `id`, and of `response` the two named alike."""

    credential_id: CredentialId
    client_data_json: Encoded
    attestation_object: Encoded
    name: PasskeyName | None = None


class PasskeyAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a browser answered to the options, of its `toJSON()`: `id`, and of `response` the four named alike."""

    credential_id: CredentialId
    client_data_json: Encoded
    authenticator_data: Encoded
    signature: Encoded
    user_handle: Encoded


class PasskeyProof(PasskeyAnswer, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a browser answered, and the device that it is."""

    device: Device


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey as its member sees it."""

    passkey_id: UUID
    name: str | None
    created_at: datetime
    used_at: datetime | None


class StoredPasskey(msgspec.Struct, frozen=True, kw_only=True):
    """public_key: COSE. sign_count: as the device counted last. name: sealed."""

    member_id: UUID
    passkey_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: bytes | None
    created_at: datetime
    used_at: datetime | None = None


class PasskeyRefused(DomainError):
    """What was shown does not hold. Says no more, so that nothing can be probed."""

    code = "passkey_refused"
    status = 403
    title = Text(zh="通行密钥无效", en="Passkey refused")
    detail = Text(zh="通行密钥验证未通过，请重试或改用验证码。", en="The passkey does not hold; a code may do.")


class PasskeysFull(DomainError):
    """Field: most."""

    code = "passkeys_full"
    status = 409
    title = Text(zh="通行密钥过多", en="Too many passkeys")
    detail = Text(zh="最多 {most} 个通行密钥，请先删除一个。", en="At most {most} passkeys: remove one first.")


class PasskeysNotConfigured(DomainError):
    """No site is named for which passkeys would be."""

    code = "passkeys_not_configured"
    status = 409
    title = Text(zh="未开通通行密钥", en="Passkeys are not set up")
    detail = Text(zh="未开通通行密钥登录。", en="Signing in by passkey is not set up.")
