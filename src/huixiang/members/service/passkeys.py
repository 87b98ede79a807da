"""Passkeys: made while signed in, used in place of a code, listed, removed.

Challenges are kept as a hash of what they are for and for whom, and answered once.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from huixiang.kernel.ids import new_id
from huixiang.members import store
from huixiang.members.model import Ability, MemberRef, StateRefuses
from huixiang.members.model.passkeys import (
    PASSKEYS_MAX,
    NewPasskey,
    Passkey,
    PasskeyAnswer,
    PasskeyOptions,
    PasskeyProof,
    PasskeyRefused,
    PasskeysFull,
    PasskeysNotConfigured,
    PasskeyTerms,
    StoredPasskey,
)
from huixiang.members.model.sign_in import LastWayIn, SignedIn
from huixiang.members.rules import sign_in as rules
from huixiang.members.service.cards import card
from huixiang.members.service.look_up import identify
from huixiang.members.service.sealing import seal, unseal
from huixiang.members.service.sessions import Opening, open_sessions, signed_in
from huixiang.members.store import identities as identity_store
from huixiang.members.store import passkeys as passkey_store
from huixiang.platform import passkeys as webauthn
from huixiang.platform.db import Transaction

_TO_SIGN_IN = b"sign in"

_wired: dict[str, PasskeyTerms] = {}


def use_passkeys(terms: PasskeyTerms | None) -> None:
    """Called once by each process before it serves; None: there are none here."""
    _wired.clear()
    if terms is not None:
        _wired["passkeys"] = terms


def has_passkeys() -> bool:
    return "passkeys" in _wired


async def passkey_creation(tx: Transaction, member_id: UUID) -> PasskeyOptions:
    """What a signed-in member's browser is asked with to make a passkey. Raises PasskeysNotConfigured, PasskeysFull."""
    terms = _terms()
    kept = await store.passkeys_of(tx, member_id)
    if len(kept) >= PASSKEYS_MAX:
        raise PasskeysFull(most=PASSKEYS_MAX)
    shown = await card(tx, member_id, own=True)
    question = webauthn.ask_to_make(
        _site(terms),
        rules.PASSKEY_LIFE,
        owner=member_id,
        name=shown.phone_masked or shown.number,
        display_name=shown.display_name or shown.number,
        kept=[one.credential_id for one in kept],
    )
    return await _asked(tx, question, member_id.bytes)


async def add_passkey(tx: Transaction, member_id: UUID, new: NewPasskey) -> Passkey:
    """Keep a passkey that the member's browser has made. Raises PasskeyRefused, PasskeysFull, PasskeysNotConfigured."""
    terms = _terms()
    challenge = await _answered(tx, new.client_data_json, member_id.bytes)
    verified = webauthn.verified_creation(_site(terms), challenge, new)
    if verified is None:
        raise PasskeyRefused
    if len(await store.passkeys_of(tx, member_id)) >= PASSKEYS_MAX:
        raise PasskeysFull(most=PASSKEYS_MAX)
    passkey_id = new_id()
    kept = StoredPasskey(
        member_id=member_id,
        passkey_id=passkey_id,
        credential_id=verified.credential_id,
        public_key=verified.public_key,
        sign_count=verified.sign_count,
        name=None if new.name is None else await seal(tx, member_id, _name_field(passkey_id), new.name),
        created_at=tx.now,
    )
    if not await store.insert_passkey(tx, kept):
        raise PasskeyRefused
    return Passkey(passkey_id=passkey_id, name=new.name, created_at=tx.now, used_at=None)


async def passkeys(tx: Transaction, member_id: UUID) -> list[Passkey]:
    """The member's passkeys, in the order that they were made in."""
    kept = await store.passkeys_of(tx, member_id)
    sealed = [(member_id, _name_field(one.passkey_id), one.name) for one in kept if one.name is not None]
    names = dict(zip((field for _, field, _ in sealed), await unseal(tx, sealed), strict=True))
    return [
        Passkey(
            passkey_id=one.passkey_id,
            name=names.get(_name_field(one.passkey_id)),
            created_at=one.created_at,
            used_at=one.used_at,
        )
        for one in kept
    ]


async def remove_passkey(tx: Transaction, member_id: UUID, passkey_id: UUID) -> None:
    """One that is not the member's, or is gone, changes nothing. Raises LastWayIn."""
    kept = await passkey_store.lock_passkeys(tx, member_id)
    if [one.passkey_id for one in kept] == [passkey_id]:
        identities = await identity_store.of_member(tx, member_id)
        if not any(rules.is_way_in(kind, source) for _, (kind, _), source in identities):
            raise LastWayIn
    await store.delete_passkey(tx, member_id, passkey_id)


async def passkey_request(tx: Transaction) -> PasskeyOptions:
    """What the browser of somebody who wants to sign in is asked with. Raises PasskeysNotConfigured."""
    return await _asked(tx, webauthn.ask_to_show(_site(_terms()), rules.PASSKEY_LIFE), _TO_SIGN_IN)


async def sign_in_by_passkey(tx: Transaction, proof: PasskeyProof) -> SignedIn:
    """Raises PasskeyRefused, also where the device has counted backwards: then there are two of it. Raises
    StateRefuses, PasskeysNotConfigured."""
    kept = await verified_passkey(tx, proof)
    (member,) = await identify(tx, [MemberRef(member_id=kept.member_id)])
    if member is None:
        raise PasskeyRefused
    if not member.may(Ability.SIGN_IN):
        raise StateRefuses(state=member.state, ability=Ability.SIGN_IN)
    (session,) = await open_sessions(tx, [Opening(member.member_id, proof.device, "passkey")])
    return signed_in(session, registered=False)


async def verified_passkey(tx: Transaction, proof: PasskeyAnswer) -> StoredPasskey:
    """The passkey that answered a challenge to sign in; its use is noted. Raises PasskeyRefused,
    PasskeysNotConfigured."""
    site = _site(_terms())
    challenge = await _answered(tx, proof.client_data_json, _TO_SIGN_IN)
    kept = await _shown(tx, proof)
    count = webauthn.verified_use(site, challenge, proof, kept.public_key, kept.sign_count)
    if count is None:
        raise PasskeyRefused
    await store.note_use(tx, kept, count)
    return kept


async def _asked(tx: Transaction, question: webauthn.Question, whose: bytes) -> PasskeyOptions:
    expires_at = tx.now + rules.PASSKEY_LIFE
    await store.insert_challenge(tx, _hash(whose, question.challenge), expires_at)
    return PasskeyOptions(question.public_key, expires_at)


async def _answered(tx: Transaction, client_data_json: str, whose: bytes) -> bytes:
    """The challenge that was answered, which is used up. Raises PasskeyRefused where none such waits."""
    challenge = webauthn.answered_challenge(client_data_json)
    if challenge is None or not await store.take_challenge(tx, _hash(whose, challenge)):
        raise PasskeyRefused
    return challenge


async def _shown(tx: Transaction, proof: PasskeyAnswer) -> StoredPasskey:
    """The passkey that the device says it is, locked: of two uses at once each sees what the other counted."""
    named = webauthn.named(proof)
    kept = None if named is None else await store.lock_passkey(tx, named.owner, named.credential_id)
    if kept is None:
        raise PasskeyRefused
    return kept


def _hash(whose: bytes, challenge: bytes) -> bytes:
    return hashlib.sha256(b"huixiang passkey 1|" + whose + b"|" + challenge).digest()


def _name_field(passkey_id: UUID) -> str:
    return f"passkey:{passkey_id}"


def _terms() -> PasskeyTerms:
    if "passkeys" not in _wired:
        raise PasskeysNotConfigured
    return _wired["passkeys"]


def _site(terms: PasskeyTerms) -> webauthn.Site:
    return webauthn.Site(terms.site, terms.origins, terms.site)
