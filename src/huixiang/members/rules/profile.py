"""How much of a member's profile is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from huixiang.members.model.profile import Field

FIELDS: tuple[Field, ...] = get_args(Field)


def missing(values: Mapping[str, Any]) -> tuple[Field, ...]:
    """What is not known, or an empty list."""
    return tuple(field for field in FIELDS if values.get(field) in (None, ()))


def complete_percent(values: Mapping[str, Any]) -> int:
    """Rounded down, so that 100 says that nothing is missing."""
    return (len(FIELDS) - len(missing(values))) * 100 // len(FIELDS)
