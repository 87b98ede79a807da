"""The keys that sign the codes of cards: derived from the installation's secret, turned by a command, published.

A generation's key follows from its number. So the next one is known, and published, long before it signs, and none of
them is stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from cryptography.exceptions import InvalidSignature

from huixiang.kernel import base64url
from huixiang.members.model.card import CardKey, CardKeys, CardKeysRotatedLately, KeyTurn
from huixiang.members.rules import card as rules
from huixiang.members.service.vault import SigningKey, vault
from huixiang.members.store import card_keys as store
from huixiang.platform.db import Transaction
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry


def sign(generation: int, number: str, issued_at: datetime) -> str:
    """The code of the member with this number, of one second."""
    key = vault().card_key(generation)
    what = rules.said(key.key_id, number, issued_at)
    return rules.shown(what, key.private.sign(rules.to_sign(what)))


def is_signed(code: rules.ReadCode, generation: int) -> bool:
    """Whether the key of a generation, which signed when the code was issued, has signed it."""
    key = vault().card_key(generation)
    if key.key_id != code.key_id:
        return False
    try:
        key.private.public_key().verify(code.signature, code.signed)
    except InvalidSignature:
        return False
    return True


async def card_keys(tx: Transaction) -> CardKeys:
    """What anybody may know: the key that signs, the one before as long as its codes hold, the one after."""
    turns = [KeyTurn(rules.FIRST, datetime.min.replace(tzinfo=tx.now.tzinfo)), *await store.turns(tx)]
    current = max(turn.generation for turn in turns if turn.signs_from <= tx.now)
    ahead = max(turn.generation for turn in turns)
    starts = {turn.generation: turn.signs_from for turn in turns}
    keys = [_shown(current, "current", starts)]
    if ahead > current:  # turned already, a few moments from now
        keys.append(_shown(ahead, "next", starts))
    keys.append(_shown(ahead + 1, "next", starts))
    if current > rules.FIRST and tx.now <= starts[current] + rules.KEYS_GOOD_FOR:
        keys.insert(0, _shown(current - 1, "former", starts))
    return CardKeys(
        version=rules.VERSION,
        life_s=int(rules.CODE_LIFE.total_seconds()),
        good_for_s=int(rules.KEYS_GOOD_FOR.total_seconds()),
        keys=keys,
    )


async def rotate_card_keys(tx: Transaction, by: str, *, at_once: bool = False) -> KeyTurn:
    """Let the next key sign, from the next minute on; at once where the present one is in wrong hands. Raises
    CardKeysRotatedLately."""
    turn = rules.next_turn(await store.turns(tx), tx.now, at_once=at_once)
    if not await store.insert_turn(tx, turn):
        raise CardKeysRotatedLately(free_at=turn.signs_from + rules.KEYS_GOOD_FOR)
    await staff.record(
        tx,
        AuditEntry(
            actor=by,
            action="card_keys.rotated",
            subject=f"card_key:{vault().card_key(turn.generation).key_id.hex()}",
            after={"generation": turn.generation, "signs_from": turn.signs_from.isoformat()},
            reason="at once" if at_once else None,
        ),
    )
    return turn


def _shown(generation: int, state: Literal["former", "current", "next"], starts: dict[int, datetime]) -> CardKey:
    key: SigningKey = vault().card_key(generation)
    return CardKey(
        kid=key.key_id.hex(),
        x=base64url.encode(key.public),
        state=state,
        signs_from=starts.get(generation) if generation > rules.FIRST else None,
        signs_until=starts.get(generation + 1),
    )
