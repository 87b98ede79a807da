"""Console sessions: opened, checked on every request, shown, ended."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from huixiang.platform.access import NotAuthenticated, SessionCredentials, StaffPrincipal
from huixiang.platform.db import Database, Transaction
from huixiang.staff import rules
from huixiang.staff.model import Account, AuditEntry, CsrfTokenWrong, Session, SignedIn, StoredSession
from huixiang.staff.model.errors import ProofNeeded, SessionUnknown
from huixiang.staff.model.sessions import Method, OpenSession, SessionTerms
from huixiang.staff.service.audit import record
from huixiang.staff.store import accounts as accounts_store
from huixiang.staff.store import sessions as store

_SESSIONS_KEPT = timedelta(days=30)
_terms: dict[str, SessionTerms] = {}


def use_session_terms(terms: SessionTerms) -> None:
    """Called once by each process before it serves."""
    _terms["console"] = terms


def session_terms() -> SessionTerms:
    return _terms.get("console") or SessionTerms()


def session_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def session_name(token: str) -> UUID:
    """What a session is called; opens nothing."""
    return UUID(bytes=session_hash(token)[:16])


async def open_session(tx: Transaction, account: Account, method: Method, agent: str | None) -> SignedIn:
    """A new session of somebody who has shown who they are."""
    token = secrets.token_urlsafe(32)
    await store.delete_sessions_expired_before(tx, tx.now - _SESSIONS_KEPT)
    ends_at = tx.now + session_terms().absolute
    await store.insert_session(tx, session_hash(token), account.staff_id, ends_at, method, agent)
    actor = f"staff:{account.staff_id}"
    await record(tx, AuditEntry(actor=actor, action="session.created", subject=actor, after={"method": method}))
    return SignedIn(token, _session(account, token))


async def authenticate_session(db: Database, credentials: SessionCredentials, now: datetime) -> StaffPrincipal:
    """The console user behind a session cookie. Raises NotAuthenticated; CsrfTokenWrong on a request that changes
    state and does not carry the session's own token."""
    async with db.transaction(now=now) as tx:
        session = await find_session(tx, credentials.token)
        if credentials.changes_state:
            expected = rules.csrf_token(credentials.token)
            if not hmac.compare_digest(expected.encode(), (credentials.csrf_token or "").encode()):
                raise CsrfTokenWrong
        if rules.is_due(session.last_seen_at, rules.SESSION_TOUCH, now):
            await store.touch_session(tx, session_hash(credentials.token))
    return _principal(session.account)


def _principal(account: Account) -> StaffPrincipal:
    permissions = rules.permissions_of(account.role, account.stores)
    return StaffPrincipal(
        account.staff_id, permissions, account.stores, account.role, account.password_until is not None
    )


async def current_session(tx: Transaction, token: str) -> Session:
    """What a signed-in user is shown about their session. Raises NotAuthenticated."""
    return _session((await find_session(tx, token)).account, token)


async def proved_account(tx: Transaction, token: str, *, lock: bool = False) -> Account:
    """Whose session it is, where they have shown password and second factor a short while ago. With `lock`, others wait
    who lock this account. Raises NotAuthenticated, ProofNeeded."""
    session = await find_session(tx, token)
    if not rules.is_proved(session, tx.now):
        raise ProofNeeded(within_s=int(rules.PROOF_LASTS.total_seconds()))
    if lock:
        await accounts_store.find_account(tx, session.account.staff_id, lock=True)
    return session.account


async def sign_out(tx: Transaction, token: str) -> None:
    """Ends the session; it is gone for every process at once. Raises NotAuthenticated."""
    account = (await find_session(tx, token)).account
    if await store.end_session(tx, session_hash(token)):
        actor = f"staff:{account.staff_id}"
        await record(tx, AuditEntry(actor=actor, action="session.ended", subject=actor))


async def sessions_of(tx: Transaction, staff_id: UUID, token: str | None = None) -> list[OpenSession]:
    """An account's sessions that hold, the last seen first. token: of the one that asks."""
    terms = session_terms()
    found = await store.open_sessions(tx, staff_id, tx.now - terms.idle, tx.now - terms.absolute)
    mine = None if token is None else session_name(token)
    return [msgspec.structs.replace(one, current=one.session_id == mine) for one in found]


async def end_own_sessions(tx: Transaction, token: str, session_id: UUID | None) -> int:
    """End one of the user's sessions, or all but the one that asks; how many. Others than the one that asks after a
    proof: who has stolen a cookie does not shut its owner out with it. Raises SessionUnknown, ProofNeeded."""
    mine = session_id is not None and session_id == session_name(token)
    account = (await find_session(tx, token)).account if mine else await proved_account(tx, token)
    return await end_sessions(
        tx, account.staff_id, f"staff:{account.staff_id}", session_id=session_id, but=None if session_id else token
    )


async def end_sessions(
    tx: Transaction,
    staff_id: UUID,
    by: str,
    *,
    reason: str | None = None,
    session_id: UUID | None = None,
    but: str | None = None,
) -> int:
    """End an account's sessions at once and everywhere: one, or all (but one); how many. Raises SessionUnknown where
    one was named and does not hold."""
    kept = None if but is None else session_hash(but)
    ended = await store.end_sessions_of(tx, staff_id, but=kept, session_id=session_id)
    if session_id is not None and not ended:
        raise SessionUnknown(session_id=session_id)
    if ended:
        after = {"sessions": ended}
        subject = f"staff:{staff_id}"
        await record(tx, AuditEntry(actor=by, action="session.ended", subject=subject, after=after, reason=reason))
    return ended


async def find_session(tx: Transaction, token: str) -> StoredSession:
    """One that holds. Raises NotAuthenticated."""
    session = await store.find_session(tx, session_hash(token))
    if session is None or not rules.session_holds(session, tx.now, session_terms()):
        raise NotAuthenticated
    return session


def _session(account: Account, token: str) -> Session:
    return Session(account, rules.permissions_of(account.role, account.stores), rules.csrf_token(token))
