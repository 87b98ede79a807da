"""Showing one personal field of a member in full to somebody who may see it, for a reason that is kept."""

from __future__ import annotations

from uuid import UUID

from huixiang.members import store
from huixiang.members.model import MemberRef
from huixiang.members.model.reveal import Field, NewReveal, Revealed
from huixiang.members.service.look_up import resolve
from huixiang.members.service.vault import vault
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry


async def reveal(tx: Transaction, member_id: UUID, asked: NewReveal, by: UUID) -> Revealed:
    """The field as it is, of a member and of those who were merged into them. Who asked for it and why is in the audit
    log, whatever was found; the value is not. Raises MemberUnknown."""
    found = await resolve(tx, MemberRef(member_id=member_id))
    shown = await _values(tx, found, asked.field)
    await staff.record(
        tx,
        AuditEntry(
            actor=f"staff:{by}",
            action="member.revealed",
            subject=f"member:{found}",
            member_id=found,
            after={"field": asked.field, "values": len(shown)},
            reason=asked.reason,
        ),
    )
    return Revealed(found, asked.field, shown)


async def _values(tx: Transaction, member_id: UUID, field: Field) -> list[str]:
    owners = [member_id, *await state_store.aliases(tx, [member_id])]
    safes = await vault().open_safes(await store.wrapped_keys_of(tx, owners))
    if field == "name":
        rows = await store.personal_of(tx, [member_id] if member_id in safes else [], ["name"])
        return [safes[row.member_id].open("name", row.sealed) for row in rows]
    identities = [
        row for row in await store.identities_of(tx, list(safes)) if (row.kind == "phone") == (field == "phone")
    ]
    return [
        safes[row.member_id].open("phone", row.sealed)
        if row.source is None
        else f"{row.source}:{safes[row.member_id].open(f'external:{row.source}', row.sealed)}"
        for row in sorted(identities, key=lambda row: row.member_id != member_id)
    ]
