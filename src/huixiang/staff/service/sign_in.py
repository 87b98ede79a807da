"""Signing in to the console: with password and a second factor (the code of an app, or a passkey), or with a passkey
alone; and showing the same again within a session."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import msgspec
import pyotp

from huixiang.kernel.errors import InvalidInput
from huixiang.platform.access import NotAuthenticated
from huixiang.platform.db import Database, Transaction
from huixiang.staff import rules
from huixiang.staff.model import AuditEntry, Credentials, SignedIn, SignInLocked, SignInRefused
from huixiang.staff.model.errors import StaffPasskeyRefused
from huixiang.staff.model.passkeys import StaffPasskeyProof
from huixiang.staff.model.passwords import FirstPasswordExpired
from huixiang.staff.model.sessions import Method
from huixiang.staff.service.audit import record
from huixiang.staff.service.passkeys import accepted_passkey
from huixiang.staff.service.passwords import password_matches
from huixiang.staff.service.sealing import open_totp
from huixiang.staff.service.sessions import find_session, open_session, session_hash
from huixiang.staff.store import accounts as accounts_store
from huixiang.staff.store import sessions as sessions_store

T = TypeVar("T")
# Checked in place of the secret of a user who does not exist, so that both cost the same.
_TOTP_OF_NOBODY = pyotp.random_base32()


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody shows of who they are: the password, and one of the two others."""

    username: str
    password: str
    code: str | None = None
    passkey: StaffPasskeyProof | None = None


def name_hash(username: str) -> bytes:
    return hashlib.sha256(rules.normal_username(username).encode()).digest()


async def sign_in(
    db: Database,
    username: str,
    password: str,
    code: str | None,
    now: datetime,
    *,
    passkey: StaffPasskeyProof | None = None,
    agent: str | None = None,
) -> SignedIn:
    """A new session. Raises SignInRefused, whatever was wrong, SignInLocked, InvalidInput where not one second factor
    is given, and, where all was right, FirstPasswordExpired."""
    shown = Shown(username=username, password=password, code=code, passkey=passkey)

    async def run(tx: Transaction, known: Credentials) -> SignedIn:
        if rules.is_first_expired(known.account, tx.now):
            raise FirstPasswordExpired
        method: Method = "password_code" if shown.passkey is None else "password_passkey"
        return await open_session(tx, known.account, method, agent)

    return await _proved(db, shown, now, run)


async def prove_again(
    db: Database,
    token: str,
    password: str,
    code: str | None,
    now: datetime,
    *,
    passkey: StaffPasskeyProof | None = None,
) -> None:
    """Show the password and a second factor in a session that is open: what asks for that may be done for ten minutes.
    Raises as `sign_in`, and NotAuthenticated."""
    async with db.transaction(now=now, read_only=True) as tx:
        username = (await find_session(tx, token)).account.username

    async def run(tx: Transaction, known: Credentials) -> None:
        if (await find_session(tx, token)).account.staff_id != known.account.staff_id:
            raise NotAuthenticated
        await sessions_store.note_proof(tx, session_hash(token))
        actor = f"staff:{known.account.staff_id}"
        await record(tx, AuditEntry(actor=actor, action="session.proved", subject=actor))

    await _proved(db, Shown(username=username, password=password, code=code, passkey=passkey), now, run)


async def sign_in_by_passkey(
    db: Database, proof: StaffPasskeyProof, now: datetime, *, agent: str | None = None
) -> SignedIn:
    """A new session by a passkey alone, whose device has looked at its owner. A lock on the name, which anybody can
    bring about, does not keep it out. Raises StaffPasskeyRefused."""
    async with db.transaction(now=now) as tx:
        whose = await accepted_passkey(tx, proof)
        account = await accounts_store.find_account(tx, whose) if whose else None
        if account is not None and account.disabled_at is None:
            return await open_session(tx, account, "passkey", agent)
    raise StaffPasskeyRefused


async def _proved(
    db: Database, shown: Shown, now: datetime, run: Callable[[Transaction, Credentials], Awaitable[T]]
) -> T:
    """What `run` makes of who has shown the right password and second factor.

    Takes the database and not a transaction: a refusal has to leave its failure behind, and the password is checked
    while no connection is held. What the check found counts only under the lock on the name, so guesses sent at once
    are counted one by one.
    """
    if (shown.code is None) == (shown.passkey is None):
        raise InvalidInput(path="$", problem="expected one of code and passkey")
    username, name = rules.normal_username(shown.username), name_hash(shown.username)
    async with db.transaction(now=now, read_only=True) as tx:
        _refuse_locked(rules.locked_for(await sessions_store.find_attempts(tx, name), now))
        known = await accounts_store.find_credentials(tx, username)
    password_right = await password_matches(known.password_hash if known else None, shown.password)

    async with db.transaction(now=now) as tx:
        attempts = await sessions_store.find_attempts(tx, name, lock=True)
        locked_for = rules.locked_for(attempts, now)
        credentials = await accounts_store.find_credentials(tx, username, lock=True)
        second = await _second_factor(tx, credentials, shown, now)
        # A password changed since it was checked is a wrong password.
        unchanged = credentials and known and credentials.password_hash == known.password_hash
        if not locked_for and credentials and unchanged and password_right and second is not None:
            if shown.passkey is None:
                await accounts_store.update_totp_step(tx, credentials.account.staff_id, second)
            await sessions_store.delete_attempts(tx, name)
            return await run(tx, credentials)
        if not locked_for:
            forgotten = now - rules.FAILURES_FORGOTTEN_AFTER
            await sessions_store.save_attempts(tx, name, rules.after_failure(attempts, now), forgotten)
            actor = f"name:{name.hex()}"
            await record(tx, AuditEntry(actor=actor, action="session.refused", subject=actor))
    _refuse_locked(locked_for)
    raise SignInRefused


def _refuse_locked(seconds: int) -> None:
    if seconds:
        raise SignInLocked(retry_after_s=seconds)


async def _second_factor(tx: Transaction, credentials: Credentials | None, shown: Shown, now: datetime) -> int | None:
    """None where it does not hold; else the time step of the code, which is used up, or 0 for a passkey."""
    account = credentials.account if credentials else None
    active = account is not None and account.disabled_at is None
    if shown.passkey is not None:
        whose = await accepted_passkey(tx, shown.passkey)
        return 0 if active and account is not None and whose == account.staff_id else None
    code = shown.code or ""
    if credentials is None or not active:
        rules.accepted_step(_TOTP_OF_NOBODY, code, 0, now)
        return None
    secret = open_totp(credentials.account.staff_id, credentials.totp_sealed)
    return rules.accepted_step(secret, code, credentials.totp_step, now)
