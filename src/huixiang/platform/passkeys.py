"""Passkeys by py_webauthn: what a browser is asked with, and whether what it answered holds.

Everybody who keeps passkeys asks here, and keeps rows, challenges and refusals of their own. A device says whose
passkey it is (the user handle is the owner's id), and has looked at its owner: one that has not is refused.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

import msgspec
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

_CHALLENGE_BYTES = 32
_ID_BYTES = 16
_WRONG = (WebAuthnException, ValueError)


class Site(msgspec.Struct, frozen=True):
    """domain: that passkeys are for. origins: of the pages that use them. name: what devices call it."""

    domain: str
    origins: tuple[str, ...]
    name: str


class Question(msgspec.Struct, frozen=True):
    """public_key: what the browser is asked with, as JSON. challenge: what its answer has to hold, once."""

    public_key: dict[str, Any]
    challenge: bytes


class Creation(Protocol):
    """What a browser made of a question, in base64url."""

    @property
    def credential_id(self) -> str: ...
    @property
    def client_data_json(self) -> str: ...
    @property
    def attestation_object(self) -> str: ...


class Answer(Protocol):
    """What a browser answered to a question, in base64url."""

    @property
    def credential_id(self) -> str: ...
    @property
    def client_data_json(self) -> str: ...
    @property
    def authenticator_data(self) -> str: ...
    @property
    def signature(self) -> str: ...
    @property
    def user_handle(self) -> str: ...


class Verified(msgspec.Struct, frozen=True):
    """public_key: COSE. sign_count: as the device counts its uses."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


class Named(msgspec.Struct, frozen=True):
    """Whose passkey an answer says it is, and which."""

    owner: UUID
    credential_id: bytes


def ask_to_make(
    site: Site, life: timedelta, *, owner: UUID, name: str, display_name: str, kept: Iterable[bytes]
) -> Question:
    """kept: the ids of the passkeys that the owner has, of which no second is made."""
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    options = generate_registration_options(
        rp_id=site.domain,
        rp_name=site.name,
        user_id=owner.bytes,
        user_name=name,
        user_display_name=display_name,
        challenge=challenge,
        timeout=_milliseconds(life),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in kept],
    )
    return Question(json.loads(options_to_json(options)), challenge)


def ask_to_show(site: Site, life: timedelta) -> Question:
    """It names nobody."""
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    options = generate_authentication_options(
        rp_id=site.domain,
        challenge=challenge,
        timeout=_milliseconds(life),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Question(json.loads(options_to_json(options)), challenge)


def answered_challenge(client_data_json: str) -> bytes | None:
    """The challenge that an answer says it is to. Whether it was asked is the caller's to know."""
    try:
        return parse_client_data_json(base64url_to_bytes(client_data_json)).challenge
    except _WRONG:
        return None


def named(answer: Answer) -> Named | None:
    """None for what is no id."""
    try:
        owner, credential_id = base64url_to_bytes(answer.user_handle), base64url_to_bytes(answer.credential_id)
    except ValueError:
        return None
    return Named(UUID(bytes=owner), credential_id) if len(owner) == _ID_BYTES else None


def verified_creation(site: Site, challenge: bytes, made: Creation) -> Verified | None:
    """What is to be kept; None where it does not hold."""
    answer = {"clientDataJSON": made.client_data_json, "attestationObject": made.attestation_object}
    try:
        found = verify_registration_response(
            credential=_credential(made.credential_id, answer),
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=list(site.origins),
            require_user_verification=True,
        )
    except _WRONG:
        return None
    return Verified(found.credential_id, found.credential_public_key, found.sign_count)


def verified_use(site: Site, challenge: bytes, answer: Answer, public_key: bytes, sign_count: int) -> int | None:
    """How the device counts by now; None where it does not hold, also where it has counted backwards: then there are
    two of it."""
    response = {
        "clientDataJSON": answer.client_data_json,
        "authenticatorData": answer.authenticator_data,
        "signature": answer.signature,
        "userHandle": answer.user_handle,
    }
    try:
        found = verify_authentication_response(
            credential=_credential(answer.credential_id, response),
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=list(site.origins),
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except _WRONG:
        return None
    return found.new_sign_count


def _credential(credential_id: str, response: dict[str, str]) -> dict[str, Any]:
    return {"id": credential_id, "rawId": credential_id, "type": "public-key", "response": response}


def _milliseconds(life: timedelta) -> int:
    return int(life.total_seconds()) * 1000
