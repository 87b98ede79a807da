"""How fast somebody may try codes that are not good, at doors of modules above: counted by member, and by address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import msgspec

from huixiang.members import store
from huixiang.members.model.sign_in import Pace
from huixiang.members.rules import sign_in as rules
from huixiang.members.service.vault import vault
from huixiang.platform.db import Transaction

_KEPT_FOR = max(pacing.forgotten_after for pacing in rules.PACING.values())


class Guesses(msgspec.Struct, frozen=True):
    """How often it was done, locked until the transaction ends: of two who try at once one comes first. wait_s: not
    again before so many seconds; 0: now."""

    paces: Mapping[store.PaceKey, Pace]
    wait_s: int


async def lock_guesses(tx: Transaction, member_id: UUID, address: str | None) -> Guesses:
    """address: what counts as where it comes from; None where that is a system which many members are behind."""
    keys: list[store.PaceKey] = [("guessed_member", str(member_id))]
    if address is not None:
        keys.append(("guessed_address", vault().address_key(address)))
    paces = await store.lock_paces(tx, keys)
    left = max(pace.free_at - tx.now for pace in paces.values())
    return Guesses(paces, max(0, -(-left // timedelta(seconds=1))))


async def count_guess(tx: Transaction, guesses: Guesses) -> None:
    """It was wrong: keep the transaction, whatever is answered."""
    counted = {key: rules.paced(rules.PACING[key[0]], pace, tx.now) for key, pace in guesses.paces.items()}
    await store.save_paces(tx, counted, _KEPT_FOR)
