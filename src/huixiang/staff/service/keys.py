"""Keys of calling systems: made, listed, revoked, and checked on every request."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from huixiang.kernel.ids import new_id
from huixiang.platform.access import NotAuthenticated, SystemPrincipal
from huixiang.platform.db import Database, Transaction
from huixiang.staff import rules
from huixiang.staff.model import AuditEntry, KeyUnknown, NewKey, ScopeUnknown, SystemKey
from huixiang.staff.service.audit import record
from huixiang.staff.store import keys as store

CACHE_LIFE = timedelta(seconds=5)
CACHE_SIZE = 1024


class RecentKeys:
    """What the last few tokens turned out to be, so that a request costs no query. A revoked key is let in for at
    most `CACHE_LIFE` by processes other than the one that revoked it. Holds hashes, never tokens."""

    def __init__(self) -> None:
        self._entries: OrderedDict[bytes, tuple[datetime, SystemPrincipal | None]] = OrderedDict()

    def recall(self, token: str, now: datetime) -> tuple[SystemPrincipal | None] | None:
        entry = self._entries.get(_digest(token))
        if entry is None or not entry[0] <= now < entry[0] + CACHE_LIFE:
            return None
        return (entry[1],)

    def keep(self, token: str, principal: SystemPrincipal | None, now: datetime) -> None:
        self._entries[_digest(token)] = (now, principal)
        self._entries.move_to_end(_digest(token))
        while len(self._entries) > CACHE_SIZE:
            self._entries.popitem(last=False)

    def forget(self, key_id: UUID) -> None:
        gone = [digest for digest, (_, found) in self._entries.items() if found and found.key_id == key_id]
        for digest in gone:
            del self._entries[digest]


_recent = RecentKeys()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def create_key(tx: Transaction, name: str, scopes: Iterable[str], by: str) -> NewKey:
    """A new key. Raises ScopeUnknown for a scope that no route asks for."""
    wanted = frozenset(scopes)
    for scope in sorted(wanted - rules.SCOPES):
        raise ScopeUnknown(scope=scope)
    key = SystemKey(new_id(), name, wanted, tx.now, None, None)
    secret = secrets.token_urlsafe(32)
    await store.insert_key(tx, key, rules.secret_hash(secret), by)
    after = {"name": name, "scopes": sorted(wanted)}
    await record(tx, AuditEntry(actor=by, action="key.created", subject=f"key:{key.key_id}", after=after))
    return NewKey(key, rules.format_token(key.key_id, secret))


async def list_keys(tx: Transaction) -> list[SystemKey]:
    return await store.all_keys(tx)


async def revoke_key(tx: Transaction, key_id: UUID, by: str) -> SystemKey:
    """Ends a key for ever; revoking it again changes nothing. Raises KeyUnknown."""
    if await store.revoke_key(tx, key_id, by):
        await record(tx, AuditEntry(actor=by, action="key.revoked", subject=f"key:{key_id}"))
    _recent.forget(key_id)
    stored = await store.find_key(tx, key_id)
    if stored is None:
        raise KeyUnknown(key_id=key_id)
    return stored.key


async def authenticate_key(db: Database, token: str, now: datetime) -> SystemPrincipal:
    """The system behind a token. Raises NotAuthenticated, whatever is wrong with it."""
    recalled = _recent.recall(token, now)
    principal = recalled[0] if recalled else await _look_up(db, token, now)
    if recalled is None:
        _recent.keep(token, principal, now)
    if principal is None:
        raise NotAuthenticated
    return principal


async def _look_up(db: Database, token: str, now: datetime) -> SystemPrincipal | None:
    parsed = rules.parse_token(token)
    if parsed is None:
        return None
    key_id, secret = parsed
    async with db.transaction(now=now) as tx:
        stored = await store.find_key(tx, key_id)
        if stored is None or not hmac.compare_digest(stored.secret_hash, rules.secret_hash(secret)):
            return None
        if stored.key.revoked_at is not None:
            return None
        if rules.is_due(stored.key.last_used_at, rules.KEY_TOUCH, now):
            await store.touch_key(tx, key_id, now - rules.KEY_TOUCH)
    return SystemPrincipal(key_id, stored.key.scopes)
