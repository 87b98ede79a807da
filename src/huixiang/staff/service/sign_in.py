"""Signing in to the console with password and code."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import pyotp

from huixiang.platform.db import Database, Transaction
from huixiang.staff import rules
from huixiang.staff.model import AuditEntry, Credentials, Session, SignedIn, SignInLocked, SignInRefused
from huixiang.staff.service.audit import record
from huixiang.staff.service.passwords import password_matches
from huixiang.staff.service.sealing import open_totp
from huixiang.staff.service.sessions import session_hash
from huixiang.staff.store import accounts as accounts_store
from huixiang.staff.store import sessions as sessions_store

_SESSIONS_KEPT = timedelta(days=30)
# Checked in place of the secret of a user who does not exist, so that both cost the same.
_TOTP_OF_NOBODY = pyotp.random_base32()


def name_hash(username: str) -> bytes:
    return hashlib.sha256(rules.normal_username(username).encode()).digest()


async def sign_in(db: Database, username: str, password: str, code: str, now: datetime) -> SignedIn:
    """A new session. Raises SignInRefused, whatever was wrong, or SignInLocked.

    Takes the database and not a transaction: a refusal has to leave its failure behind, and the password is checked
    while no connection is held. What the check found counts only under the lock on the name, so guesses sent at once
    are counted one by one.
    """
    username, name = rules.normal_username(username), name_hash(username)
    async with db.transaction(now=now, read_only=True) as tx:
        _refuse_locked(rules.locked_for(await sessions_store.find_attempts(tx, name), now))
        known = await accounts_store.find_credentials(tx, username)
    password_right = await password_matches(known.password_hash if known else None, password)

    async with db.transaction(now=now) as tx:
        attempts = await sessions_store.find_attempts(tx, name, lock=True)
        locked_for = rules.locked_for(attempts, now)
        credentials = await accounts_store.find_credentials(tx, username, lock=True)
        step = _accepted_step(credentials, code, now)
        # A password changed since it was checked is a wrong password.
        unchanged = credentials and known and credentials.password_hash == known.password_hash
        if not locked_for and credentials and unchanged and password_right and step is not None:
            return await _open_session(tx, credentials, name, step)
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


def _accepted_step(credentials: Credentials | None, code: str, now: datetime) -> int | None:
    if credentials is None or credentials.account.disabled_at is not None:
        rules.accepted_step(_TOTP_OF_NOBODY, code, 0, now)
        return None
    secret = open_totp(credentials.account.staff_id, credentials.totp_sealed)
    return rules.accepted_step(secret, code, credentials.totp_step, now)


async def _open_session(tx: Transaction, credentials: Credentials, name: bytes, step: int) -> SignedIn:
    account = credentials.account
    token = secrets.token_urlsafe(32)
    await accounts_store.update_totp_step(tx, account.staff_id, step)
    await sessions_store.delete_attempts(tx, name)
    await sessions_store.delete_sessions_expired_before(tx, tx.now - _SESSIONS_KEPT)
    await sessions_store.insert_session(tx, session_hash(token), account.staff_id, tx.now + rules.SESSION_ABSOLUTE)
    await record(
        tx, AuditEntry(actor=f"staff:{account.staff_id}", action="session.created", subject=f"staff:{account.staff_id}")
    )
    return SignedIn(
        token, Session(account, rules.permissions_of(account.role, account.stores), rules.csrf_token(token))
    )
