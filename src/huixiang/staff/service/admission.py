"""Who a token of a calling system belongs to, asked at every request."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from huixiang.platform.access import NotAuthenticated, SystemPrincipal
from huixiang.platform.db import Database
from huixiang.staff.model import AddressRefused
from huixiang.staff.rules import is_due
from huixiang.staff.rules import keys as rules
from huixiang.staff.store import keys as store

CACHE_LIFE = timedelta(seconds=5)
CACHE_SIZE = 1024


class Admitted(msgspec.Struct, frozen=True):
    """What a token is good for: for whom, from where (none: anywhere), and until when (None: no end)."""

    principal: SystemPrincipal
    allowed: list[rules.Network]
    until: datetime | None


class RecentKeys:
    """What the last few tokens turned out to be, so that a request costs no query. A key that is revoked or changed
    is let in as it was for at most `CACHE_LIFE` by processes other than the one that did it; what ends by itself ends
    on time. Holds hashes, never tokens."""

    def __init__(self) -> None:
        self._entries: OrderedDict[bytes, tuple[datetime, UUID | None, Admitted | None]] = OrderedDict()

    def recall(self, token: str, now: datetime) -> tuple[Admitted | None] | None:
        entry = self._entries.get(_digest(token))
        if entry is None or not entry[0] <= now < entry[0] + CACHE_LIFE:
            return None
        admitted = entry[2]
        return None if admitted and admitted.until and admitted.until <= now else (admitted,)

    def keep(self, token: str, admitted: Admitted | None, now: datetime) -> None:
        named = rules.parse_token(token)
        self._entries[_digest(token)] = (now, named[0] if named else None, admitted)
        self._entries.move_to_end(_digest(token))
        while len(self._entries) > CACHE_SIZE:
            self._entries.popitem(last=False)

    def forget(self, key_id: UUID) -> None:
        gone = [digest for digest, (_, named, _) in self._entries.items() if named == key_id]
        for digest in gone:
            del self._entries[digest]


_recent = RecentKeys()
forget = _recent.forget


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def authenticate_key(db: Database, token: str, address: rules.Address | None, now: datetime) -> SystemPrincipal:
    """The system behind a token that comes from an address. Raises NotAuthenticated, whatever is wrong with the token;
    AddressRefused where the token is right and does not come from where it may."""
    recalled = _recent.recall(token, now)
    admitted = recalled[0] if recalled else await _look_up(db, token, now)
    if recalled is None:
        _recent.keep(token, admitted, now)
    if admitted is None:
        raise NotAuthenticated
    if not rules.within(address, admitted.allowed):
        raise AddressRefused(address=str(address))
    return admitted.principal


async def _look_up(db: Database, token: str, now: datetime) -> Admitted | None:
    parsed = rules.parse_token(token)
    if parsed is None:
        return None
    key_id, secret = parsed
    async with db.transaction(now=now) as tx:
        stored = await store.find_key(tx, key_id)
        used = rules.secret_in_use(stored, secret, now) if stored else None
        if stored is None or used is None:
            return None
        if is_due(used.last_used_at, rules.KEY_TOUCH, now):
            await store.touch_secret(tx, key_id, used.secret_no, now - rules.KEY_TOUCH)
    principal = SystemPrincipal(key_id, frozenset(stored.key.scopes), stored.key.requests_per_minute)
    return Admitted(principal, rules.networks(stored.key.addresses), rules.lasts_until(stored.key, used))
