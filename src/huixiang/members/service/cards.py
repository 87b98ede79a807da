"""Member cards: what is shown of a member, with what is sealed opened and masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from huixiang.members import rules, store
from huixiang.members.model import ExternalId, MemberCard, MemberUnknown, StoredMember
from huixiang.members.rules.attributes import open_to_all
from huixiang.members.service.definitions import attribute_definitions
from huixiang.members.service.vault import vault
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction


async def card(tx: Transaction, member_id: UUID, *, own: bool = False) -> MemberCard:
    """One member's card; with `own`, as the member sees it. Raises MemberUnknown."""
    found = await cards(tx, [member_id], own=own)
    if not found:
        raise MemberUnknown(by="member_id")
    return found[0]


async def cards(tx: Transaction, member_ids: Sequence[UUID], *, own: bool = False) -> list[MemberCard]:
    """Cards in the order of the ids; ids of nobody are left out. A card shows what finds those who were merged into the
    member, too."""
    members = await store.find_members(tx, member_ids)
    shown = await _open_attributes(tx, members.values(), own=own)
    merged = await state_store.aliases(tx, list(members))
    # Who has no key any more has been erased: what is left of them stays shut.
    safes = await vault().open_safes(await store.wrapped_keys_of(tx, [*members, *merged]))
    names = {
        row.member_id: safes[row.member_id].open("name", row.sealed)
        for row in await store.personal_of(tx, list(safes), ["name"])
    }
    phones: dict[UUID, str] = {}
    external_ids: dict[UUID, list[ExternalId]] = {}
    identities = await store.identities_of(tx, list(safes))
    for row in sorted(identities, key=lambda row: row.member_id in merged):  # their own come first
        safe = safes[row.member_id]
        shown_of = [one for one in (row.member_id, merged.get(row.member_id)) if one in members]
        for member_id in shown_of:
            if row.source is None:
                phones.setdefault(member_id, safe.open("phone", row.sealed))
            else:
                identity = ExternalId(row.source, safe.open(f"external:{row.source}", row.sealed))
                external_ids.setdefault(member_id, []).append(identity)
    return [
        MemberCard(
            member_id=member_id,
            number=members[member_id].number,
            state=members[member_id].state,
            registered_at=members[member_id].registered_at,
            channel=members[member_id].channel,
            display_name=_shown(names.get(member_id), own=own),
            phone_masked=rules.mask_phone(phones[member_id]) if member_id in phones else None,
            external_ids=external_ids.get(member_id, []),
            attributes={code: value for code, value in members[member_id].attributes.items() if code in shown},
            merged_into=members[member_id].merged_into,
        )
        for member_id in member_ids
        if member_id in members
    ]


async def _open_attributes(tx: Transaction, members: Iterable[StoredMember], *, own: bool) -> set[str]:
    """The codes of attributes that are on cards: what the member does not see is not on theirs."""
    if not any(member.attributes for member in members):
        return set()
    definitions = await attribute_definitions(tx)
    if not own:
        return open_to_all(definitions)
    return {one.code for one in definitions if not one.retired and one.member != "hidden"}


def _shown(name: str | None, *, own: bool) -> str | None:
    return name if name is None or own else rules.mask_name(name)
