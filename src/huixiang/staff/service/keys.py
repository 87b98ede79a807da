"""Keys of calling systems: made, listed, changed, rotated, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.staff.model import (
    AuditEntry,
    KeyChange,
    KeyEnded,
    KeyTerms,
    KeyUnknown,
    NewKey,
    ScopeUnknown,
    StoredKey,
    SystemKey,
)
from huixiang.staff.rules import keys as rules
from huixiang.staff.service.admission import forget
from huixiang.staff.service.audit import record
from huixiang.staff.store import keys as store


async def create_key(tx: Transaction, name: str, scopes: Iterable[str], by: str) -> NewKey:
    """A key without an end that is let in from anywhere. Raises ScopeUnknown for a scope that no route asks for."""
    return await make_key(tx, KeyTerms(name, list(scopes)), by)


async def make_key(tx: Transaction, terms: KeyTerms, by: str) -> NewKey:
    """A new key. Raises ScopeUnknown, and InvalidInput for what is no network or an end that does not lie ahead."""
    rules.check_end(terms.expires_at, tx.now)
    key = SystemKey(
        key_id=new_id(),
        name=terms.name,
        scopes=_known(terms.scopes),
        created_at=tx.now,
        addresses=[str(network) for network in rules.networks(terms.addresses)],
        expires_at=terms.expires_at,
        requests_per_minute=terms.requests_per_minute,
    )
    await store.insert_key(tx, key, by)
    await _record(tx, by, "key.created", key, after=_terms(key))
    return await _with_secret(tx, key.key_id, 1, by)


async def list_keys(tx: Transaction) -> list[SystemKey]:
    return await store.all_keys(tx)


async def keys(tx: Transaction, cursor: str | None, limit: int) -> Page[SystemKey]:
    """Keys in the order in which they were made. Raises InvalidInput for a cursor of another list."""
    after = decode_cursor(cursor, UUID)[0] if cursor else None
    return page_of(await store.keys_after(tx, after, limit + 1), limit, lambda last: (last.key_id,))


async def read_key(tx: Transaction, key_id: UUID) -> SystemKey:
    """Raises KeyUnknown."""
    return (await _find(tx, key_id)).key


async def change_key(tx: Transaction, key_id: UUID, change: KeyChange, by: str) -> SystemKey:
    """Other terms, in force here at once and everywhere within five seconds. Raises KeyUnknown, KeyEnded for one that
    was revoked, and what `make_key` raises."""
    before = (await _find(tx, key_id, lock=True)).key
    if before.revoked_at is not None:
        raise KeyEnded(key_id=key_id)
    wanted = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
    if "scopes" in wanted:
        wanted["scopes"] = _known(wanted["scopes"])
    if "addresses" in wanted:
        wanted["addresses"] = [str(network) for network in rules.networks(wanted["addresses"])]
    rules.check_end(wanted.get("expires_at"), tx.now)
    after = msgspec.structs.replace(before, **wanted)
    if after != before:
        await store.update_key(tx, after)
        was, is_now = _terms(before), _terms(after)
        changed = [name for name in was if was[name] != is_now[name]]
        await _record(
            tx,
            by,
            "key.changed",
            after,
            before={name: was[name] for name in changed},
            after={name: is_now[name] for name in changed},
        )
    forget(key_id)
    return after


async def rotate_key(tx: Transaction, key_id: UUID, overlap: timedelta, by: str) -> NewKey:
    """A second secret; the one before is let in beside it until the overlap is over, so that a system changes without
    an outage. Raises KeyUnknown, KeyEnded, and KeyRotating while the last overlap runs."""
    key = (await _find(tx, key_id, lock=True)).key
    rules.check_rotation(key, tx.now)
    number = key.secrets[0].secret_no + 1
    ends_at = tx.now + overlap
    await store.end_secrets(tx, key_id, number, ends_at)
    made = await _with_secret(tx, key_id, number, by)
    await _record(tx, by, "key.rotated", key, after={"secret_no": number, "former_ends_at": ends_at})
    forget(key_id)
    return made


async def finish_rotation(tx: Transaction, key_id: UUID, by: str) -> SystemKey:
    """Ends the secrets before the present one now; once more changes nothing. Raises KeyUnknown."""
    key = (await _find(tx, key_id, lock=True)).key
    if any(one.ends_at is not None and one.ends_at > tx.now for one in key.secrets):
        await store.end_secrets(tx, key_id, key.secrets[0].secret_no, tx.now)
        await _record(tx, by, "key.rotation_finished", key, after={"secret_no": key.secrets[0].secret_no})
    forget(key_id)
    return await read_key(tx, key_id)


async def revoke_key(tx: Transaction, key_id: UUID, by: str) -> SystemKey:
    """Ends a key for ever; revoking it again changes nothing. Raises KeyUnknown."""
    if await store.revoke_key(tx, key_id, by):
        await record(tx, AuditEntry(actor=by, action="key.revoked", subject=f"key:{key_id}"))
    forget(key_id)
    return await read_key(tx, key_id)


async def _with_secret(tx: Transaction, key_id: UUID, number: int, by: str) -> NewKey:
    secret = secrets.token_urlsafe(32)
    await store.insert_secret(tx, key_id, number, rules.secret_hash(secret), by)
    return NewKey(await read_key(tx, key_id), rules.format_token(key_id, secret))


async def _find(tx: Transaction, key_id: UUID, *, lock: bool = False) -> StoredKey:
    stored = await store.find_key(tx, key_id, lock=lock)
    if stored is None:
        raise KeyUnknown(key_id=key_id)
    return stored


def _known(scopes: Iterable[str]) -> list[str]:
    wanted = sorted(set(scopes))
    for scope in wanted:
        if scope not in rules.SCOPES:
            raise ScopeUnknown(scope=scope)
    return wanted


def _terms(key: SystemKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in KeyTerms.__struct_fields__}


async def _record(
    tx: Transaction,
    by: str,
    action: str,
    key: SystemKey,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    entry = AuditEntry(actor=by, action=action, subject=f"key:{key.key_id}", before=before, after=after)
    await record(tx, entry)
