"""Decisions on attributes: what a value must be, what may become of a definition, who sees and sets what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from huixiang.kernel.errors import Problem
from huixiang.members.model import AttributeRefused, AttributeUnknown, AttributeValue
from huixiang.members.model.attributes import (
    AttributeClosed,
    AttributeDefinition,
    AttributeRetired,
    Attributes,
    ConsentMissing,
    Sight,
    Viewer,
)

SYSTEMS = "systems"  # among the readers of an attribute: the keys of other systems
SEALED = "custom:"  # before the codes, in the names under which values are sealed
FIXED = ("type", "personal", "consent")  # values of it are stored


def definition_of(code: str, definitions: Mapping[str, AttributeDefinition]) -> AttributeDefinition:
    """Raises AttributeUnknown, AttributeRetired."""
    definition = definitions.get(code)
    if definition is None:
        raise AttributeUnknown(attribute=code)
    if definition.retired:
        raise AttributeRetired(attribute=code)
    return definition


def check_attribute(code: str, value: AttributeValue, definitions: Mapping[str, AttributeDefinition]) -> None:
    """Raises AttributeUnknown, AttributeRetired, or AttributeRefused for a value that its definition does not take."""
    definition = definition_of(code, definitions)
    if not _fits(definition, value):
        raise AttributeRefused(attribute=code, problem=f"expected {_expected(definition)}")


def check_registration(code: str, value: AttributeValue, definitions: Mapping[str, AttributeDefinition]) -> None:
    """The same for a registration, which states no consent and nothing personal but what has fields."""
    check_attribute(code, value, definitions)
    definition = definitions[code]
    if definition.consent is not None:
        raise ConsentMissing(attribute=code, purpose=definition.consent)
    if definition.personal:
        raise AttributeRefused(attribute=code, problem="it is personal: set it once they are registered")


def check_change(
    code: str,
    value: AttributeValue | None,
    definitions: Mapping[str, AttributeDefinition],
    consents: Collection[str],
    viewer: Viewer,
) -> AttributeDefinition:
    """Whether somebody may set a value of a member with these consents, or remove it. Raises AttributeClosed and
    ConsentMissing too."""
    definition = definition_of(code, definitions)
    if not may_write(definition, viewer):
        raise AttributeClosed(attribute=code)
    if value is not None:
        check_attribute(code, value, definitions)
        if definition.consent is not None and definition.consent not in consents:
            raise ConsentMissing(attribute=code, purpose=definition.consent)
    return definition


def sight(definition: AttributeDefinition, viewer: Viewer) -> Sight:
    """What somebody sees of a value. A personal one is seen by whom the definition names, and by the member."""
    if definition.retired:
        return "absent"
    if viewer.kind == "member":
        return "absent" if definition.member == "hidden" else "full"
    reader = SYSTEMS if viewer.kind == "system" else viewer.role
    if reader in definition.seen_by or (not definition.seen_by and not definition.personal):
        return "full"
    return "masked" if not definition.seen_by else definition.otherwise


def may_write(definition: AttributeDefinition, viewer: Viewer) -> bool:
    """Systems bring in what others must not see. Whoever sees a thing at all may correct it, the member where it is
    theirs to write."""
    if viewer.kind == "system":
        return True
    if viewer.kind == "member":
        return definition.member == "write"
    return sight(definition, viewer) == "full"


def open_to_all(definitions: Iterable[AttributeDefinition]) -> set[str]:
    """The codes that everybody may see who sees a member's card."""
    return {one.code for one in definitions if not one.retired and not one.seen_by and not one.personal}


def broken_promises(before: Sequence[AttributeDefinition], now: Sequence[AttributeDefinition]) -> list[Problem]:
    """What a new version may not change. before: of all versions, the oldest of each code first."""
    found = []
    there = {one.code: (place, one) for place, one in enumerate(now)}
    for known in {one.code: one for one in reversed(before)}.values():
        if known.code not in there:
            found.append(Problem("$.attributes", f"{known.code} was defined: retire it, values of it are kept"))
            continue
        place, definition = there[known.code]
        for field in FIXED:
            first = getattr(known, field)
            if getattr(definition, field) != first:
                found.append(Problem(f"$.attributes[{place}].{field}", f"stays as it was defined: {first}"))
    return found


def retired(definition: AttributeDefinition) -> AttributeDefinition:
    return msgspec.structs.replace(definition, retired=True, profile=False)


def written(body: Attributes) -> dict[str, Any]:
    """As the rulebook takes it."""
    built: dict[str, Any] = msgspec.to_builtins(body)
    return built


def _expected(definition: AttributeDefinition) -> str:
    match definition.type:
        case "choice":
            return f"one of {', '.join(definition.choices)}"
        case "choices":
            return f"a list of some of {', '.join(definition.choices)}"
        case "text":
            return f"a text of at most {definition.max_length} characters"
        case "date":
            return "a date such as 2026-01-31"
        case _:
            return f"a value of type {definition.type}"


def _fits(definition: AttributeDefinition, value: AttributeValue) -> bool:
    match definition.type:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "text":
            return isinstance(value, str) and len(value) <= definition.max_length
        case "date":
            return isinstance(value, str) and _is_day(value)
        case "choice":
            return isinstance(value, str) and value in definition.choices
        case "choices":
            return isinstance(value, list) and len(set(value)) == len(value) and set(value) <= set(definition.choices)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
