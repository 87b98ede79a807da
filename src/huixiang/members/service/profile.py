"""What members say of themselves (MEM-06). Knowing all of it for the first time is announced, and rewarded once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from huixiang.members import rules, store
from huixiang.members.events import ProfileCompleted
from huixiang.members.model import Ability, Address, MemberRef, MemberUnknown
from huixiang.members.model.profile import Profile, ProfileChanges, StoredPreferences
from huixiang.members.rules import profile as profile_rules
from huixiang.members.rules.attributes import SEALED
from huixiang.members.rules.derived import age_band
from huixiang.members.service.definitions import DEFINED, attribute_definitions
from huixiang.members.service.look_up import resolve
from huixiang.members.service.states import require
from huixiang.members.service.vault import Safe, vault
from huixiang.members.store import attributes as attribute_store
from huixiang.members.store import derived as derived_store
from huixiang.members.store import profile as profile_store
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction

PERSONAL = ("name", "birthday", "address")


async def profile(tx: Transaction, member_id: UUID) -> Profile:
    """A member's own profile. Raises MemberUnknown."""
    owner = await resolve(tx, MemberRef(member_id=member_id))
    return await _read(tx, owner, await _safe(tx, owner))


async def change_profile(tx: Transaction, member_id: UUID, changes: ProfileChanges) -> Profile:
    """Set what is given. Raises MemberUnknown, StateRefuses, and InvalidInput for a birthday that cannot be."""
    owner = await resolve(tx, MemberRef(member_id=member_id))
    found = (await state_store.lock_members(tx, [owner])).get(owner)
    if found is None:
        raise MemberUnknown(by="member_id")
    require(*found, Ability.SIGN_IN)
    given = {field: value for field in changes.__struct_fields__ if (value := getattr(changes, field)) is not UNSET}
    safe = await _safe(tx, owner)
    if isinstance(birthday := given.get("birthday"), date):
        rules.check_registration(birthday, None, tx.now, tx.calendar.day(tx.now))
    for field in PERSONAL:
        if field in given:
            sealed = None if given[field] is None else safe.seal(field, _text(given[field]))
            await profile_store.save_personal(tx, owner, field, sealed)
    if "birthday" in given:
        month, day = (birthday.month, birthday.day) if isinstance(birthday, date) else (None, None)
        await profile_store.save_birthday(tx, owner, month, day)
        band = age_band(birthday, tx.calendar.day(tx.now)) if isinstance(birthday, date) else None
        await derived_store.save_age_band(tx, owner, band)
    if "address" in given:
        address = given["address"]
        await derived_store.save_city(tx, owner, address.city if isinstance(address, Address) else None)
    kept = await profile_store.preferences(tx, owner)
    stored = replace(kept, **{field: value for field, value in given.items() if field not in PERSONAL})
    await profile_store.save_preferences(tx, owner, stored)
    return await note_completion(tx, owner)


async def note_completion(tx: Transaction, owner: UUID) -> Profile:
    """The profile of a member who is locked; where all is known for the first time, that is kept and announced."""
    after = await _read(tx, owner, await _safe(tx, owner))
    if after.missing or after.completed_at is not None:
        return after
    stored = await profile_store.preferences(tx, owner)
    await profile_store.save_preferences(tx, owner, replace(stored, completed_at=tx.now))
    tx.emit(ProfileCompleted(member_id=owner, occurred_at=tx.now))
    return replace(after, completed_at=tx.now)


async def _read(tx: Transaction, owner: UUID, safe: Safe) -> Profile:
    personal = {
        row.field: safe.open(row.field, row.sealed) for row in await store.personal_of(tx, [owner], list(PERSONAL))
    }
    stored: StoredPreferences = await profile_store.preferences(tx, owner)
    values: dict[str, Any] = msgspec.structs.asdict(stored) | {
        "name": personal.get("name"),
        "birthday": date.fromisoformat(personal["birthday"]) if "birthday" in personal else None,
        "address": msgspec.json.decode(personal["address"], type=Address) if "address" in personal else None,
    }
    counted = await _counted(tx, owner)
    missing = profile_rules.missing(values, counted)
    return Profile(
        **values, complete_percent=profile_rules.complete_percent(len(missing), len(counted)), missing=missing
    )


async def _counted(tx: Transaction, owner: UUID) -> dict[str, bool]:
    """The attributes that operators count for a profile, as conditions call them, by whether they are known."""
    definitions = [one for one in await attribute_definitions(tx) if one.profile and not one.retired]
    if not definitions:
        return {}
    kept = await attribute_store.attributes_of(tx, owner, SEALED)
    return {f"{DEFINED}{one.code}": one.code in (kept.sealed if one.personal else kept.clear) for one in definitions}


async def _safe(tx: Transaction, owner: UUID) -> Safe:
    """Raises MemberUnknown for one whose key is destroyed."""
    safe = (await vault().open_safes(await store.wrapped_keys_of(tx, [owner]))).get(owner)
    if safe is None:
        raise MemberUnknown(by="member_id")
    return safe


def _text(value: str | date | Address) -> str:
    """As registrations seal it."""
    if isinstance(value, Address):
        return msgspec.json.encode(value).decode()
    return value.isoformat() if isinstance(value, date) else value
