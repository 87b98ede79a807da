"""Passkeys at the console: made after the password and a second factor were shown; used in place of the code, or alone.

A device says whose passkey it is (the user handle is the account's id), and has looked at its owner: one that has not
is refused. Challenges are kept as a hash of what they are for and for whom, and answered once.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

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

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.staff.model import AuditEntry
from huixiang.staff.model.errors import (
    StaffPasskeyRefused,
    StaffPasskeysFull,
    StaffPasskeysNotConfigured,
    StaffPasskeyUnknown,
)
from huixiang.staff.model.passkeys import (
    STAFF_PASSKEYS_MAX,
    NewStaffPasskey,
    StaffPasskey,
    StaffPasskeyOptions,
    StaffPasskeyProof,
    StaffPasskeyTerms,
    StoredStaffPasskey,
)
from huixiang.staff.service.audit import record
from huixiang.staff.service.sessions import proved_account
from huixiang.staff.store import passkeys as store

CHALLENGE_LIFE = timedelta(minutes=5)
_CHALLENGE_BYTES = 32
_TO_SIGN_IN = b"sign in"
_wired: dict[str, StaffPasskeyTerms] = {}


def use_staff_passkeys(terms: StaffPasskeyTerms | None) -> None:
    """Called once by each process before it serves; None: there are none here."""
    _wired.clear()
    if terms is not None:
        _wired["passkeys"] = terms


async def staff_passkey_creation(tx: Transaction, token: str) -> StaffPasskeyOptions:
    """What the browser of a signed-in user is asked with to make a passkey. Raises ProofNeeded,
    StaffPasskeysNotConfigured, StaffPasskeysFull."""
    terms, account = _terms(), await proved_account(tx, token)
    kept = await store.passkeys_of(tx, account.staff_id)
    if len(kept) >= STAFF_PASSKEYS_MAX:
        raise StaffPasskeysFull(most=STAFF_PASSKEYS_MAX)
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    options = generate_registration_options(
        rp_id=terms.site,
        rp_name=f"Huixiang {terms.site}",
        user_id=account.staff_id.bytes,
        user_name=account.username,
        user_display_name=account.display_name,
        challenge=challenge,
        timeout=int(CHALLENGE_LIFE.total_seconds()) * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in kept],
    )
    return await _asked(tx, options, challenge, account.staff_id.bytes)


async def add_staff_passkey(tx: Transaction, token: str, new: NewStaffPasskey) -> StaffPasskey:
    """Keep a passkey that the user's browser has made. Raises ProofNeeded, StaffPasskeyRefused, StaffPasskeysFull,
    StaffPasskeysNotConfigured."""
    terms, account = _terms(), await proved_account(tx, token, lock=True)
    challenge = await _answered(tx, new.client_data_json, account.staff_id.bytes)
    if challenge is None:
        raise StaffPasskeyRefused
    answer = {"clientDataJSON": new.client_data_json, "attestationObject": new.attestation_object}
    try:
        verified = verify_registration_response(
            credential=_credential(new.credential_id, answer),
            expected_challenge=challenge,
            expected_rp_id=terms.site,
            expected_origin=terms.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        raise StaffPasskeyRefused from None
    if len(await store.passkeys_of(tx, account.staff_id)) >= STAFF_PASSKEYS_MAX:
        raise StaffPasskeysFull(most=STAFF_PASSKEYS_MAX)
    kept = StoredStaffPasskey(
        passkey_id=new_id(),
        staff_id=account.staff_id,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=new.name,
        created_at=tx.now,
    )
    if not await store.insert_passkey(tx, kept):
        raise StaffPasskeyRefused
    await _audit(tx, account.staff_id, "passkey.added", kept.passkey_id)
    return _shown(kept)


async def staff_passkeys(tx: Transaction, staff_id: UUID) -> list[StaffPasskey]:
    """The user's own, in the order that they were made in."""
    return [_shown(kept) for kept in await store.passkeys_of(tx, staff_id)]


async def rename_staff_passkey(tx: Transaction, staff_id: UUID, passkey_id: UUID, name: str) -> StaffPasskey:
    """Call one of the user's own by another name. Raises StaffPasskeyUnknown."""
    kept = await store.rename_passkey(tx, staff_id, passkey_id, name)
    if kept is None:
        raise StaffPasskeyUnknown(passkey_id=passkey_id)
    return _shown(kept)


def staff_passkeys_wired() -> bool:
    """Whether passkeys can be used here."""
    return "passkeys" in _wired


async def remove_staff_passkey(tx: Transaction, token: str, passkey_id: UUID) -> None:
    """One that is not the user's, or is gone, changes nothing. Raises ProofNeeded."""
    account = await proved_account(tx, token)
    if await store.delete_passkey(tx, account.staff_id, passkey_id):
        await _audit(tx, account.staff_id, "passkey.removed", passkey_id)


async def staff_passkey_request(tx: Transaction) -> StaffPasskeyOptions:
    """What a browser is asked with to show a passkey. It names nobody. Raises StaffPasskeysNotConfigured."""
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    options = generate_authentication_options(
        rp_id=_terms().site,
        challenge=challenge,
        timeout=int(CHALLENGE_LIFE.total_seconds()) * 1000,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return await _asked(tx, options, challenge, _TO_SIGN_IN)


async def accepted_passkey(tx: Transaction, proof: StaffPasskeyProof) -> UUID | None:
    """Whose passkey was shown, which is noted; None where it does not hold, also where the device has counted
    backwards: then there are two of it. What it answered is used up either way. Raises StaffPasskeysNotConfigured."""
    terms = _terms()
    challenge = await _answered(tx, proof.client_data_json, _TO_SIGN_IN)
    try:
        kept = await store.lock_passkey(tx, base64url_to_bytes(proof.credential_id))
        named = base64url_to_bytes(proof.user_handle)
    except ValueError:
        return None
    if challenge is None or kept is None or named != kept.staff_id.bytes:
        return None
    answer = {
        "clientDataJSON": proof.client_data_json,
        "authenticatorData": proof.authenticator_data,
        "signature": proof.signature,
        "userHandle": proof.user_handle,
    }
    try:
        verified = verify_authentication_response(
            credential=_credential(proof.credential_id, answer),
            expected_challenge=challenge,
            expected_rp_id=terms.site,
            expected_origin=terms.origin,
            credential_public_key=kept.public_key,
            credential_current_sign_count=kept.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return None
    await store.note_use(tx, kept.passkey_id, verified.new_sign_count)
    return kept.staff_id


async def _asked(tx: Transaction, options: Any, challenge: bytes, whose: bytes) -> StaffPasskeyOptions:
    expires_at = tx.now + CHALLENGE_LIFE
    await store.insert_challenge(tx, _hash(whose, challenge), expires_at)
    return StaffPasskeyOptions(json.loads(options_to_json(options)), expires_at)


async def _answered(tx: Transaction, client_data_json: str, whose: bytes) -> bytes | None:
    """The challenge that was answered, which is used up; None where none such waits."""
    try:
        challenge = parse_client_data_json(base64url_to_bytes(client_data_json)).challenge
    except (WebAuthnException, ValueError):
        return None
    return challenge if await store.take_challenge(tx, _hash(whose, challenge)) else None


def _credential(credential_id: str, response: dict[str, str]) -> dict[str, Any]:
    return {"id": credential_id, "rawId": credential_id, "type": "public-key", "response": response}


def _hash(whose: bytes, challenge: bytes) -> bytes:
    return hashlib.sha256(b"huixiang console passkey 1|" + whose + b"|" + challenge).digest()


def _shown(kept: StoredStaffPasskey) -> StaffPasskey:
    return StaffPasskey(passkey_id=kept.passkey_id, name=kept.name, created_at=kept.created_at, used_at=kept.used_at)


async def _audit(tx: Transaction, staff_id: UUID, action: str, passkey_id: UUID) -> None:
    actor = f"staff:{staff_id}"
    await record(tx, AuditEntry(actor=actor, action=action, subject=actor, after={"passkey_id": str(passkey_id)}))


def _terms() -> StaffPasskeyTerms:
    if "passkeys" not in _wired:
        raise StaffPasskeysNotConfigured
    return _wired["passkeys"]
