"""Members by the last digits of their phones, for a till: a few, masked, and not too often."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.members import rules, store
from huixiang.members.model import Ability, MemberRef
from huixiang.members.model.tails import CANDIDATES_MAX, Candidate, Candidates, TailSearch
from huixiang.members.rules import sign_in as pacing
from huixiang.members.service.cards import cards
from huixiang.members.service.look_up import identify
from huixiang.members.service.vault import vault
from huixiang.members.store.tails import phones_by_tail
from huixiang.platform.db import Transaction

# A million members share 10,000 tails of four digits.
LOOKED_AT = 500


async def look_up_by_tail(tx: Transaction, key_id: UUID, search: TailSearch) -> Candidates:
    """Those whose phones end so and who may be looked up. key_id: of the system that asks, which is counted. Raises
    SignInTooOften."""
    counted: store.PaceKey = ("tail", str(key_id))
    pace = (await store.lock_paces(tx, [counted]))[counted]
    pacing.require_pace(pace, now=tx.now)
    now = pacing.paced(pacing.PACING["tail"], pace, tx.now)
    await store.save_paces(tx, {counted: now}, pacing.PACING["tail"].forgotten_after)
    sealed = await phones_by_tail(tx, vault().tail(search.tail), LOOKED_AT)
    phones = await _those_of(tx, sealed, search.tail)
    shown = list(phones)[:CANDIDATES_MAX]
    names = {card.member_id: card.display_name for card in await cards(tx, shown)}
    found = [Candidate(member_id, rules.mask_phone(phones[member_id]), names.get(member_id)) for member_id in shown]
    return Candidates(found, more=len(phones) > CANDIDATES_MAX or len(sealed) == LOOKED_AT)


async def _those_of(tx: Transaction, sealed: Sequence[tuple[UUID, bytes]], tail: str) -> dict[UUID, str]:
    """The phones that end so of members who may be looked up; of one who was merged, under whom they go by now."""
    owners = [member_id for member_id, _ in sealed]
    safes = await vault().open_safes(await store.wrapped_keys_of(tx, owners))
    members = await identify(tx, [MemberRef(member_id=member_id) for member_id in owners])
    return {
        member.member_id: phone
        for (owner, value), member in zip(sealed, members, strict=True)
        if member is not None and member.may(Ability.BE_LOOKED_UP) and owner in safes
        if (phone := safes[owner].open("phone", value)).endswith(tail)
    }
