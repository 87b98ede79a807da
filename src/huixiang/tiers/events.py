"""What tiers announce."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from huixiang.platform.outbox import Event


class TrialStarted(Event, frozen=True, kw_only=True, tag="tiers.trial_started.v1"):
    """A newcomer tries a tier until `ends_at`. It is no change of their tier: nothing is given for reaching it."""

    trial_id: UUID
    tier: str
    ends_at: datetime


class TrialEnded(Event, frozen=True, kw_only=True, tag="tiers.trial_ended.v1"):
    """A trial is over, or its tier was earned: the member has `earned`."""

    trial_id: UUID
    tier: str
    earned: str


class TierChanged(Event, frozen=True, kw_only=True, tag="tiers.changed.v1"):
    """A member has another tier. `from_tier` is null for the first one."""

    from_tier: str | None
    to_tier: str
    cause: str
    business_day: date
