"""What members announces."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from huixiang.platform.outbox import Event


class MemberRegistered(Event, frozen=True, kw_only=True, tag="members.registered.v1"):
    """A member came to be. `occurred_at` is the registration; where that lies so far in the past that the member was
    moved in from elsewhere, `moved_in` says so. `business_day` is its day in the programme's time zone."""

    channel: str
    business_day: date
    moved_in: bool


class StateChanged(Event, frozen=True, kw_only=True, tag="members.state_changed.v1"):
    """A member came into another state: active, blocked, closed, deceased, minor, merging, merged."""

    from_state: str
    to_state: str


class IdentityLinked(Event, frozen=True, kw_only=True, tag="members.identity_linked.v1"):
    """Something more finds a member. kind: phone or external; source: the system that gave an external id."""

    kind: str
    source: str | None


class IdentityUnlinked(Event, frozen=True, kw_only=True, tag="members.identity_unlinked.v1"):
    """Something finds a member no more."""

    kind: str
    source: str | None


class MergeStarted(Event, frozen=True, kw_only=True, tag="members.merge_started.v1"):
    """A member is being merged into another: the ledger moves what they have."""

    merge_id: UUID
    into_id: UUID


class MergeStepped(Event, frozen=True, kw_only=True, tag="members.merge_stepped.v1"):
    """The ledger of a merge has arrived: the other modules move what the member has."""

    merge_id: UUID
    into_id: UUID


class Merged(Event, frozen=True, kw_only=True, tag="members.merged.v1"):
    """A member has been merged into another, and goes by their id from now on."""

    merge_id: UUID
    into_id: UUID


class UnmergeStarted(Event, frozen=True, kw_only=True, tag="members.unmerge_started.v1"):
    """A merge is being undone. `member_id` stayed: the ledger moves back what came from `from_id`."""

    merge_id: UUID
    from_id: UUID


class UnmergeStepped(Event, frozen=True, kw_only=True, tag="members.unmerge_stepped.v1"):
    """The ledger is back: the other modules move back what came from `from_id`."""

    merge_id: UUID
    from_id: UUID


class Unmerged(Event, frozen=True, kw_only=True, tag="members.unmerged.v1"):
    """A member who was merged into another goes by their own id again."""

    merge_id: UUID
    into_id: UUID


class ProfileCompleted(Event, frozen=True, kw_only=True, tag="members.profile_completed.v1"):
    """All of a member's profile is known, for the first time."""
