"""HTTP shapes of members where they differ from the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX
from huixiang.members.model import MemberRef, NewMember, Registration
from huixiang.platform.web.ndjson import Row, RowOutcome, outcome_of


class SoughtMember(MemberRef, frozen=True):
    """One way to find a member: those of `MemberRef`, or `code`, which their card shows now."""

    code: Annotated[str, Meta(min_length=1, max_length=256)] | None = None

    def __post_init__(self) -> None:
        if self.code is None:
            MemberRef.__post_init__(self)
        elif (self.member_id, self.number, self.phone, self.source, self.external_id) != (None,) * 5:
            raise ValueError("give code, and nothing else")


class RefreshRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The refresh token that was given last."""

    refresh_token: Annotated[str, Meta(min_length=1, max_length=1024)]


class MemberSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`query`: a member number, a phone, an id in any system, or a member id, in full; empty for the latest members."""

    query: Annotated[str, Meta(max_length=128)] = ""
    cursor: Annotated[str, Meta(max_length=512)] | None = None
    limit: Annotated[int, Meta(ge=1, le=PAGE_LIMIT_MAX)] = PAGE_LIMIT_DEFAULT


def outcome_rows(rows: Sequence[Row[NewMember]], registrations: Sequence[Registration]) -> list[RowOutcome]:
    """One outcome a line. `registrations` are those of the rows that could be read, in order."""
    left = iter(registrations)
    return [
        outcome_of(row.line, row.refusal) if row.refusal is not None else _outcome(row.line, next(left)) for row in rows
    ]


def _outcome(line: int, registration: Registration) -> RowOutcome:
    if registration.refusal is not None:
        return outcome_of(line, registration.refusal)
    created = registration.outcome == "created"
    return RowOutcome(line, "created" if created else "unchanged", id=str(registration.member_id))
