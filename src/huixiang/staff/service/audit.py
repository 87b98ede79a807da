"""The audit log: who did what to whom, when and why. Entries are added, each chained to the one before it of the same
actor and business day, and never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.staff.model.audit import FIRST_PREVIOUS, AuditEntry, AuditFilter, Link, ShownEntry
from huixiang.staff.rules.audit import link_hash
from huixiang.staff.service.personal import sealed
from huixiang.staff.store import audit as store


async def record(tx: Transaction, entry: AuditEntry) -> UUID:
    """Add an entry. From here to the end of the transaction others wait who record for the same actor: record last."""
    before = await _kept(tx, entry.member_id, entry.before)
    after = await _kept(tx, entry.member_id, entry.after)
    day, seq, previous = await store.begin_entry(tx, tx.calendar.day(tx.now), entry.actor)
    link = Link(
        audit_id=new_id(),
        actor=entry.actor,
        day=day,
        seq=seq,
        action=entry.action,
        subject=entry.subject,
        member_id=entry.member_id,
        before=before,
        after=after,
        reason=entry.reason,
        recorded_at=tx.now,
        previous_hash=previous or FIRST_PREVIOUS,
    )
    await store.insert_link(tx, msgspec.structs.replace(link, hash=link_hash(link)))
    return link.audit_id


async def entries(tx: Transaction, asked: AuditFilter, cursor: str | None, limit: int) -> Page[ShownEntry]:
    """The latest first. Raises InvalidInput for a cursor of another list."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    found = await shown(tx, await store.newest(tx, _within_days(tx, asked), before, limit + 1))
    return page_of(found, limit, lambda last: (last.recorded_at, last.audit_id))


def _within_days(tx: Transaction, asked: AuditFilter) -> AuditFilter:
    """The same with instants in place of days."""
    since, until = asked.since, asked.until
    if asked.first_day is not None:
        first = tx.calendar.start_of(asked.first_day)
        since = max(since, first) if since else first
    if asked.last_day is not None:
        last = tx.calendar.start_of(asked.last_day + timedelta(days=1))
        until = min(until, last) if until else last
    return msgspec.structs.replace(asked, since=since, until=until)


async def shown(tx: Transaction, links: Sequence[Link]) -> list[ShownEntry]:
    """With the names of those who act."""
    names = await names_of(tx, {link.actor for link in links})
    return [_shown(link, names.get(link.actor)) for link in links]


async def names_of(tx: Transaction, actors: Collection[str]) -> dict[str, str]:
    """What staff and keys are called now, by actor."""
    return await store.names_of(tx, _ids(actors, "staff"), _ids(actors, "key"))


def _ids(actors: Iterable[str], kind: str) -> list[UUID]:
    """Of actors of a kind. What is no id is nobody's."""
    found = set()
    for actor in actors:
        prefix, _, rest = actor.partition(":")
        with suppress(ValueError):
            found |= {UUID(rest)} if prefix == kind else set()
    return sorted(found)


async def _kept(tx: Transaction, member_id: UUID | None, values: Mapping[str, Any] | None) -> str | None:
    if values is None:
        return None
    return msgspec.json.encode(await sealed(tx, member_id, values), order="deterministic").decode()


def _shown(link: Link, actor_name: str | None) -> ShownEntry:
    return ShownEntry(
        audit_id=link.audit_id,
        actor=link.actor,
        actor_name=actor_name,
        action=link.action,
        subject=link.subject,
        member_id=link.member_id,
        before=_read(link.before),
        after=_read(link.after),
        reason=link.reason,
        recorded_at=link.recorded_at,
        day=link.day,
        seq=link.seq,
        hash=link.hash.hex(),
    )


def _read(text: str | None) -> dict[str, Any] | None:
    return None if text is None else msgspec.json.decode(text, type=dict[str, Any])
