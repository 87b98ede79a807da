"""One entry of the audit log with its chain walked, and the signed roots of its days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.staff.model.audit import (
    FIRST_PREVIOUS,
    AuditDetail,
    AuditRoot,
    AuditUnknown,
    ChainCheck,
    Link,
    ShownRoot,
)
from huixiang.staff.rules.audit import broken, day_root
from huixiang.staff.service.audit import shown
from huixiang.staff.service.audit_roots import root_signer
from huixiang.staff.service.audit_verify import signed
from huixiang.staff.store import audit as store

PROBLEMS_SHOWN = 5


async def audit_entry(tx: Transaction, audit_id: UUID) -> AuditDetail:
    """An entry, and what becomes of its chain when it is walked now. Raises AuditUnknown."""
    link = await store.find(tx, audit_id)
    if link is None:
        raise AuditUnknown(audit_id=audit_id)
    [entry] = await shown(tx, [link])
    return AuditDetail(entry, await _checked(tx, link.day, link.actor))


async def audit_roots(tx: Transaction, cursor: str | None, limit: int) -> Page[ShownRoot]:
    """Of closed days, the latest first. Raises InvalidInput for a cursor of another list."""
    (before,) = decode_cursor(cursor, date) if cursor else (None,)
    found = await store.roots_before(tx, before, limit + 2)
    items = [
        _shown_root(root, found[place + 1] if place + 1 < len(found) else None)
        for place, root in enumerate(found[: limit + 1])
    ]
    return page_of(items, limit, lambda last: (last.day,))


async def _checked(tx: Transaction, day: date, actor: str) -> ChainCheck:
    entries = 0
    problems: list[str] = []
    last: Link | None = None
    async for link in store.chain(tx, day, actor):
        entries += 1
        if (problem := broken(link, last)) and len(problems) < PROBLEMS_SHOWN:
            problems.append(f"{link.seq}: {problem}")
        last = link
    problems += await _head_problem(tx, day, actor, last)
    root = await _root_of(tx, day)
    if root is not None:
        expected = day_root(day, await store.ends_of(tx, day), root.previous)
        if (expected.root, expected.ends) != (root.root, root.ends):
            problems.append("the root is not that of the day's entries")
    before = await _root_of(tx, day - timedelta(days=1)) if root else None
    shown_root = _shown_root(root, before) if root else None
    if shown_root and shown_root.problem:
        problems.append(shown_root.problem)
    intact: Literal["signed", "open"] = "signed" if root else "open"
    return ChainCheck(state="broken" if problems else intact, entries=entries, problems=problems, root=shown_root)


async def _head_problem(tx: Transaction, day: date, actor: str, last: Link | None) -> list[str]:
    head = await store.head(tx, day, actor)
    if head is None:
        return ["the chain has no head"]
    if last is None or head != (last.seq, last.hash):
        return [f"the chain ended at entry {head[0]}, with another hash or length"]
    return []


async def _root_of(tx: Transaction, day: date) -> AuditRoot | None:
    found = await store.roots_before(tx, day + timedelta(days=1), 1)
    return found[0] if found and found[0].day == day else None


def _shown_root(root: AuditRoot, before: AuditRoot | None) -> ShownRoot:
    return ShownRoot(
        day=root.day,
        chains=root.chains,
        entries=root.entries,
        root=root.root.hex(),
        key_id=root.key_id,
        problem=_root_problem(root, before),
    )


def _root_problem(root: AuditRoot, before: AuditRoot | None) -> str | None:
    if root.previous != (before.root if before else FIRST_PREVIOUS):
        return "the root does not follow that of the day before"
    if not root_signer().holds(root.key_id):
        return f"signed with {root.key_id}, which is no key of this installation"
    return None if signed(root) else "the signature is wrong"
