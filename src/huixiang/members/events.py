"""What members announces."""

from __future__ import annotations

from datetime import date

from huixiang.platform.outbox import Event


class MemberRegistered(Event, frozen=True, kw_only=True, tag="members.registered.v1"):
    """A member came to be. `occurred_at` is the registration, which for members moved in from elsewhere lies in the
    past; `business_day` is its day in the programme's time zone."""

    channel: str
    business_day: date
