"""What tiers announce."""

from __future__ import annotations

from datetime import date

from huixiang.platform.outbox import Event


class TierChanged(Event, frozen=True, kw_only=True, tag="tiers.changed.v1"):
    """A member has another tier. `from_tier` is null for the first one."""

    from_tier: str | None
    to_tier: str
    cause: str
    business_day: date
