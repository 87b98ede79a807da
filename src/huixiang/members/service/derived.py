"""What is kept in clear of sealed fields: month and day of the birthday, the age band, the city. It identifies nobody,
is asked for by segments, and dies with an erasure."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from huixiang.members import store
from huixiang.members.rules.derived import age_band
from huixiang.members.service.vault import vault
from huixiang.members.store import derived as derived_store
from huixiang.platform.db import Transaction

# How far back birthdays are looked at again: a worker may have stood still.
LOOKED_BACK = 31


async def follow_birthdays(tx: Transaction, after: UUID | None, limit: int) -> UUID | None:
    """Bring the age bands of those up to date who had their birthday lately: of the next so many of them in the order
    of ids; the last one, None where there are no more. The year of a birthday is nowhere but in the sealed field."""
    today = tx.calendar.day(tx.now)
    days = {(day.month, day.day) for day in (today - timedelta(days=back) for back in range(LOOKED_BACK))}
    if (2, 28) in days:
        days.add((2, 29))
    found = await derived_store.with_birthdays(tx, sorted(days), after, limit)
    if not found:
        return None
    safes = await vault().open_safes(await store.wrapped_keys_of(tx, found))
    bands: dict[UUID, str] = {}
    for row in await store.personal_of(tx, found, ["birthday"]):
        if (safe := safes.get(row.member_id)) is not None:
            bands[row.member_id] = age_band(date.fromisoformat(safe.open(row.field, row.sealed)), today)
    await derived_store.save_age_bands(tx, bands)
    return found[-1] if len(found) == limit else None


async def forget(tx: Transaction, member_id: UUID) -> None:
    """What an erasure asks of these: none of them stays."""
    await derived_store.forget(tx, member_id)
