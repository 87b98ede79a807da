"""What members decides: states, phone numbers, masks, who owns an identity, when a token holds, what
shows that a member is there."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvalidInput
from huixiang.members.model import (
    OneTimeCodesExhausted,
    StoredOneTimeCode,
)

EARLIEST_BIRTHDAY = date(1900, 1, 1)
TOLD_WITHIN = timedelta(days=1)
FUTURE_TOLERATED = timedelta(minutes=5)

TOKEN_LIFE = timedelta(minutes=15)
TOKEN_LIFE_MAX = timedelta(days=1)

_PHONE_PUNCTUATION = re.compile(r"[\s().\-]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_MAINLAND = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")

ONE_TIME_LIFE = timedelta(minutes=5)
ONE_TIME_GUESSES = 5
ONE_TIME_ASKED = 5
ONE_TIME_COUNTED = timedelta(minutes=10)
# A command that a code was used for may be repeated with it for so long, though the code itself has run out.
REPEATED_WITHIN = timedelta(minutes=10)

Refusal = Literal["wrong", "expired", "used", "guessed"]

IdentityKey = tuple[str, str]  # kind and blind index


def was_moved_in(registered_at: datetime, now: datetime) -> bool:
    """Whether somebody was a member elsewhere before this program heard of them. A till that was cut off tells of its
    registrations within a day."""
    return registered_at < now - TOLD_WITHIN


def normal_phone(text: str) -> str | None:
    """A phone as E.164, mainland China where no country is given; None for what is no phone."""
    compact = _PHONE_PUNCTUATION.sub("", unicodedata.normalize("NFKC", text))
    if mainland := _MAINLAND.fullmatch(compact):
        return f"+86{mainland[1]}"
    international = "+" + compact[2:] if compact.startswith("00") else compact
    if international.startswith("+86"):
        return None
    return international if _E164.fullmatch(international) else None


def mask_phone(e164: str) -> str:
    """`138****5678` for the mainland; elsewhere the first three and the last two characters."""
    if e164.startswith("+86"):
        return f"{e164[3:6]}****{e164[-4:]}"
    return f"{e164[:3]}****{e164[-2:]}"


def mask_name(name: str) -> str:
    """The first character, and stars that do not tell the length: `王**`."""
    return f"{name[0]}**"


def check_registration(birthday: date | None, registered_at: datetime | None, now: datetime, today: date) -> None:
    """Raises InvalidInput for a birthday or a registration that cannot be."""
    if birthday is not None and not EARLIEST_BIRTHDAY <= birthday <= today:
        raise InvalidInput(path="$.birthday", problem=f"a birthday lies between {EARLIEST_BIRTHDAY} and today")
    if registered_at is not None and registered_at > now + FUTURE_TOLERATED:
        raise InvalidInput(path="$.registered_at", problem="a registration does not lie in the future")


def owner_of(keys: Sequence[IdentityKey], owners: Mapping[IdentityKey, UUID]) -> UUID | IdentityKey | None:
    """Whose identities these are: None for nobody's, a member where all are that one's, else the first key that
    belongs to somebody while another does not."""
    found = [owners.get(key) for key in keys]
    taken = [(key, owner) for key, owner in zip(keys, found, strict=True) if owner is not None]
    if not taken:
        return None
    first_key, first_owner = taken[0]
    return first_owner if all(owner == first_owner for owner in found) else first_key


def token_holds(issued_at: int, expires_at: int, now: datetime) -> bool:
    """Times in seconds since 1970. A token that was given more than a day, or comes from the future, never holds."""
    seconds = now.timestamp()
    early = issued_at > seconds + FUTURE_TOLERATED.total_seconds()
    return not early and seconds < expires_at <= issued_at + TOKEN_LIFE_MAX.total_seconds()


def ungrouped(shown: str) -> str:
    """A number or code as it was typed or read out, without what groups its digits."""
    return re.sub(r"[\s-]", "", shown)


def is_one_time(code: str) -> bool:
    return re.fullmatch(r"[0-9]{6}", code) is not None


def ask_one_time(before: StoredOneTimeCode | None, code_hash: bytes, now: datetime) -> StoredOneTimeCode:
    """A new code in place of the one before. Raises OneTimeCodesExhausted."""
    fresh = before is None or now >= before.counted_from + ONE_TIME_COUNTED
    counted_from = now if before is None or fresh else before.counted_from
    asked = 1 if before is None or fresh else before.asked + 1
    if asked > ONE_TIME_ASKED:
        left = counted_from + ONE_TIME_COUNTED - now
        raise OneTimeCodesExhausted(retry_after_s=max(1, -(-left // timedelta(seconds=1))))
    return StoredOneTimeCode(
        code_hash=code_hash,
        expires_at=now + ONE_TIME_LIFE,
        guesses=0,
        command=None,
        counted_from=counted_from,
        asked=asked,
    )


def judge_one_time(
    stored: StoredOneTimeCode | None, guess_hash: bytes, command: bytes, now: datetime
) -> tuple[StoredOneTimeCode | None, Refusal | None]:
    """What is kept of a code after a guess, and why the guess does not hold; None where it does."""
    if stored is None:
        return None, "wrong"
    right = hmac.compare_digest(stored.code_hash, guess_hash)
    if stored.command is not None:
        if not right:
            return stored, "wrong"
        repeated = stored.command == command and now < stored.expires_at + REPEATED_WITHIN
        return stored, None if repeated else "used"
    if stored.guesses >= ONE_TIME_GUESSES:
        return stored, "guessed"
    if now >= stored.expires_at:
        return stored, "expired"
    if right:
        return msgspec.structs.replace(stored, command=command), None
    guesses = stored.guesses + 1
    refusal: Refusal = "guessed" if guesses >= ONE_TIME_GUESSES else "wrong"
    return msgspec.structs.replace(stored, guesses=guesses), refusal
