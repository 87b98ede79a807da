"""One personal field of a member, shown to staff in full."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

Field = Literal["name", "phone", "external_ids"]


class NewReveal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for, and why: both stand in the audit log."""

    field: Field
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class Revealed(msgspec.Struct, frozen=True):
    """The field's values: one name, every phone, outside ids as `source:id`; none where nothing is known, or the member
    was erased."""

    member_id: UUID
    field: Field
    values: list[str]
