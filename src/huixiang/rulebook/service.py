"""Read, publish and withdraw rule documents.

A process keeps the documents it has read, decoded, and asks the database each time whether anything was published or
withdrawn since: one small statement, so that a withdrawal holds for the next decision of every process.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from importlib import resources
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.ids import new_id
from huixiang.kernel.period import Period
from huixiang.platform.db import Transaction
from huixiang.rulebook import rules, store
from huixiang.rulebook.model import (
    BEGINNING,
    Document,
    Kind,
    Name,
    RuleDocumentUnknown,
    RuleDocumentWithdrawn,
    RuleKindUnknown,
    Timeline,
    Version,
)
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry

SHIPPED_BY = "huixiang"

_kinds: dict[str, Kind] = {}
# With the revision that each was read under. No two revisions of any database have the same name.
_timelines: dict[Name, tuple[UUID, Timeline]] = {}


def register_kind(name: str, shape: type[Any], check: Callable[[Any], None] | None = None) -> None:
    """Say how documents of kind `name` look; each module's kind is registered once, where the program is wired.

    `shape` is a struct that forbids unknown fields, all the way down, and holds no float. Raises TypeError where it
    does not, ValueError where the name is taken by another shape.
    """
    rules.refuse_loose_shape(shape)
    known = _kinds.get(name)
    if known is not None and known.shape is not shape:
        raise ValueError(f"kind {name} is registered as {known.shape.__name__}")
    _kinds[name] = Kind(name, shape, check)


async def current(tx: Transaction, kind: str, code: str, at: datetime) -> Document:
    """The document in force at an instant: the highest published version whose period holds it.

    Round trips as of `timelines`. Raises RuleKindUnknown, RuleDocumentUnknown.
    """
    known = (await timelines(tx, [(kind, code)])).get((kind, code), Timeline(kind, code, ()))
    return known.at(at)


async def timeline(tx: Transaction, kind: str, code: str) -> Timeline:
    """Every published version, for a batch that spans instants. Round trips as of `timelines`.

    Raises RuleKindUnknown, and RuleDocumentUnknown where there is none.
    """
    known = (await timelines(tx, [(kind, code)])).get((kind, code))
    if known is None:
        raise RuleDocumentUnknown.at(kind, code, tx.now)
    return known


async def timelines(tx: Transaction, names: Collection[Name]) -> dict[Name, Timeline]:
    """Every published version of several documents; one that has none is left out. Raises RuleKindUnknown.

    One round trip, two when something was published or withdrawn since this process read one of them.
    """
    for kind, _ in names:
        _kind(kind)
    # Read first: a change that commits before what follows is kept under the old name, which nobody meets again.
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


async def version(tx: Transaction, kind: str, code: str, number: int) -> Document:
    """One version whatever its state: what a decision was made by. Raises RuleKindUnknown, RuleDocumentUnknown."""
    header = await store.header(tx, _kind(kind).name, code, number)
    if header is None:
        raise RuleDocumentUnknown.numbered(kind, code, number)
    return _document(header)


async def versions(tx: Transaction, kind: str | None = None, *, in_force_only: bool = False) -> list[Version]:
    """Every version of every document, or of those of a kind, the newest of each first; or what is in force now.
    Raises RuleKindUnknown."""
    found = await store.versions(tx, None if kind is None else _kind(kind).name)
    if not in_force_only:
        return found
    in_force = [one for one in found if one.state == "published" and tx.now in one.period]
    return [next(same) for _, same in groupby(in_force, key=lambda one: (one.kind, one.code))]


def kinds() -> list[str]:
    """The kinds that are registered."""
    return sorted(_kinds)


def check(kind: str, code: str, body: object, valid_from: datetime, valid_to: datetime | None = None) -> None:
    """Whether `publish` would take it. Raises RuleKindUnknown, RuleDocumentInvalid."""
    _checked(kind, code, body, valid_from, valid_to)


def _checked(
    kind: str, code: str, body: object, valid_from: datetime, valid_to: datetime | None
) -> tuple[bytes, Period]:
    found = _kind(kind)
    rules.check_code(found, code)
    encoded = rules.canonical(body)
    rules.decode(found, code, encoded)
    return encoded, rules.period(found, code, valid_from, valid_to)


async def publish(
    tx: Transaction,
    kind: str,
    code: str,
    body: object,
    valid_from: datetime,
    published_by: str,
    note: str,
    *,
    valid_to: datetime | None = None,
) -> Document:
    """Add the next version and put it in force from `valid_from`; versions before it stay as they are. It stands in the
    audit log.

    `body` is builtins or the kind's struct. Raises RuleKindUnknown, RuleDocumentInvalid.
    """
    encoded, period = _checked(kind, code, body, valid_from, valid_to)
    await store.begin_change(tx, new_id())
    number = (await store.last_versions(tx)).get((kind, code), 0) + 1
    await _insert(tx, kind, code, number, encoded, period, by=published_by, note=note)
    return await _audited(tx, await version(tx, kind, code, number), "rule.published", by=published_by, note=note)


async def withdraw(tx: Transaction, kind: str, code: str, number: int, *, by: str, note: str) -> Document:
    """Take one version out of force, for every instant, past ones too; what it decided stays readable by `version`.

    The version below it is in force again. Raises RuleDocumentUnknown, RuleDocumentWithdrawn.
    """
    await store.begin_change(tx, new_id())
    header = await store.header(tx, _kind(kind).name, code, number)
    if header is None:
        raise RuleDocumentUnknown.numbered(kind, code, number)
    if header.state == "withdrawn":
        raise RuleDocumentWithdrawn(kind=kind, document=code, version=number)
    seq = header.transitions + 1
    await store.insert_transition(tx, kind, code, number, seq=seq, state="withdrawn", by=by, note=note)
    return await _audited(tx, await version(tx, kind, code, number), "rule.withdrawn", by=by, note=note)


async def load_shipped(tx: Transaction) -> list[Document]:
    """Publish the documents that come with the program as version 1, each where it has no version yet.

    Returns those that were added: none the second time. Raises RuleKindUnknown where a module was not wired.
    """
    shipped = {}
    for file in sorted(resources.files("huixiang.rulebook").joinpath("shipped").iterdir(), key=lambda f: f.name):
        kind, code, _ = file.name.split(".")
        shipped[kind, code] = rules.canonical(msgspec.json.decode(file.read_bytes()))
        rules.decode(_kind(kind), code, shipped[kind, code])
    if shipped.keys() <= (await store.last_versions(tx)).keys():
        return []
    await store.begin_change(tx, new_id())
    there = await store.last_versions(tx)  # again, in turn: of several starts at once the first has loaded them
    added = []
    for (kind, code), encoded in shipped.items():
        if (kind, code) not in there:
            await _insert(tx, kind, code, 1, encoded, Period(BEGINNING), by=SHIPPED_BY, note="shipped")
            added.append(await version(tx, kind, code, 1))
    return added


async def _insert(
    tx: Transaction, kind: str, code: str, number: int, encoded: bytes, period: Period, *, by: str, note: str
) -> None:
    digest = rules.digest(encoded)
    await store.insert_document(tx, kind, code, number, body=encoded, digest=digest, period=period)
    await store.insert_transition(tx, kind, code, number, seq=1, state="published", by=by, note=note)


async def _audited(tx: Transaction, document: Document, action: str, *, by: str, note: str) -> Document:
    await staff.record(
        tx,
        AuditEntry(
            actor=by,
            action=action,
            subject=f"rule:{document.kind}/{document.code}",
            after={
                "version": document.version,
                "hash": document.hash.hex(),
                "valid_from": document.period.start.isoformat(),
                "valid_to": document.period.end.isoformat() if document.period.end else None,
            },
            reason=note,
        ),
    )
    return document


def _kind(name: str) -> Kind:
    kind = _kinds.get(name)
    if kind is None:
        raise RuleKindUnknown(kind=name)
    return kind


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
        body=rules.decode(_kind(header.kind), header.code, encoded),
        period=header.period,
        state=header.state,
        published_at=header.published_at,
        published_by=header.published_by,
        note=header.note,
    )
