"""Passkeys at the console: made after the password and a second factor were shown; used in place of the code, or alone.

Challenges are kept as a hash of what they are for and for whom, and answered once.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

from huixiang.kernel.ids import new_id
from huixiang.platform import passkeys as webauthn
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
    question = webauthn.ask_to_make(
        _site(terms),
        CHALLENGE_LIFE,
        owner=account.staff_id,
        name=account.username,
        display_name=account.display_name,
        kept=[one.credential_id for one in kept],
    )
    return await _asked(tx, question, account.staff_id.bytes)


async def add_staff_passkey(tx: Transaction, token: str, new: NewStaffPasskey) -> StaffPasskey:
    """Keep a passkey that the user's browser has made. Raises ProofNeeded, StaffPasskeyRefused, StaffPasskeysFull,
    StaffPasskeysNotConfigured."""
    terms, account = _terms(), await proved_account(tx, token, lock=True)
    challenge = await _answered(tx, new.client_data_json, account.staff_id.bytes)
    verified = None if challenge is None else webauthn.verified_creation(_site(terms), challenge, new)
    if verified is None:
        raise StaffPasskeyRefused
    if len(await store.passkeys_of(tx, account.staff_id)) >= STAFF_PASSKEYS_MAX:
        raise StaffPasskeysFull(most=STAFF_PASSKEYS_MAX)
    kept = StoredStaffPasskey(
        passkey_id=new_id(),
        staff_id=account.staff_id,
        credential_id=verified.credential_id,
        public_key=verified.public_key,
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
    return await _asked(tx, webauthn.ask_to_show(_site(_terms()), CHALLENGE_LIFE), _TO_SIGN_IN)


async def accepted_passkey(tx: Transaction, proof: StaffPasskeyProof) -> UUID | None:
    """Whose passkey was shown, which is noted; None where it does not hold, also where the device has counted
    backwards: then there are two of it. What it answered is used up either way. Raises StaffPasskeysNotConfigured."""
    site = _site(_terms())
    challenge = await _answered(tx, proof.client_data_json, _TO_SIGN_IN)
    named = webauthn.named(proof)
    kept = None if named is None else await store.lock_passkey(tx, named.credential_id)
    if challenge is None or named is None or kept is None or named.owner != kept.staff_id:
        return None
    count = webauthn.verified_use(site, challenge, proof, kept.public_key, kept.sign_count)
    if count is None:
        return None
    await store.note_use(tx, kept.passkey_id, count)
    return kept.staff_id


async def _asked(tx: Transaction, question: webauthn.Question, whose: bytes) -> StaffPasskeyOptions:
    expires_at = tx.now + CHALLENGE_LIFE
    await store.insert_challenge(tx, _hash(whose, question.challenge), expires_at)
    return StaffPasskeyOptions(question.public_key, expires_at)


async def _answered(tx: Transaction, client_data_json: str, whose: bytes) -> bytes | None:
    """The challenge that was answered, which is used up; None where none such waits."""
    challenge = webauthn.answered_challenge(client_data_json)
    waits = challenge is not None and await store.take_challenge(tx, _hash(whose, challenge))
    return challenge if waits else None


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


def _site(terms: StaffPasskeyTerms) -> webauthn.Site:
    return webauthn.Site(terms.site, (terms.origin,), f"Huixiang {terms.site}")
