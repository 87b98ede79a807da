"""Members as a file for staff (CON-02): at once without personal columns, else once a second person has approved it.

The file is kept sealed for a day, for who asked for it alone; each time that it is fetched stands in the audit log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from huixiang.kernel.ids import new_id
from huixiang.kernel.sheet import to_csv
from huixiang.members import store
from huixiang.members.model import MemberRef
from huixiang.members.model.exports import FILE_KEPT, Column, ExportUnknown, MemberExport, NewExport, StoredExport
from huixiang.members.service.look_up import resolve_many
from huixiang.members.service.vault import Safe, vault
from huixiang.members.store import exports as export_store
from huixiang.platform.boxes import Box
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event
from huixiang.staff import service as staff
from huixiang.staff.events import ApprovalGranted
from huixiang.staff.model import AuditEntry
from huixiang.staff.model.approvals import Change, Granted, NewApproval

COMMAND = "members.export"
DECIDED_BY = "members:approve_export"
DELETED_AT_ONCE = 50
LISTED = 100
_BYTE_ORDER_MARK = "\ufeff"  # what spreadsheets take UTF-8 by


async def request_export(tx: Transaction, new: NewExport, made_by: UUID) -> MemberExport:
    """Make a file, or ask for it where it has personal columns."""
    export_id = new_id()
    if not new.personal:
        kept = await _make(tx, export_id, new.member_ids, new.columns, made_by)
        await _audit(tx, kept, "members.exported", f"staff:{made_by}", new.reason)
        return _shown(kept)
    asked = NewApproval(
        approval_id=export_id,
        command=COMMAND,
        subject=f"export:{export_id}",
        payload={"member_ids": [str(one) for one in new.member_ids], "columns": new.columns},
        difference=[
            Change(path="$.columns", after=new.columns),
            Change(path="$.personal_columns", after=new.personal),
            Change(path="$.members", after=len(new.member_ids)),
        ],
        reason=new.reason,
        decided_by=DECIDED_BY,
    )
    await staff.request_approval(tx, asked, made_by)
    return MemberExport(export_id=export_id, state="waiting", columns=list(new.columns), members=len(new.member_ids))


async def run_approved(tx: Transaction, events: Sequence[Event]) -> None:
    """Make the files that were approved."""
    for event in events:
        if isinstance(event, ApprovalGranted) and event.command == COMMAND:
            await staff.carry_out(tx, event.approval_id, _run)


async def exports_of(tx: Transaction, made_by: UUID) -> list[MemberExport]:
    """The files that somebody may fetch, the latest first. What waits is among their requests."""
    return [_shown(kept) for kept in await export_store.newest(tx, made_by, LISTED)]


async def export_file(tx: Transaction, export_id: UUID, by: UUID) -> bytes:
    """The file as CSV, UTF-8, to who asked for it. Raises ExportUnknown."""
    kept = await export_store.find(tx, export_id, by)
    if kept is None:
        raise ExportUnknown(export_id=export_id)
    await _audit(tx, kept, "members.export_fetched", f"staff:{by}", None)
    return _box().open(kept.sealed, export_id.bytes)


async def forget_exports(tx: Transaction) -> int:
    """Delete some of the files that are over; how many."""
    return await export_store.delete_expired(tx, DELETED_AT_ONCE)


async def _run(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    member_ids = [UUID(one) for one in granted.payload["member_ids"]]
    columns = msgspec.convert(granted.payload["columns"], list[Column])
    kept = await _make(tx, granted.approval_id, member_ids, columns, granted.made_by)
    await _audit(tx, kept, "members.exported", granted.maker, granted.reason)
    return {"export_id": str(kept.export_id), "members": kept.members, "expires_at": kept.expires_at.isoformat()}


async def _make(
    tx: Transaction, export_id: UUID, member_ids: Sequence[UUID], columns: Sequence[Column], made_by: UUID
) -> StoredExport:
    rows = await _rows(tx, member_ids)
    text = to_csv(columns, ([row.get(column) for column in columns] for row in rows))
    kept = StoredExport(
        export_id=export_id,
        made_by=made_by,
        made_at=tx.now,
        expires_at=tx.now + FILE_KEPT,
        columns=list(columns),
        members=len(rows),
        sealed=_box().seal((_BYTE_ORDER_MARK + text).encode(), export_id.bytes),
    )
    await export_store.insert(tx, kept)
    return kept


async def _rows(tx: Transaction, member_ids: Sequence[UUID]) -> list[dict[str, str]]:
    """What is known of each, in the order of the ids; of who was erased only what is left."""
    found = await resolve_many(tx, [MemberRef(member_id=one) for one in member_ids])
    ids = list(dict.fromkeys(one for one in found if one is not None))
    members = await store.find_members(tx, ids)
    safes = await vault().open_safes(await store.wrapped_keys_of(tx, ids))
    rows = {
        member_id: {
            "member_id": str(member_id),
            "number": members[member_id].number,
            "state": str(members[member_id].state),
            "registered_at": members[member_id].registered_at.isoformat(),
            "channel": members[member_id].channel,
        }
        for member_id in ids
    }
    for one in await store.personal_of(tx, list(safes), ["name", "birthday", "address"]):
        rows[one.member_id][one.field] = safes[one.member_id].open(one.field, one.sealed)
    for identity in await store.identities_of(tx, list(safes)):
        column, text = _identity(safes[identity.member_id], identity.source, identity.sealed)
        row = rows[identity.member_id]
        row[column] = f"{row[column]} {text}" if column in row else text
    return list(rows.values())


def _identity(safe: Safe, source: str | None, sealed: bytes) -> tuple[str, str]:
    if source is None:
        return "phone", safe.open("phone", sealed)
    return "external_ids", f"{source}:{safe.open(f'external:{source}', sealed)}"


def _shown(kept: StoredExport) -> MemberExport:
    return MemberExport(
        export_id=kept.export_id, state="ready", columns=kept.columns, members=kept.members, expires_at=kept.expires_at
    )


def _box() -> Box:
    return Box(vault().keys.secret("member export"))


async def _audit(tx: Transaction, kept: StoredExport, action: str, actor: str, reason: str | None) -> None:
    after = {"columns": kept.columns, "members": kept.members}
    subject = f"export:{kept.export_id}"
    await staff.record(tx, AuditEntry(actor=actor, action=action, subject=subject, after=after, reason=reason))
