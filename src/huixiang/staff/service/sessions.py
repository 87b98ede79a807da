"""Console sessions: checked on every request, shown, ended."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from huixiang.platform.access import NotAuthenticated, SessionCredentials, StaffPrincipal
from huixiang.platform.db import Database, Transaction
from huixiang.staff import rules
from huixiang.staff.model import Account, AuditEntry, CsrfTokenWrong, Session, StoredSession
from huixiang.staff.service.audit import record
from huixiang.staff.store import sessions as store


def session_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def authenticate_session(db: Database, credentials: SessionCredentials, now: datetime) -> StaffPrincipal:
    """The console user behind a session cookie. Raises NotAuthenticated; CsrfTokenWrong on a request that changes
    state and does not carry the session's own token."""
    async with db.transaction(now=now) as tx:
        session = await _find(tx, credentials.token)
        if credentials.changes_state:
            expected = rules.csrf_token(credentials.token)
            if not hmac.compare_digest(expected.encode(), (credentials.csrf_token or "").encode()):
                raise CsrfTokenWrong
        if rules.is_due(session.last_seen_at, rules.SESSION_TOUCH, now):
            await store.touch_session(tx, session_hash(credentials.token))
    return _principal(session.account)


def _principal(account: Account) -> StaffPrincipal:
    return StaffPrincipal(account.staff_id, rules.permissions_of(account.role, account.stores), account.stores)


async def current_session(tx: Transaction, token: str) -> Session:
    """What a signed-in user is shown about their session. Raises NotAuthenticated."""
    account = (await _find(tx, token)).account
    return Session(account, rules.permissions_of(account.role, account.stores), rules.csrf_token(token))


async def sign_out(tx: Transaction, token: str) -> None:
    """Ends the session; it is gone for every process at once. Raises NotAuthenticated."""
    account = (await _find(tx, token)).account
    if await store.end_session(tx, session_hash(token)):
        actor = f"staff:{account.staff_id}"
        await record(tx, AuditEntry(actor=actor, action="session.ended", subject=actor))


async def _find(tx: Transaction, token: str) -> StoredSession:
    session = await store.find_session(tx, session_hash(token))
    if session is None or not rules.session_holds(session, tx.now):
        raise NotAuthenticated
    return session
