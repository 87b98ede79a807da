"""Tickets: who a provider says somebody is, sealed, for the step in which they become or name a member."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from cryptography.exceptions import InvalidTag

from huixiang.kernel import base64url
from huixiang.members.model import ExternalId
from huixiang.members.model.providers import ProviderName, ProviderRefused
from huixiang.members.rules import sign_in as rules
from huixiang.members.service.vault import vault
from huixiang.platform.boxes import Box

_CONTEXT = b"huixiang provider ticket 1"


class Vouched(msgspec.Struct, frozen=True, array_like=True):
    """Who a provider says somebody is. expires_at: in seconds since 1970."""

    provider: ProviderName
    identities: tuple[ExternalId, ...]
    expires_at: int


def seal_ticket(provider: ProviderName, identities: tuple[ExternalId, ...], now: datetime) -> tuple[str, datetime]:
    """A ticket and until when it is good."""
    expires_at = int((now + rules.TICKET_LIFE).timestamp())
    said = msgspec.json.encode(Vouched(provider, identities, expires_at))
    sealed = Box(vault().ticket_secret).seal(said, _CONTEXT)
    return base64url.encode(sealed), datetime.fromtimestamp(expires_at, UTC)


def open_ticket(ticket: str, now: datetime) -> Vouched:
    """Raises ProviderRefused for one that is forged or has run out."""
    try:
        said = Box(vault().ticket_secret).open(base64url.decode(ticket), _CONTEXT)
    except (InvalidTag, ValueError):
        raise ProviderRefused(provider="?", reason="ticket") from None
    vouched = msgspec.json.decode(said, type=Vouched)
    if now.timestamp() >= vouched.expires_at:
        raise ProviderRefused(provider=vouched.provider, reason="ticket")
    return vouched
