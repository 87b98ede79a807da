"""Who is meant: members by id, number, phone or external id, one by one and many at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import check_member_number
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page, decode_cursor, encode_cursor
from huixiang.members import rules, store
from huixiang.members.model import Ability, ExternalId, MemberCard, MemberRef, MemberUnknown, State
from huixiang.members.rules import states as state_rules
from huixiang.members.service.cards import card, cards
from huixiang.members.service.states import require
from huixiang.members.service.vault import vault
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction


async def resolve(tx: Transaction, ref: MemberRef) -> UUID:
    """The member meant, whatever their state; for one who was merged, the one they were merged into. Raises
    MemberUnknown."""
    (member_id,) = await resolve_many(tx, [ref])
    if member_id is None:
        raise MemberUnknown(by=_way(ref))
    return member_id


async def resolve_many(tx: Transaction, refs: Sequence[MemberRef]) -> list[UUID | None]:
    """The member each one means, whatever their state; None for nobody. At most three statements, however many."""
    keys = [_directory_key(ref) for ref in refs]
    named = {ref.member_id for ref in refs if ref.member_id is not None}
    owners = await _owners(tx, {key for key in keys if key is not None})
    known = await state_store.canonical(tx, list(named | set(owners.values())))
    meant = [owners.get(key) if key is not None else ref.member_id for ref, key in zip(refs, keys, strict=True)]
    return [None if member_id is None else known.get(member_id) for member_id in meant]


class Identified(msgspec.Struct, frozen=True):
    """A member who was named, with what decides what they may do and earn. birthday: without its year, `02-29`."""

    member_id: UUID
    state: State
    birthday: str | None

    def may(self, ability: Ability) -> bool:
        return state_rules.may(self.state, ability)


async def identify(tx: Transaction, refs: Sequence[MemberRef]) -> list[Identified | None]:
    """The member each one means, whatever their state, as `resolve` does; None for nobody. One statement, however
    many."""
    keys = [_directory_key(ref) for ref in refs]
    named = {ref.member_id for ref in refs if ref.member_id is not None}
    by_key, by_id = await store.identify(tx, {key for key in keys if key is not None}, named)
    found = [
        by_key.get(key) if key is not None else by_id.get(ref.member_id) if ref.member_id is not None else None
        for ref, key in zip(refs, keys, strict=True)
    ]
    return [None if one is None else Identified(*one) for one in found]


async def _owners(tx: Transaction, keys: set[store.DirectoryKey]) -> dict[store.DirectoryKey, UUID]:
    """Whose keys these are. The directory may live elsewhere than its owners: what counts is the member's own row."""
    if not keys:
        return {}
    owners = await store.owners(tx, keys)
    own = await store.own_keys(tx, list(set(owners.values())))
    return {key: member_id for key, member_id in owners.items() if (member_id, *key) in own}


async def able(tx: Transaction, member_ids: Sequence[UUID], ability: Ability) -> set[UUID]:
    """Those of the members whose state allows it."""
    return await store.members_in_states(tx, member_ids, state_rules.states_that(ability))


async def states_of(tx: Transaction, member_ids: Collection[UUID]) -> dict[UUID, State]:
    """In which states members are; without those who are none."""
    return {found.member_id: found.state for found in (await store.find_members(tx, list(member_ids))).values()}


async def require_able(tx: Transaction, member_id: UUID, ability: Ability) -> None:
    """Raises MemberUnknown, StateRefuses where the member's state does not allow it, and MemberMerged for one who goes
    by another id."""
    member = (await store.find_members(tx, [member_id])).get(member_id)
    if member is None:
        raise MemberUnknown(by="member_id")
    require(member.state, member.merged_into, ability)


async def count_of_source(tx: Transaction, source: str) -> int:
    """How many members another system has a name for."""
    return await store.count_of_source(tx, source)


async def look_up(tx: Transaction, ref: MemberRef) -> MemberCard:
    """The card of a member for another system. Raises MemberUnknown, also for those whose state forbids look-up."""
    member_id = await resolve(tx, ref)
    if not await able(tx, [member_id], Ability.BE_LOOKED_UP):
        raise MemberUnknown(by=_way(ref))
    return await card(tx, member_id)


async def search(
    tx: Transaction, query: str, cursor: str | None = None, limit: int = PAGE_LIMIT_DEFAULT
) -> Page[MemberCard]:
    """Members for staff: by member number, phone, id in any other system, or member id, whatever their state; latest
    first without a query. Sealed values are found whole, never by a part."""
    text = query.strip()
    if not text:
        return await _latest(tx, cursor, limit)
    if cursor is not None:
        raise InvalidInput(path="$.cursor", problem="a search that names a member has one page")
    refs = await _readings(tx, text)
    found = await resolve_many(tx, refs)
    unique = list(dict.fromkeys(member_id for member_id in found if member_id is not None))
    return Page(await cards(tx, unique[:limit]))


async def _latest(tx: Transaction, cursor: str | None, limit: int) -> Page[MemberCard]:
    after = decode_cursor(cursor, UUID)[0] if cursor else None
    ids = await store.members_after(tx, after, limit + 1)
    more = len(ids) > limit
    return Page(await cards(tx, ids[:limit]), encode_cursor(ids[limit - 1]) if more else None)


async def _readings(tx: Transaction, text: str) -> list[MemberRef]:
    """Everything that the text may name."""
    refs = []
    number = rules.ungrouped(text)  # the card shows it in groups of four
    if check_member_number(number):
        refs.append(MemberRef(number=number))
    if rules.normal_phone(text) is not None:
        refs.append(MemberRef(phone=text))
    with suppress(ValueError):
        refs.append(MemberRef(member_id=UUID(text)))
    refs += [MemberRef(source=source, external_id=text) for source in await store.sources(tx)]
    return refs


def _directory_key(ref: MemberRef) -> store.DirectoryKey | None:
    """Under which the directory knows the member meant; None where the id itself is given."""
    if ref.source is not None and ref.external_id is not None:
        return vault().external_key(ExternalId(ref.source, ref.external_id))
    if ref.phone is not None:
        phone = rules.normal_phone(ref.phone)
        # What is no phone is nobody's: an unknown member, not a malformed request.
        return vault().phone_key(phone or ref.phone)
    return ("number", ref.number) if ref.number is not None else None


def _way(ref: MemberRef) -> str:
    return next(field for field in ("member_id", "number", "phone", "external_id") if getattr(ref, field) is not None)
