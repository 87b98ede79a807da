"""Read rule documents, and how they stand.

A process keeps the documents it has read, decoded, and asks the database each time whether anything was published,
withdrawn or switched since: one small statement, so that a withdrawal holds for the next decision of every process.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import groupby
from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.rulebook.model import Document, Name, RuleDocumentUnknown, Standing, Timeline, Version
from huixiang.rulebook.rules import documents as rules
from huixiang.rulebook.service.kinds import kind_of
from huixiang.rulebook.store import documents as store
from huixiang.rulebook.store import switches

VERSION_MAX = 2**31 - 1
# With the revision that each was read under. No two revisions of any database have the same name.
_timelines: dict[Name, tuple[UUID, Timeline]] = {}
_standings: dict[Name, tuple[UUID, Standing]] = {}


async def current(tx: Transaction, kind: str, code: str, at: datetime, revision: UUID | None = None) -> Document:
    """The document in force at an instant: the highest published version whose period holds it.

    Round trips as of `timelines`. Raises RuleKindUnknown, RuleDocumentUnknown.
    """
    known = (await timelines(tx, [(kind, code)], revision)).get((kind, code), Timeline(kind, code, ()))
    return known.at(at)


async def timeline(tx: Transaction, kind: str, code: str) -> Timeline:
    """Every published version, for a batch that spans instants. Round trips as of `timelines`.

    Raises RuleKindUnknown, and RuleDocumentUnknown where there is none.
    """
    known = (await timelines(tx, [(kind, code)])).get((kind, code))
    if known is None:
        raise RuleDocumentUnknown.at(kind, code, tx.now)
    return known


async def timelines(tx: Transaction, names: Collection[Name], revision: UUID | None = None) -> dict[Name, Timeline]:
    """Every published version of several documents; one that has none is left out. Raises RuleKindUnknown.

    One round trip, none with a `revision` that the caller has just read; one more when something was published or
    withdrawn since this process read one of them.
    """
    for kind, _ in names:
        kind_of(kind)
    # Read first: a change that commits before what follows is kept under the old name, which nobody meets again.
    if revision is None:
        revision = await store.revision(tx)
    if revision is None:
        return {}
    kept = {name: _timelines[name] for name in names if name in _timelines}
    found = {name: line for name, (read_under, line) in kept.items() if read_under == revision}
    missing = set(names) - found.keys()
    if missing:
        headers = await store.published(tx, missing)
        for name, versions in groupby(headers, key=lambda header: (header.kind, header.code)):
            found[name] = Timeline(*name, [_document(header) for header in versions])
            _timelines[name] = (revision, found[name])
    return found


async def revision(tx: Transaction) -> UUID | None:
    """The name of what is published and switched now; None before the first document. Who asks for other facts finds
    it in the view `rulebook.rulebook_revision_facts` too."""
    return await store.revision(tx)


async def standing(tx: Transaction, kind: str, code: str, revision: UUID | None = None) -> Standing:
    """The versions of one document and its parts that are switched off. Raises RuleKindUnknown.

    One round trip; none with the `revision` that was read in this transaction; three when something changed since this
    process read it.
    """
    name = (kind_of(kind).name, code)
    if revision is None:  # as in `timelines`, first
        revision = await store.revision(tx)
    kept = _standings.get(name)
    if kept is not None and kept[0] == revision:
        return kept[1]
    found = Standing(*name, await store.versions(tx, *name), await switches.off(tx, *name))
    if revision is not None and found.versions:
        _standings[name] = (revision, found)
    return found


def known_standing(kind: str, code: str, revision: UUID | None) -> Standing | None:
    """As `standing`, where this process has read it under the revision. Raises RuleKindUnknown."""
    kept = _standings.get((kind_of(kind).name, code))
    return kept[1] if kept is not None and kept[0] == revision else None


async def in_force(tx: Transaction, kind: str, code: str, at: datetime) -> Document:
    """As `current`, of a document whose versions are too long to be kept all: reads the one that is wanted, each time.

    A round trip more than `standing`. Raises RuleKindUnknown, RuleDocumentUnknown.
    """
    return await version(tx, kind, code, (await standing(tx, kind, code)).at(at).version)


async def version(tx: Transaction, kind: str, code: str, number: int) -> Document:
    """One version whatever its state: what a decision was made by. Raises RuleKindUnknown, RuleDocumentUnknown."""
    header = await store.header(tx, kind_of(kind).name, code, number)
    if header is None:
        raise RuleDocumentUnknown.numbered(kind, code, number)
    return _document(header)


async def versions_of(
    tx: Transaction, kind: str, code: str, cursor: str | None = None, limit: int = PAGE_LIMIT_DEFAULT
) -> Page[Version]:
    """The versions of one document, the newest first. Raises RuleKindUnknown, InvalidInput for a cursor of another
    list."""
    below: int = decode_cursor(cursor, int)[0] if cursor else VERSION_MAX
    found = await store.versions_below(tx, kind_of(kind).name, code, min(below, VERSION_MAX), limit + 1)
    return page_of(found, limit, lambda one: (one.version,))


async def versions(tx: Transaction, kind: str | None = None, *, in_force_only: bool = False) -> list[Version]:
    """Every version of every document, or of those of a kind, the newest of each first; or what is in force now.
    Raises RuleKindUnknown."""
    found = await store.versions(tx, None if kind is None else kind_of(kind).name)
    if not in_force_only:
        return found
    in_force = [one for one in found if one.state == "published" and tx.now in one.period]
    return [next(same) for _, same in groupby(in_force, key=lambda one: (one.kind, one.code))]


def _document(header: store.Header) -> Document:
    """The document with its body decoded. Raises InvariantBroken where that is not what was published."""
    encoded = rules.canonical(msgspec.json.decode(header.stored))
    if rules.digest(encoded) != header.hash:
        raise InvariantBroken(f"version {header.version} of {header.kind}/{header.code} is not what was published")
    return Document(
        kind=header.kind,
        code=header.code,
        version=header.version,
        hash=header.hash,
        body=rules.decode(kind_of(header.kind), header.code, encoded),
        period=header.period,
        state=header.state,
        published_at=header.published_at,
        published_by=header.published_by,
        note=header.note,
    )
