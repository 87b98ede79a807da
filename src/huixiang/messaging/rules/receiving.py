"""Whom each class of message may reach, and how much marketing is enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.period import Period
from huixiang.messaging.model import Channel, MarketingCap, MessageClass, Standing

# What reaches whom. Marketing asks for consent besides. A notice is owed to whoever had an account, also when it is
# blocked or closed; to the dead nothing is sent.
REACHES: Mapping[Standing, frozenset[MessageClass]] = {
    Standing.GUEST: frozenset({MessageClass.SERVICE}),
    Standing.ACTIVE: frozenset(MessageClass),
    Standing.MINOR: frozenset({MessageClass.SERVICE}),
    Standing.BLOCKED: frozenset({MessageClass.SERVICE}),
    Standing.CLOSED: frozenset({MessageClass.SERVICE}),
    Standing.DECEASED: frozenset(),
    Standing.MERGING: frozenset({MessageClass.SERVICE}),
    Standing.MERGED: frozenset({MessageClass.SERVICE}),
}


def withheld(standing: Standing, message_class: MessageClass, *, consents: bool) -> str | None:
    """Why a message is not to be sent, as a short code; None where it may. consents: to marketing over its channel."""
    if message_class not in REACHES[standing]:
        return f"state_{standing.value}"
    return "not_wanted" if message_class is MessageClass.MARKETING and not consents else None


def period_of(cap: MarketingCap, calendar: BusinessCalendar, at: datetime) -> Period:
    """The business day, week or month of an instant."""
    day = calendar.day(at)
    of = {"day": calendar.day_period, "week": calendar.week, "month": calendar.month}
    return of[cap.per](day)


def earliest(caps: Iterable[MarketingCap], calendar: BusinessCalendar, at: datetime) -> datetime | None:
    """Since when it has to be known what reached a member; None without caps."""
    return min((period_of(cap, calendar, at).start for cap in caps), default=None)


def capped(
    caps: Iterable[MarketingCap],
    had: Sequence[tuple[Channel, datetime]],
    channel: Channel,
    calendar: BusinessCalendar,
    at: datetime,
) -> bool:
    """Whether one more over the channel is too much. had: marketing that reached the member, by channel and time."""
    for cap in caps:
        if cap.channel not in {None, channel}:
            continue
        period = period_of(cap, calendar, at)
        counted = [one for one, when in had if cap.channel in {None, one} and when in period]
        if len(counted) >= cap.at_most:
            return True
    return False
