"""Kinds of documents, and what is asked of a body before it is published."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from huixiang.kernel.errors import Problem
from huixiang.kernel.period import Period
from huixiang.platform.db import Transaction
from huixiang.rulebook.model import Findings, Kind, RuleDocumentInvalid, RuleKindUnknown
from huixiang.rulebook.model.findings import PROBLEMS_MAX
from huixiang.rulebook.rules import documents

Examine = Callable[[Transaction, Any], Awaitable[Findings]]
Parts = Callable[[Any], Collection[str]]
Named = Callable[[str, Any], Sequence[Problem]]
Among = Callable[[Transaction, str, Any], Awaitable[Sequence[Problem]]]
InTime = Callable[[Transaction, Period], Awaitable[Sequence[Problem]]]
Withdrawable = Callable[[Transaction, int, Period], Awaitable[None]]


class _Registered(msgspec.Struct, frozen=True):
    kind: Kind
    named: Named | None
    examine: Examine | None
    among: Among | None
    parts: Parts | None
    in_time: InTime | None
    withdrawable: Withdrawable | None


class Examined(msgspec.Struct, frozen=True):
    """A body that can be published: in the shape of its kind, and as that is written, so that a body says the same
    under the same hash whether or not it was given with what goes without saying."""

    encoded: bytes
    body: Any
    period: Period
    warnings: tuple[Problem, ...]


_registered: dict[str, _Registered] = {}


def register_kind(  # noqa: PLR0913 - one for each thing that kinds differ in
    name: str,
    shape: type[Any],
    check: Callable[[Any], None] | None = None,
    *,
    named: Named | None = None,
    examine: Examine | None = None,
    among: Among | None = None,
    parts: Parts | None = None,
    in_time: InTime | None = None,
    withdrawable: Withdrawable | None = None,
) -> None:
    """Say how documents of kind `name` look; each module's kind is registered once, where the program is wired.

    `shape` is a struct that forbids unknown fields, all the way down, and holds no float. check: what types cannot say;
    raises InvalidInput. named: what is wrong with a body under its code, where that says what the document is for.
    examine: the same where it takes a database, and finds everything at once. among: what is wrong with it, under its
    code, beside the other documents of its kind. parts: the codes of what can be switched
    off by itself. in_time: what is wrong with when a version is to hold. withdrawable: raises for a version, of a
    number and a period, that must not be withdrawn.

    Raises TypeError where the shape is loose, ValueError where the name is taken by another shape.
    """
    known = _registered.get(name)
    if known is None:
        documents.refuse_loose_shape(shape)  # once, because it takes milliseconds
    elif known.kind.shape is not shape:
        raise ValueError(f"kind {name} is registered as {known.kind.shape.__name__}")
    _registered[name] = _Registered(Kind(name, shape, check), named, examine, among, parts, in_time, withdrawable)


def kinds() -> list[str]:
    """The kinds that are registered."""
    return sorted(_registered)


def kind_of(name: str) -> Kind:
    """Raises RuleKindUnknown."""
    return _find(name).kind


def parts_of(kind: str, body: Any) -> frozenset[str]:
    """What of a body can be switched off by itself."""
    parts = _find(kind).parts
    return frozenset(parts(body)) if parts is not None else frozenset()


def problems_of(kind: str, code: str, body: Any) -> list[Problem]:
    """What its module says of a body in the shape of its kind, without asking a database."""
    found = _find(kind)
    problems = documents.check(found.kind, body)
    return problems or ([] if found.named is None else list(found.named(code, body)))


def normal(kind: str, code: str, body: object) -> Any:
    """A body as a version of it would be written, as JSON values; as it is where it has another shape."""
    written = documents.canonical(body)
    with suppress(RuleDocumentInvalid):
        written = documents.canonical(documents.decode(kind_of(kind), code, written))
    return msgspec.json.decode(written)


async def check(
    tx: Transaction,
    kind: str,
    code: str,
    body: object,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> Findings:
    """All that keeps a body from being published, and what may be a slip. Raises RuleKindUnknown."""
    try:
        examined = await examine(tx, kind, code, body, valid_from or tx.now, valid_to)
    except RuleDocumentInvalid as refusal:
        return Findings(tuple(refusal.problems))
    return Findings((), examined.warnings)


async def examine(
    tx: Transaction, kind: str, code: str, body: object, valid_from: datetime, valid_to: datetime | None
) -> Examined:
    """A body that can be published. Raises RuleKindUnknown, and RuleDocumentInvalid with all that is wrong."""
    found = _find(kind)
    documents.check_code(found.kind, code)
    period = documents.period(found.kind, code, valid_from, valid_to)
    decoded = documents.decode(found.kind, code, documents.canonical(body))
    findings = Findings(tuple(problems_of(kind, code, decoded)))
    if found.examine is not None and not findings.problems:
        findings = await found.examine(tx, decoded)
    if found.among is not None and not findings.problems:
        findings = Findings(tuple(await found.among(tx, code, decoded)), findings.warnings)
    if found.in_time is not None and not findings.problems:
        findings = Findings(tuple(await found.in_time(tx, period)), findings.warnings)
    if findings.problems:
        raise RuleDocumentInvalid.of(kind, code, findings.problems[:PROBLEMS_MAX])
    return Examined(documents.canonical(decoded), decoded, period, findings.warnings[:PROBLEMS_MAX])


async def require_withdrawable(tx: Transaction, kind: str, number: int, period: Period) -> None:
    """Raises what its module raises for a version that must stay."""
    withdrawable = _find(kind).withdrawable
    if withdrawable is not None:
        await withdrawable(tx, number, period)


def _find(name: str) -> _Registered:
    found = _registered.get(name)
    if found is None:
        raise RuleKindUnknown(kind=name)
    return found
