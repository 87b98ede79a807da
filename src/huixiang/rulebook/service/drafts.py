"""Drafts: written, replaced, compared, and published or discarded."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import new_id
from huixiang.kernel.page import PAGE_LIMIT_MAX, Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.rulebook.model import (
    Difference,
    Document,
    Draft,
    DraftChange,
    DraftSummary,
    NewDraft,
    NewVersion,
    RuleDraftClosed,
    RuleDraftMoved,
    RuleDraftUnknown,
)
from huixiang.rulebook.model.drafts import Body
from huixiang.rulebook.rules import documents
from huixiang.rulebook.rules.difference import difference
from huixiang.rulebook.service.kinds import kind_of, normal
from huixiang.rulebook.service.publish import Published, Terms, publish_on
from huixiang.rulebook.service.read import standing, version
from huixiang.rulebook.store import drafts as store
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry


async def create_draft(tx: Transaction, kind: str, code: str, new: NewDraft, by: str) -> Draft:
    """Keep a draft, whether or not it could be published. Raises RuleKindUnknown, RuleDocumentInvalid for a code that
    cannot name a document."""
    documents.check_code(kind_of(kind), code)
    base = (await standing(tx, kind, code)).latest if new.base is None else new.base
    draft = Draft(
        draft_id=new_id(),
        kind=kind,
        code=code,
        base=base,
        edition=1,
        note=new.note,
        state="open",
        version=None,
        created_at=tx.now,
        created_by=by,
        changed_at=tx.now,
        changed_by=by,
        body=new.body,
    )
    await store.insert(tx, draft)
    await _audited(tx, draft, "rule_draft.created", by)
    return draft


async def replace_draft(tx: Transaction, kind: str, code: str, draft_id: UUID, change: DraftChange, by: str) -> Draft:
    """Write a draft anew. Raises RuleDraftUnknown, RuleDraftClosed, RuleDraftMoved."""
    draft = await _open(tx, kind, code, draft_id, change.edition)
    written = msgspec.structs.replace(
        draft,
        body=change.body,
        note=change.note,
        base=draft.base if change.base is None else change.base,
        edition=draft.edition + 1,
        changed_at=tx.now,
        changed_by=by,
    )
    await store.update(tx, written)
    await _audited(tx, written, "rule_draft.replaced", by)
    return written


async def discard_draft(tx: Transaction, kind: str, code: str, draft_id: UUID, by: str) -> Draft:
    """Close a draft for good; what it said stays readable. Raises RuleDraftUnknown, RuleDraftClosed."""
    draft = await _open(tx, kind, code, draft_id, None)
    closed = msgspec.structs.replace(draft, state="discarded", changed_at=tx.now, changed_by=by)
    await store.update(tx, closed)
    await _audited(tx, closed, "rule_draft.discarded", by)
    return closed


async def draft(tx: Transaction, kind: str, code: str, draft_id: UUID) -> Draft:
    """A draft in whatever state. Raises RuleDraftUnknown."""
    found = await store.find(tx, kind, code, draft_id)
    if found is None:
        raise RuleDraftUnknown(kind=kind, document=code, draft_id=draft_id)
    return found


async def drafts(
    tx: Transaction, kind: str, code: str, cursor: str | None = None, limit: int = PAGE_LIMIT_MAX
) -> Page[DraftSummary]:
    """The open drafts of a document, the last changed first. Raises RuleKindUnknown, InvalidInput for a cursor of
    another list."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    found = await store.of_document(
        tx, kind_of(kind).name, code, None if before is None else (before[0], before[1]), limit + 1
    )
    return page_of(found, limit, lambda one: (one.changed_at, one.draft_id))


async def compare(tx: Transaction, kind: str, code: str, body: Body, against: int | None = None) -> Difference:
    """What a body would change of what is in force now, or of one version. Raises RuleDocumentUnknown."""
    stands = await standing(tx, kind, code)
    former = stands.find(tx.now) if against is None else stands.numbered(against)
    wanted = normal(kind, code, body)
    if former is None:
        return difference({}, wanted, None)
    there = await version(tx, kind, code, former.version)
    return difference(normal(kind, code, there.body), wanted, former.version)


async def compare_draft(
    tx: Transaction, kind: str, code: str, draft_id: UUID, against: int | None = None
) -> Difference:
    """The same of a draft. Raises RuleDraftUnknown too."""
    return await compare(tx, kind, code, (await draft(tx, kind, code, draft_id)).body, against)


async def submit(tx: Transaction, kind: str, code: str, new: NewVersion, by: str) -> Published:
    """Publish a body, a draft, or what a former version said, as the next version.

    Raises as `publish`, as `replace_draft`, and InvalidInput where it is not said which, or more than one is named.
    """
    body, source = await source_of(tx, kind, code, new)
    terms = Terms(valid_from=new.valid_from or tx.now, valid_to=new.valid_to, by=by, note=new.note, base=new.base)
    done = await publish_on(tx, kind, code, body, terms)
    if source is not None:
        await _close(tx, source, done.document, by)
    return done


async def source_of(tx: Transaction, kind: str, code: str, new: NewVersion) -> tuple[Body, Draft | None]:
    """The body that is to be published, and the draft that it is of. Raises as `submit`."""
    if (new.body is not None) + (new.draft_id is not None) + (new.of_version is not None) != 1:
        raise InvalidInput(path="$", problem="expected one of body, draft_id and of_version")
    if new.draft_id is not None:
        source = await _open(tx, kind, code, new.draft_id, new.edition)
        return source.body, source
    if new.of_version is not None:
        return msgspec.to_builtins((await version(tx, kind, code, new.of_version)).body), None
    return new.body or {}, None


async def _close(tx: Transaction, draft: Draft, published: Document, by: str) -> None:
    closed = msgspec.structs.replace(
        draft, state="published", version=published.version, changed_at=tx.now, changed_by=by
    )
    await store.update(tx, closed)


async def _open(tx: Transaction, kind: str, code: str, draft_id: UUID, edition: int | None) -> Draft:
    """An open draft, locked, in the edition that was read."""
    found = await store.find(tx, kind_of(kind).name, code, draft_id, lock=True)
    if found is None:
        raise RuleDraftUnknown(kind=kind, document=code, draft_id=draft_id)
    if found.state != "open":
        raise RuleDraftClosed(draft_id=draft_id, state=found.state)
    if edition is not None and edition != found.edition:
        raise RuleDraftMoved(draft_id=draft_id, edition=found.edition, read=edition)
    return found


async def _audited(tx: Transaction, draft: Draft, action: str, by: str) -> None:
    digest = documents.digest(documents.canonical(draft.body)).hex()
    after = {"draft_id": str(draft.draft_id), "edition": draft.edition, "base": draft.base, "hash": digest}
    subject = f"rule:{draft.kind}/{draft.code}"
    await staff.record(tx, AuditEntry(actor=by, action=action, subject=subject, after=after, reason=draft.note))
