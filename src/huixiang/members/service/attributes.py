"""Members' values of the attributes that operators define: who sees them and who sets them (MEM-06)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from huixiang.members import store
from huixiang.members.model import AttributeValue, MemberCard, MemberRef, MemberUnknown
from huixiang.members.model.attributes import AttributeChanges, AttributeDefinition, ShownAttribute, Viewer
from huixiang.members.rules import attributes as rules
from huixiang.members.service import consents
from huixiang.members.service.cards import card
from huixiang.members.service.definitions import attribute_definitions, definitions_by_code
from huixiang.members.service.look_up import resolve
from huixiang.members.service.profile import note_completion
from huixiang.members.service.vault import Safe, vault
from huixiang.members.store import attributes as attribute_store
from huixiang.members.store import profile as profile_store
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry

CLI = Viewer("system", "cli")


async def shown(tx: Transaction, member_id: UUID, viewer: Viewer) -> list[ShownAttribute]:
    """The attributes that somebody may see of a member, in the order of their definitions. Raises MemberUnknown."""
    owner = await resolve(tx, MemberRef(member_id=member_id))
    stored = await attribute_store.attributes_of(tx, owner, rules.SEALED)
    safe = await _safe(tx, owner) if stored.sealed else None
    consented = await consents.consented(tx, owner)
    seen = []
    for definition in await attribute_definitions(tx):
        sight = rules.sight(definition, viewer)
        if sight == "absent":
            continue
        code = definition.code
        there = code in (stored.sealed if definition.personal else stored.clear)
        value = _value(definition, stored.clear.get(code), stored.sealed.get(code), safe) if sight == "full" else None
        seen.append(
            ShownAttribute(
                code=code,
                type=definition.type,
                title=definition.title,
                purpose=definition.purpose,
                choices=definition.choices,
                consent=definition.consent,
                consented=definition.consent is None or definition.consent in consented,
                value=value,
                masked=there and sight == "masked",
                writable=rules.may_write(definition, viewer),
            )
        )
    return seen


async def change(
    tx: Transaction, member_id: UUID, changes: AttributeChanges, viewer: Viewer, reason: str | None = None
) -> UUID:
    """Set the values given and remove those that are None; others stay. By which id the member goes.

    Raises MemberUnknown, AttributeUnknown, AttributeRetired, AttributeRefused, AttributeClosed, ConsentMissing.
    """
    owner = await resolve(tx, MemberRef(member_id=member_id))
    if not await state_store.lock_members(tx, [owner]):
        raise MemberUnknown(by="member_id")
    await consents.give(tx, owner, changes.consents, viewer.by)
    definitions = await definitions_by_code(tx)
    consented = await consents.consented(tx, owner)
    given = {code: None if value == [] else value for code, value in changes.attributes.items()}
    set_to = {
        code: (rules.check_change(code, value, definitions, consented, viewer), value) for code, value in given.items()
    }
    clear = {code: value for code, (definition, value) in set_to.items() if not definition.personal}
    values = {code: value for code, value in clear.items() if value is not None}
    await store.update_attributes(tx, owner, values, [code for code in clear if code not in values])
    await _seal(tx, owner, {code: value for code, (definition, value) in set_to.items() if definition.personal})
    if any(definition.profile for definition, _ in set_to.values()):
        await note_completion(tx, owner)
    if viewer.kind == "staff":
        await staff.record(
            tx,
            AuditEntry(
                actor=viewer.by,
                action="member.attributes_changed",
                subject=f"member:{owner}",
                member_id=owner,
                after={"attributes": sorted(given), "consents": sorted(one.purpose for one in changes.consents)},
                reason=reason,
            ),
        )
    return owner


async def set_attributes(
    tx: Transaction, member_id: UUID, changes: Mapping[str, AttributeValue | None], viewer: Viewer = CLI
) -> MemberCard:
    """The same, with the card that follows."""
    return await card(tx, await change(tx, member_id, AttributeChanges(attributes=dict(changes)), viewer))


async def _seal(tx: Transaction, owner: UUID, values: Mapping[str, AttributeValue | None]) -> None:
    if not values:
        return
    safe = await _safe(tx, owner)
    if safe is None:
        raise MemberUnknown(by="member_id")
    for code, value in values.items():
        field = f"{rules.SEALED}{code}"
        sealed = None if value is None else safe.seal(field, msgspec.json.encode(value).decode())
        await profile_store.save_personal(tx, owner, field, sealed)


async def _safe(tx: Transaction, owner: UUID) -> Safe | None:
    return (await vault().open_safes(await store.wrapped_keys_of(tx, [owner]))).get(owner)


def _value(
    definition: AttributeDefinition, clear: AttributeValue | None, sealed: bytes | None, safe: Safe | None
) -> AttributeValue | None:
    if not definition.personal:
        return clear
    if sealed is None or safe is None:
        return None
    opened: AttributeValue = msgspec.json.decode(safe.open(f"{rules.SEALED}{definition.code}", sealed))
    return opened
