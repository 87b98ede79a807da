"""Changes of members' states: what is asked for, what is kept of it, and what is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.members.model import Ability, State

Reason = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,200}$(?!\n)", description="Why. It names nobody.")]
Consent = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127}$(?!\n)", description="Where a guardian's written consent is kept."
    ),
]


class NewState(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A state to be in from now on. `guardian_consent` is given for `minor`, and only there."""

    state: Literal["active", "blocked", "closed", "deceased", "minor"]
    reason: Reason
    guardian_consent: Consent | None = None

    def __post_init__(self) -> None:
        if (self.state == "minor") != (self.guardian_consent is not None):
            raise ValueError("guardian_consent is given for the state minor, and only there")


class StateChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change, the `seq`th of the member. changed_by: `staff:<id>`, `key:<id>`, or `merge:<id>`."""

    member_id: UUID
    seq: int
    from_state: State
    to_state: State
    reason: str
    guardian_consent: str | None
    changed_by: str
    occurred_at: datetime


class StateAbilities(msgspec.Struct, frozen=True):
    """What a member may do who is in a state."""

    state: State
    may: list[Ability]


class StateChoices(msgspec.Struct, frozen=True):
    """The state of a member, those that staff may bring them into, and what each of all states allows."""

    state: State
    next: list[State]
    table: list[StateAbilities]


class StateFixed(DomainError):
    """Fields: from_state, to_state."""

    code = "member_state_fixed"
    status = 409
    title = Text(zh="会员状态不可如此变更", en="No such change of state")
    detail = Text(
        zh="会员不能由状态 {from_state} 变为 {to_state}。",
        en="A member in state {from_state} cannot come into state {to_state} that way.",
    )


class MemberMerged(DomainError):
    """A command under an id that was merged into another. Field: member_id: the one to ask for instead."""

    code = "member_merged"
    status = 409
    title = Text(zh="会员已合并", en="Merged into another member")
    detail = Text(
        zh="该会员已并入会员 {member_id}，请改用此编号。",
        en="This member was merged into {member_id}: ask for that one.",
    )
