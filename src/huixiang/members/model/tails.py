"""Finding members at a till by the last digits of their phones."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

CANDIDATES_MAX = 10


class TailSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last digits of a phone, as many as the person says; at least four."""

    tail: Annotated[str, Meta(pattern=r"^[0-9]{4,8}$(?!\n)")]


class Candidate(msgspec.Struct, frozen=True):
    """Somebody whose phone ends so, masked. It may be another: it shows nobody's presence."""

    member_id: UUID
    phone_masked: str
    display_name: str | None


class Candidates(msgspec.Struct, frozen=True):
    """Ten at most; `more` where there are others: ask for more digits."""

    candidates: list[Candidate]
    more: bool
