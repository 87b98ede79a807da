"""How much of a member's profile is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from huixiang.members.model.profile import Field

FIELDS: tuple[Field, ...] = get_args(Field)


def missing(values: Mapping[str, Any], defined: Mapping[str, bool]) -> tuple[str, ...]:
    """What is not known, or an empty list. defined: the attributes that operators count for a profile, by whether they
    are known."""
    unknown: list[str] = [field for field in FIELDS if values.get(field) in (None, ())]
    return (*unknown, *(code for code, known in defined.items() if not known))


def complete_percent(missing: int, defined: int) -> int:
    """Rounded down, so that 100 says that nothing is missing."""
    fields = len(FIELDS) + defined
    return (fields - missing) * 100 // fields
