"""Publish and withdraw versions. Versions before stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from huixiang.kernel.errors import Problem
from huixiang.kernel.ids import new_id
from huixiang.kernel.period import Period
from huixiang.platform.db import Transaction
from huixiang.rulebook.model import (
    BEGINNING,
    Document,
    RuleBaseMoved,
    RuleDocumentInvalid,
    RuleDocumentUnknown,
    RuleDocumentWithdrawn,
)
from huixiang.rulebook.rules import documents as rules
from huixiang.rulebook.service.kinds import Examined, examine, kind_of, parts_of, problems_of, require_withdrawable
from huixiang.rulebook.service.read import version
from huixiang.rulebook.store import documents as store
from huixiang.rulebook.store import switches
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry

SHIPPED_BY = "huixiang"
_SHIPPED = resources.files("huixiang.rulebook").joinpath("shipped")


class Published(msgspec.Struct, frozen=True):
    """A version that was published, and what may be a slip in it."""

    document: Document
    warnings: Sequence[Problem]


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """When a version holds, who publishes it and why. base: the latest version when the change was made, 0 where there
    was none; without it nobody's publication in between is noticed."""

    valid_from: datetime
    valid_to: datetime | None = None
    by: str
    note: str
    base: int | None = None


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
    terms = Terms(valid_from=valid_from, valid_to=valid_to, by=published_by, note=note)
    return (await publish_on(tx, kind, code, body, terms)).document


async def publish_on(tx: Transaction, kind: str, code: str, body: object, terms: Terms) -> Published:
    """The same, with what may be a slip. Raises RuleBaseMoved too."""
    examined = await examine(tx, kind, code, body, terms.valid_from, terms.valid_to)
    await store.begin_change(tx, new_id())
    latest = (await store.last_versions(tx)).get((kind, code), 0)
    if terms.base is not None and terms.base != latest:
        raise RuleBaseMoved(kind=kind, document=code, base=terms.base, latest=latest)
    await _insert(tx, kind, code, latest + 1, examined.encoded, examined.period, by=terms.by, note=terms.note)
    document = await version(tx, kind, code, latest + 1)
    await _audited(tx, document, "rule.published", by=terms.by, note=terms.note)
    return Published(document, [*examined.warnings, *await _still_off(tx, kind, code, examined)])


async def withdraw(tx: Transaction, kind: str, code: str, number: int, *, by: str, note: str) -> Document:
    """Take one version out of force, for every instant, past ones too; what it decided stays readable by `version`.

    The version below it is in force again. Raises RuleDocumentUnknown, RuleDocumentWithdrawn.
    """
    await store.begin_change(tx, new_id())
    header = await store.header(tx, kind_of(kind).name, code, number)
    if header is None:
        raise RuleDocumentUnknown.numbered(kind, code, number)
    if header.state == "withdrawn":
        raise RuleDocumentWithdrawn(kind=kind, document=code, version=number)
    await require_withdrawable(tx, kind, number, header.period)
    seq = header.transitions + 1
    await store.insert_transition(tx, kind, code, number, seq=seq, state="withdrawn", by=by, note=note)
    return await _audited(tx, await version(tx, kind, code, number), "rule.withdrawn", by=by, note=note)


async def load_shipped(tx: Transaction) -> list[Document]:
    """Publish the documents that come with the program as version 1, each where it has no version yet.

    Returns those that were added: none the second time. Raises RuleKindUnknown where a module was not wired.
    """
    shipped = {}
    for file in sorted(_SHIPPED.iterdir(), key=lambda f: f.name):
        kind, code, _ = file.name.split(".")
        body = rules.decode(kind_of(kind), code, file.read_bytes())
        if problems := problems_of(kind, code, body):
            raise RuleDocumentInvalid.of(kind, code, problems)
        shipped[kind, code] = rules.canonical(body)
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


@cache
def shipped(kind: str, code: str) -> Any:
    """What a document that comes with the program says, for whoever cannot do without one where none is in force.
    Raises RuleKindUnknown, FileNotFoundError."""
    return rules.decode(kind_of(kind), code, _SHIPPED.joinpath(f"{kind}.{code}.json").read_bytes())


async def _insert(
    tx: Transaction, kind: str, code: str, number: int, encoded: bytes, period: Period, *, by: str, note: str
) -> None:
    digest = rules.digest(encoded)
    await store.insert_document(tx, kind, code, number, body=encoded, digest=digest, period=period)
    await store.insert_transition(tx, kind, code, number, seq=1, state="published", by=by, note=note)


async def _still_off(tx: Transaction, kind: str, code: str, examined: Examined) -> list[Problem]:
    off = parts_of(kind, examined.body) & await switches.off(tx, kind, code)
    return [Problem("$", f"{part} is switched off, and stays so until it is switched on") for part in sorted(off)]


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
