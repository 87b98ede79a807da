"""What members decides: states, phone numbers, masks, attribute values, who owns an identity, when a token holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from huixiang.kernel.errors import InvalidInput
from huixiang.members.model import (
    Ability,
    AttributeDefinition,
    AttributeRefused,
    AttributeUnknown,
    AttributeValue,
    State,
)

# What each state may do. What is not named here is refused.
STATES: Mapping[State, frozenset[Ability]] = {
    State.ACTIVE: frozenset(Ability),
    State.MINOR: frozenset({Ability.SIGN_IN, Ability.EARN, Ability.SPEND, Ability.BE_LOOKED_UP}),
    State.BLOCKED: frozenset({Ability.BE_LOOKED_UP}),
    State.CLOSED: frozenset(),
    State.DECEASED: frozenset(),
}

EARLIEST_BIRTHDAY = date(1900, 1, 1)
TOLD_WITHIN = timedelta(days=1)
FUTURE_TOLERATED = timedelta(minutes=5)

TOKEN_LIFE = timedelta(minutes=15)
TOKEN_LIFE_MAX = timedelta(days=1)

_PHONE_PUNCTUATION = re.compile(r"[\s().\-]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_MAINLAND = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")

IdentityKey = tuple[str, str]  # kind and blind index


def may(state: State, ability: Ability) -> bool:
    return ability in STATES[state]


def states_that(ability: Ability) -> list[State]:
    return [state for state, abilities in STATES.items() if ability in abilities]


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


def check_attribute(code: str, value: AttributeValue, definitions: Mapping[str, AttributeDefinition]) -> None:
    """Raises AttributeUnknown, or AttributeRefused for a value that its definition does not take."""
    definition = definitions.get(code)
    if definition is None:
        raise AttributeUnknown(attribute=code)
    if not _fits(definition, value):
        expected = (
            f"one of {', '.join(definition.choices)}" if definition.choices else f"a value of type {definition.type}"
        )
        raise AttributeRefused(attribute=code, problem=f"expected {expected}")


def _fits(definition: AttributeDefinition, value: AttributeValue) -> bool:
    match definition.type:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "text":
            return isinstance(value, str)
        case "date":
            return isinstance(value, str) and _is_day(value)
        case "choice":
            return isinstance(value, str) and value in definition.choices


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


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
