"""Registration: one by one and many at once, by the same way."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from huixiang.kernel.errors import DomainError, InvalidInput, InvariantBroken
from huixiang.kernel.ids import MEMBER_NUMBER_DIGITS, member_number, new_id
from huixiang.members import rules, store
from huixiang.members.events import MemberRegistered
from huixiang.members.model import (
    IdentityTaken,
    MemberCard,
    MemberUnknown,
    NewMember,
    Origin,
    Registration,
    State,
    StoredIdentity,
    StoredMember,
    StoredPersonal,
)
from huixiang.members.model.attributes import AttributeDefinition
from huixiang.members.model.attribution import Touch
from huixiang.members.rules import attributes as attribute_rules
from huixiang.members.rules.derived import age_band
from huixiang.members.service.attribution import touch_of
from huixiang.members.service.cards import card
from huixiang.members.service.definitions import definitions_by_code
from huixiang.members.service.look_up import resolve_many
from huixiang.members.service.vault import Safe, vault
from huixiang.members.store import attribution as touch_store
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction

_ROUNDS = 8
_SERIALS = 10 ** (MEMBER_NUMBER_DIGITS - 1)

NUMBER = "number"


class _Draft(msgspec.Struct):
    """A registration on its way: its place among the rows, its normal form, and what it would claim."""

    place: int
    new: NewMember
    hash: bytes
    keys: list[store.DirectoryKey]
    member_id: UUID
    number: str = ""
    referrer_id: UUID | None = None


async def register(tx: Transaction, new: NewMember) -> MemberCard:
    """A new member; or, where the very same registration was made before, the member it made.

    Raises IdentityTaken, InvalidInput, AttributeUnknown, AttributeRetired, AttributeRefused, ConsentMissing.
    """
    (registration,) = await register_bulk(tx, [new])
    if registration.refusal is not None:
        raise registration.refusal
    if registration.member_id is None:
        raise InvariantBroken("a registration that was not refused has its member")
    known = await state_store.canonical(tx, [registration.member_id])  # they may have been merged since
    return await card(tx, known[registration.member_id])


async def register_bulk(tx: Transaction, rows: Sequence[NewMember]) -> list[Registration]:
    """What became of each row, in order, as if they had been registered one after the other. A refused row leaves
    nothing behind and does not hold up the others."""
    outcomes: dict[int, Registration] = {}
    definitions = await definitions_by_code(tx) if any(row.attributes for row in rows) else {}
    referrers = await _referrers(tx, rows)
    pending = []
    for place, row in enumerate(rows):
        try:
            draft = _draft(tx, place, row, definitions)
            draft.referrer_id = referrers.get(place)
            if draft.referrer_id is None and place in referrers:
                raise MemberUnknown(by="referrer")
            pending.append(draft)
        except DomainError as refusal:
            outcomes[place] = Registration("refused", None, refusal)
    made: list[_Draft] = []
    for _ in range(_ROUNDS):
        if not pending:
            break
        pending = await _round(tx, pending, outcomes, made)
    if pending:
        raise InvariantBroken("registrations keep losing their identities to others")
    await _store(tx, made)
    return [outcomes[place] for place in range(len(rows))]


async def _referrers(tx: Transaction, rows: Sequence[NewMember]) -> dict[int, UUID | None]:
    """By the place of a row that names one who brought the member: who that is, None for nobody."""
    named = {
        place: row.origin.referrer
        for place, row in enumerate(rows)
        if row.origin is not None and row.origin.referrer is not None
    }
    return dict(zip(named, await resolve_many(tx, list(named.values())), strict=True)) if named else {}


def _draft(tx: Transaction, place: int, row: NewMember, definitions: Mapping[str, AttributeDefinition]) -> _Draft:
    rules.check_registration(row.birthday, row.registered_at, tx.now, tx.calendar.day(tx.now))
    for code, value in row.attributes.items():
        attribute_rules.check_registration(code, value, definitions)
    phone = None if row.phone is None else rules.normal_phone(row.phone)
    if row.phone is not None and phone is None:
        raise InvalidInput(path="$.phone", problem="not a phone number")
    new = msgspec.structs.replace(row, phone=phone, external_ids=tuple(sorted(row.external_ids)))
    keys = [vault().external_key(identity) for identity in new.external_ids]
    if phone is not None:
        keys.append(vault().phone_key(phone))
    body = msgspec.json.encode(new, order="deterministic")
    return _Draft(place, new, vault().registration_hash(body), keys, new_id())


async def _round(
    tx: Transaction, pending: list[_Draft], outcomes: dict[int, Registration], made: list[_Draft]
) -> list[_Draft]:
    """Decide the rows in order, then claim what the accepted ones need. Where one loses a claim to another transaction,
    all that are not made yet are decided again."""
    owners = await store.owners(tx, (key for draft in pending for key in draft.keys))
    stored = await store.find_members(tx, list(set(owners.values())))
    hashes = {member_id: member.registration_hash for member_id, member in stored.items()}
    hashes |= {draft.member_id: draft.hash for draft in made}
    accepted = []
    for draft in pending:
        outcomes[draft.place] = _decide(draft, owners, hashes)
        if outcomes[draft.place].outcome == "created":
            accepted.append(draft)
            owners |= dict.fromkeys(draft.keys, draft.member_id)
            hashes[draft.member_id] = draft.hash
    lost = await _claim(tx, accepted)
    made += [draft for draft in accepted if draft.member_id not in lost]
    if not lost:
        return []
    settled = {draft.place for draft in made}
    return [draft for draft in pending if draft.place not in settled]


def _decide(draft: _Draft, owners: Mapping[store.DirectoryKey, UUID], hashes: Mapping[UUID, bytes]) -> Registration:
    owner = rules.owner_of(draft.keys, owners)
    if owner is None:
        return Registration("created", draft.member_id)
    if isinstance(owner, UUID):
        if hashes.get(owner) == draft.hash:
            return Registration("existing", owner)
        owner = draft.keys[0]
    kind, key = owner
    source = next((i.source for i in draft.new.external_ids if vault().external_key(i) == (kind, key)), None)
    return Registration("refused", None, IdentityTaken(kind=kind, source=source))


async def _claim(tx: Transaction, accepted: Sequence[_Draft]) -> set[UUID]:
    """Enter what the accepted rows need into the directory; those who did not get everything, and keep nothing."""
    entries: dict[store.DirectoryKey, UUID] = {}
    for draft in accepted:
        draft.number = _new_number(entries)
        entries |= dict.fromkeys([*draft.keys, (NUMBER, draft.number)], draft.member_id)
    taken = await store.claim(tx, entries)
    lost = {entries[key] for key in taken}
    if lost:
        await store.release(tx, [key for key, member_id in entries.items() if member_id in lost and key not in taken])
    return lost


def _new_number(taken: Mapping[store.DirectoryKey, UUID]) -> str:
    while True:
        number = member_number(secrets.randbelow(_SERIALS))
        if (NUMBER, number) not in taken:
            return number


async def _store(tx: Transaction, made: Sequence[_Draft]) -> None:
    if not made:
        return
    safes, wrapped = await vault().new_safes([draft.member_id for draft in made])
    pairs = list(zip(made, safes, strict=True))
    await store.insert_members(tx, [_member(tx, draft) for draft in made])
    await store.insert_wrapped_keys(tx, wrapped)
    await store.insert_identities(tx, [i for draft, safe in pairs for i in _identities(draft, safe)])
    await store.insert_personal(tx, [field for draft, safe in pairs for field in _personal(draft, safe)])
    await touch_store.insert_first(tx, [(draft.member_id, _touch(tx, draft)) for draft in made])
    await store.insert_sources(tx, (i.source for draft in made for i in draft.new.external_ids))
    for draft in made:
        registered_at = draft.new.registered_at or tx.now
        tx.emit(
            MemberRegistered(
                member_id=draft.member_id,
                occurred_at=registered_at,
                channel=draft.new.channel,
                business_day=tx.calendar.day(registered_at),
                moved_in=rules.was_moved_in(registered_at, tx.now),
            )
        )


def _touch(tx: Transaction, draft: _Draft) -> Touch:
    registered_at = draft.new.registered_at or tx.now
    return touch_of(draft.new.origin or Origin(), 1, draft.new.channel, registered_at, draft.referrer_id)


def _member(tx: Transaction, draft: _Draft) -> StoredMember:
    birthday = draft.new.birthday
    return StoredMember(
        member_id=draft.member_id,
        number=draft.number,
        state=State.ACTIVE,
        channel=draft.new.channel,
        registered_at=draft.new.registered_at or tx.now,
        birth_month=birthday.month if birthday else None,
        birth_day=birthday.day if birthday else None,
        attributes=draft.new.attributes,
        registration_hash=draft.hash,
        age_band=age_band(birthday, tx.calendar.day(tx.now)) if birthday else None,
        city=draft.new.address.city if draft.new.address else None,
    )


def _identities(draft: _Draft, safe: Safe) -> list[StoredIdentity]:
    made = []
    for identity, (_, key) in zip(draft.new.external_ids, draft.keys, strict=False):  # a phone's key comes last
        sealed = safe.seal(f"external:{identity.source}", identity.external_id)
        made.append(StoredIdentity(draft.member_id, "external", key, identity.source, sealed))
    if draft.new.phone is not None:
        _, key = draft.keys[-1]
        sealed, tail = safe.seal("phone", draft.new.phone), vault().tail(draft.new.phone)
        made.append(StoredIdentity(draft.member_id, "phone", key, None, sealed, tail))
    return made


def _personal(draft: _Draft, safe: Safe) -> list[StoredPersonal]:
    new = draft.new
    values = {
        "name": new.name,
        "birthday": None if new.birthday is None else new.birthday.isoformat(),
        "address": None if new.address is None else msgspec.json.encode(new.address).decode(),
    }
    return [
        StoredPersonal(draft.member_id, field, safe.seal(field, value))
        for field, value in values.items()
        if value is not None
    ]
