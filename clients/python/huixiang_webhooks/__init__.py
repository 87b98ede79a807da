"""Verifies what Huixiang sends to a webhook endpoint, and reads it.

    try:
        event = verify([secret], request.headers, request.body, datetime.now(UTC))
    except WebhookRefused as refused:
        return 401, refused.reason
    if not seen(event.event_id):            # at least once: the same id may come again
        handle(event.type, event.member_id, event.data)

Written by hand, from the Standard Webhooks (HMAC-SHA256) and CloudEvents 1.0; needs nothing but Python. `body` is the
bytes that came, not what a framework made of them.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

__all__ = ["TOLERANCE", "Event", "WebhookRefused", "verify"]

Reason = Literal["headers_missing", "timestamp_malformed", "too_old", "too_early", "forged", "malformed"]
TOLERANCE = timedelta(minutes=5)


class WebhookRefused(Exception):
    """A request that does not hold. `reason`: `headers_missing`, `timestamp_malformed`, `too_old` (a request of long
    ago that somebody sends once more, or a clock that is wrong), `too_early`, `forged` (signed by none of the secrets),
    `malformed` (signed, and no event)."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Event:
    """event_id: the same however often it is sent. member_id: whom it concerns. data: as the catalogue of events has
    it."""

    event_id: str
    type: str
    member_id: UUID
    occurred_at: datetime
    data: dict[str, Any]


def verify(
    secrets: Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> Event:
    """The event of a request. Raises WebhookRefused, and ValueError for a secret that is none.

    secrets: `whsec_` and base64, one or, during a rotation, two. headers: by name, whatever the case. now: with its
    zone. tolerance: how far the clocks may differ.
    """
    known = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, timestamp, given = (known[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
    except KeyError:
        raise WebhookRefused("headers_missing") from None
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [one.encode() for one in given.split()]
    right = [b"v1," + base64.b64encode(hmac.digest(_key(secret), signed, "sha256")) for secret in secrets]
    if not any(hmac.compare_digest(one, other) for one in right for other in signatures):
        raise WebhookRefused("forged")
    _check_time(timestamp, now, tolerance)
    return _event(message_id, body)


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("a secret is whsec_ and base64") from None


def _check_time(timestamp: str, now: datetime, tolerance: timedelta) -> None:
    try:
        sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        raise WebhookRefused("timestamp_malformed") from None
    if sent_at < now - tolerance:
        raise WebhookRefused("too_old")
    if sent_at > now + tolerance:
        raise WebhookRefused("too_early")


def _event(message_id: str, body: bytes) -> Event:
    try:
        said = json.loads(body)
        event = Event(
            event_id=said["id"],
            type=said["type"],
            member_id=UUID(said["subject"]),
            occurred_at=datetime.fromisoformat(said["time"]),
            data=said["data"],
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise WebhookRefused("malformed") from None
    if event.event_id != message_id:
        raise WebhookRefused("malformed")
    return event
