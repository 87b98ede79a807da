"""What an exchange with a partner comes to, and what of it is allowed."""

from __future__ import annotations

from datetime import date, timedelta

from huixiang.points.model import NEVER
from huixiang.points.model.partner import (
    Direction,
    DirectionTerms,
    ExchangeClosed,
    ExchangeNotWhole,
    ExchangeOutsideLimit,
    PartnerTerms,
)


def terms_of(terms: PartnerTerms, partner: str, direction: Direction) -> DirectionTerms:
    """Raises ExchangeClosed."""
    found = terms.incoming if direction == "in" else terms.outgoing
    if found is None:
        raise ExchangeClosed(partner=partner, direction=direction)
    return found


def points_for(terms: DirectionTerms, partner_points: int) -> int:
    """Our points for so many of theirs. Raises ExchangeNotWhole."""
    times, rest = divmod(partner_points, terms.rate.partner_points)
    if rest or times <= 0:
        raise ExchangeNotWhole(partner_points=partner_points, multiple=terms.rate.partner_points)
    return times * terms.rate.points


def check_member(terms: DirectionTerms, points: int, exchanged_today: int) -> None:
    """Raises ExchangeOutsideLimit."""
    if points > terms.member_daily_points - exchanged_today:
        raise ExchangeOutsideLimit(limit="member_daily_points", points=points)


def last_day(terms: PartnerTerms, today: date) -> date:
    """The last day on which points that come in today can be used."""
    return NEVER if terms.valid_days is None else today + timedelta(days=terms.valid_days)
