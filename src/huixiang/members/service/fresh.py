"""What settles somebody in, or shuts others out, asks for a fresh sign-in: a stolen access token is not enough for it.

Fresh is a device whose member signed in, or showed anew who they are, within the last minutes: by a code sent to their
own phone, or by a passkey. Who has neither signs in anew.
"""

from __future__ import annotations

import base64
from uuid import UUID

from huixiang.kernel.errors import DomainError
from huixiang.members import rules, store
from huixiang.members.model.passkeys import NewPasskey, Passkey, PasskeyAnswer, PasskeyOptions, PasskeyRefused
from huixiang.members.model.sign_in import (
    Attempt,
    CodeRequest,
    Device,
    Fresh,
    FreshCode,
    FreshCodeAsked,
    FreshSignInRequired,
    Session,
)
from huixiang.members.rules import sign_in as sign_in_rules
from huixiang.members.service.passkeys import add_passkey as keep_passkey
from huixiang.members.service.passkeys import passkey_creation as creation
from huixiang.members.service.passkeys import remove_passkey as forget_passkey
from huixiang.members.service.passkeys import verified_passkey
from huixiang.members.service.sessions import sign_out
from huixiang.members.service.sign_in import ask_code, judge_one
from huixiang.members.service.step_up import phone_of
from huixiang.members.service.vault import vault
from huixiang.members.store import sessions as session_store
from huixiang.platform.access import MemberPrincipal
from huixiang.platform.db import Database, Transaction


async def require_fresh(tx: Transaction, caller: MemberPrincipal) -> None:
    """Raises FreshSignInRequired, also for a token that is of no device."""
    session = await _session(tx, caller)
    if session is None or tx.now >= sign_in_rules.fresh_until(session):
        raise _required()


async def ask_fresh_code(tx: Transaction, caller: MemberPrincipal, address: str) -> FreshCodeAsked:
    """Send a code to the member's own phone. Raises PhoneMissing, SignInTooOften, FreshSignInRequired for a token that
    is of no device."""
    if await _session(tx, caller) is None:
        raise _required()
    phone = await phone_of(tx, caller.member_id)
    asked = await ask_code(tx, CodeRequest(phone), address)
    return FreshCodeAsked(asked.challenge, asked.expires_at, asked.next_at, rules.mask_phone(phone))


async def prove_by_code(db: Database, caller: MemberPrincipal, proof: FreshCode, address: str) -> Fresh:
    """Raises SignInCodeRefused, PhoneMissing, SignInTooOften, FreshSignInRequired for a token that is of no device."""
    async with db.transaction() as tx:
        phone = await phone_of(tx, caller.member_id)
        challenge = base64.urlsafe_b64decode(proof.challenge + "==")
        attempt = Attempt(
            challenge=challenge,
            code_hash=vault().sign_in_hash(challenge, phone, proof.code),
            phone=phone,
            address=vault().address_key(address),
            device=Device(kind="h5"),
        )
        outcome = await judge_one(tx, attempt) or await _proven(tx, caller)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


async def prove_by_passkey(tx: Transaction, caller: MemberPrincipal, answer: PasskeyAnswer) -> Fresh:
    """Raises PasskeyRefused, also for another member's, and FreshSignInRequired for a token that is of no device."""
    kept = await verified_passkey(tx, answer)
    if kept.member_id != caller.member_id:
        raise PasskeyRefused
    outcome = await _proven(tx, caller)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


async def passkey_creation(tx: Transaction, caller: MemberPrincipal) -> PasskeyOptions:
    await require_fresh(tx, caller)
    return await creation(tx, caller.member_id)


async def add_passkey(tx: Transaction, caller: MemberPrincipal, new: NewPasskey) -> Passkey:
    await require_fresh(tx, caller)
    return await keep_passkey(tx, caller.member_id, new)


async def remove_passkey(tx: Transaction, caller: MemberPrincipal, passkey_id: UUID) -> None:
    await require_fresh(tx, caller)
    await forget_passkey(tx, caller.member_id, passkey_id)


async def sign_out_others(tx: Transaction, caller: MemberPrincipal, device_id: UUID | None = None) -> None:
    """End another device's session, or all of the member's: who has stolen a token does not shut its owner out with it.
    The device that asks ends its own without; a token that is of no device has no way to show anything anew, and is the
    shop's own system's to vouch for. Raises FreshSignInRequired."""
    if caller.session_id not in (None, device_id):
        await require_fresh(tx, caller)
    await sign_out(tx, caller.member_id, device_id)


async def _proven(tx: Transaction, caller: MemberPrincipal) -> Fresh | FreshSignInRequired:
    if caller.session_id is None or await _session(tx, caller) is None:
        return _required()
    await session_store.note_proof(tx, caller.member_id, caller.session_id)
    return Fresh(tx.now + sign_in_rules.FRESH_FOR)


async def _session(tx: Transaction, caller: MemberPrincipal) -> Session | None:
    """That of the calling device, locked, unless it has ended."""
    if caller.session_id is None:
        return None
    session = await store.lock_session(tx, caller.member_id, caller.session_id)
    return None if session is None or session.ended_at is not None else session


def _required() -> FreshSignInRequired:
    return FreshSignInRequired(within_s=int(sign_in_rules.FRESH_FOR.total_seconds()))
