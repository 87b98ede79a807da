"""Read, publish and withdraw rule documents.

What is current is asked of the database each time, so that a withdrawal holds for the next decision of every process;
bodies never change, so each process decodes a version once and keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import resources
from typing import Any

import msgspec

from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.period import Period
from huixiang.platform.db import Transaction
from huixiang.rulebook import rules, store
from huixiang.rulebook.model import (
    BEGINNING,
    Document,
    Kind,
    RuleDocumentUnknown,
    RuleDocumentWithdrawn,
    RuleKindUnknown,
    Timeline,
)

KEPT_BODIES = 1024
SHIPPED_BY = "huixiang"

_kinds: dict[str, Kind] = {}
# By content, so that it holds for any database this process talks to.
_bodies: dict[tuple[str, str, bytes], Any] = {}


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

    One round trip, two when this process meets the version for the first time. Raises RuleKindUnknown,
    RuleDocumentUnknown.
    """
    header = await store.current_header(tx, _kind(kind).name, code, at)
    if header is None:
        raise RuleDocumentUnknown.at(kind, code, at)
    return (await _documents(tx, kind, code, [header]))[0]


async def timeline(tx: Transaction, kind: str, code: str) -> Timeline:
    """Every published version, for a batch that spans instants. Raises RuleDocumentUnknown where there is none."""
    headers = await store.published_headers(tx, _kind(kind).name, code)
    if not headers:
        raise RuleDocumentUnknown.at(kind, code, tx.now)
    return Timeline(kind, code, await _documents(tx, kind, code, headers))


async def version(tx: Transaction, kind: str, code: str, number: int) -> Document:
    """One version whatever its state: what a decision was made by. Raises RuleKindUnknown, RuleDocumentUnknown."""
    header = await store.header(tx, _kind(kind).name, code, number)
    if header is None:
        raise RuleDocumentUnknown.numbered(kind, code, number)
    return (await _documents(tx, kind, code, [header]))[0]


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
    """Add the next version and put it in force from `valid_from`; versions before it stay as they are.

    `body` is builtins or the kind's struct. Raises RuleKindUnknown, RuleDocumentInvalid.
    """
    encoded = rules.canonical(body)
    rules.decode(_kind(kind), code, encoded)
    number = await store.next_version(tx, kind, code)
    await _insert(tx, kind, code, number, encoded, Period(valid_from, valid_to), by=published_by, note=note)
    return await version(tx, kind, code, number)


async def withdraw(tx: Transaction, kind: str, code: str, number: int, *, by: str, note: str) -> Document:
    """Take one version out of force, for every instant, past ones too; what it decided stays readable by `version`.

    The version below it is in force again. Raises RuleDocumentUnknown, RuleDocumentWithdrawn.
    """
    header = await store.header(tx, _kind(kind).name, code, number)
    if header is None:
        raise RuleDocumentUnknown.numbered(kind, code, number)
    if header.state == "withdrawn":
        raise RuleDocumentWithdrawn(kind=kind, document=code, version=number)
    seq = header.transitions + 1
    await store.insert_transition(tx, kind, code, number, seq=seq, state="withdrawn", by=by, note=note)
    return await version(tx, kind, code, number)


async def load_shipped(tx: Transaction) -> list[Document]:
    """Publish the documents that come with the program as version 1, each where it has no version yet.

    Returns those that were added: none the second time. Raises RuleKindUnknown where a module was not wired.
    """
    added = []
    for file in sorted(resources.files("huixiang.rulebook").joinpath("shipped").iterdir(), key=lambda f: f.name):
        kind, code, _ = file.name.split(".")
        encoded = rules.canonical(msgspec.json.decode(file.read_bytes()))
        rules.decode(_kind(kind), code, encoded)
        if await store.is_first(tx, kind, code):
            await _insert(tx, kind, code, 1, encoded, Period(BEGINNING), by=SHIPPED_BY, note="shipped")
            added.append(await version(tx, kind, code, 1))
    return added


async def _insert(
    tx: Transaction, kind: str, code: str, number: int, encoded: bytes, period: Period, *, by: str, note: str
) -> None:
    digest = rules.digest(encoded)
    await store.insert_document(tx, kind, code, number, body=encoded, digest=digest, period=period)
    await store.insert_transition(tx, kind, code, number, seq=1, state="published", by=by, note=note)


def _kind(name: str) -> Kind:
    kind = _kinds.get(name)
    if kind is None:
        raise RuleKindUnknown(kind=name)
    return kind


async def _documents(tx: Transaction, kind: str, code: str, headers: Sequence[store.Header]) -> list[Document]:
    if len(_bodies) > KEPT_BODIES:
        _bodies.clear()
    missing = {header.version: header.hash for header in headers if (kind, code, header.hash) not in _bodies}
    if missing:
        for number, body in (await store.bodies(tx, kind, code, list(missing))).items():
            _bodies[kind, code, missing[number]] = _proven(kind, code, number, body, missing[number])
    return [
        Document(
            kind=kind,
            code=code,
            version=header.version,
            hash=header.hash,
            body=_bodies[kind, code, header.hash],
            period=header.period,
            state=header.state,
            published_at=header.published_at,
            published_by=header.published_by,
            note=header.note,
        )
        for header in headers
    ]


def _proven(kind: str, code: str, number: int, stored: bytes, digest: bytes) -> Any:
    """The stored body as its struct. Raises InvariantBroken where it is not what was published."""
    encoded = rules.canonical(msgspec.json.decode(stored))
    if rules.digest(encoded) != digest:
        raise InvariantBroken(f"version {number} of {kind}/{code} is not what was published")
    return rules.decode(_kind(kind), code, encoded)
