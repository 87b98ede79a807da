"""What shows that a member is there: the code on their card, and a one-time code that they read out.

The card's code is signed and kept nowhere; what is kept is that it was used, and by which command. A one-time code is
kept as a keyed hash.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from huixiang.kernel.errors import DomainError
from huixiang.members import rules, store
from huixiang.members.model import (
    CardCode,
    MemberCard,
    MemberRef,
    MemberUnknown,
    OneTimeCode,
    PresenceRefused,
    PresenceRequired,
)
from huixiang.members.rules import card as card_rules
from huixiang.members.service.card_keys import is_signed, sign
from huixiang.members.service.look_up import look_up
from huixiang.members.service.vault import vault
from huixiang.members.store import card_keys as key_store
from huixiang.platform.access import Shown
from huixiang.platform.db import Transaction

FORGOTTEN_PER_CALL = 5_000


async def card_code(tx: Transaction, member_id: UUID) -> CardCode:
    """What the member's card shows now. One statement. Raises MemberUnknown."""
    issued_at = tx.now.replace(microsecond=0)
    number, generation = await _signing(tx, member_id, issued_at)
    return CardCode(sign(generation, number, issued_at), issued_at, issued_at + card_rules.CODE_LIFE)


async def look_up_by_code(tx: Transaction, shown: str) -> MemberCard:
    """The card of the member whose card shows a code now. Raises MemberUnknown. The code can still be spent with."""
    code = card_rules.read(rules.ungrouped(shown))
    if code is None or not card_rules.holds(code, tx.now):
        raise MemberUnknown(by="code")
    if not is_signed(code, await key_store.generation_at(tx, code.issued_at)):
        raise MemberUnknown(by="code")
    return await look_up(tx, MemberRef(number=code.number))


async def one_time_code(tx: Transaction, member_id: UUID) -> OneTimeCode:
    """A new one-time code for a signed-in member; the one before is void. Raises OneTimeCodesExhausted."""
    code = f"{secrets.randbelow(10**6):06d}"
    before = await store.lock_one_time_code(tx, member_id)
    made = rules.ask_one_time(before, vault().one_time_hash(member_id, code), tx.now)
    await store.save_one_time_code(tx, member_id, made, _kept_until(made.expires_at))
    return OneTimeCode(code, tx.now, made.expires_at)


async def prove(tx: Transaction, member_id: UUID, shown: Shown) -> DomainError | None:
    """Whether what a command shows proves that the member is there; else what to refuse it with.

    A code is used up by the command that shows it, which may be repeated. Notes a wrong guess: keep the transaction,
    whatever this says.
    """
    if shown.code is None:
        return PresenceRequired()
    code = rules.ungrouped(shown.code)
    judge = _judge_one_time if rules.is_one_time(code) else _judge_card_code
    refusal = await judge(tx, member_id, code, shown.command)
    return PresenceRefused(reason=refusal) if refusal else None


async def forget_codes(tx: Transaction) -> int:
    """Remove what no repetition can need any more, a bounded number of rows; how many. Call it until it gives 0."""
    return await store.delete_codes(tx, FORGOTTEN_PER_CALL)


async def _judge_card_code(tx: Transaction, member_id: UUID, shown: str, command: bytes) -> rules.Refusal | None:
    code = card_rules.read(shown)
    if code is None or card_rules.is_early(code, tx.now):
        return "wrong"
    number, generation = await _signing(tx, member_id, code.issued_at)
    if code.number != number or not is_signed(code, generation):
        return "wrong"
    issued_at = code.issued_at
    if not card_rules.holds(code, tx.now):
        used_before = await store.code_used_by(tx, member_id, issued_at)
        return None if used_before == command else "expired"
    used_by = await store.use_code(tx, member_id, issued_at, command, _kept_until(issued_at + card_rules.CODE_LIFE))
    return None if used_by == command else "used"


async def _judge_one_time(tx: Transaction, member_id: UUID, code: str, command: bytes) -> rules.Refusal | None:
    stored = await store.lock_one_time_code(tx, member_id)
    guess = vault().one_time_hash(member_id, code)
    kept, refusal = rules.judge_one_time(stored, guess, command, tx.now)
    if kept is not None and kept != stored:
        await store.save_one_time_code(tx, member_id, kept, _kept_until(kept.expires_at))
    return refusal


def _kept_until(expires_at: datetime) -> datetime:
    return expires_at + rules.REPEATED_WITHIN


async def _signing(tx: Transaction, member_id: UUID, issued_at: datetime) -> tuple[str, int]:
    """The member's number, and the generation of the key that signs codes of this second."""
    found = await key_store.number_and_generation(tx, member_id, issued_at)
    if found is None:
        raise MemberUnknown(by="member_id")
    return found
