"""What members announces."""

from __future__ import annotations

from datetime import date

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
