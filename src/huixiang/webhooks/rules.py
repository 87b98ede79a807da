"""When a delivery is tried again and when it is given up; what an answer means; what is sent, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvalidInput
from huixiang.webhooks.model import (
    Answer,
    EventNotOffered,
    Message,
    Outcome,
    Replay,
    SecretRotating,
    SigningSecret,
)

ENDPOINTS_MAX = 50
REPLAYED_MAX = 20_000  # events by one request, which is one transaction
CALL_TIME = timedelta(seconds=10)  # from the name's look-up to the last byte of the answer
CLAIM_TIME = timedelta(seconds=60)  # how long nobody else looks at what a worker has in hand
GIVE_UP_AFTER = timedelta(days=3)  # from the first attempt
DISABLE_AFTER = timedelta(days=5)  # of failures alone
KEPT = timedelta(days=14)
# An endpoint that is back after so long is told at once what it missed, and not when each pause is over.
OUTAGE = timedelta(minutes=1)
EXCERPT_CHARACTERS = 500
OPEN_COUNTED = 1_000  # of an endpoint's deliveries in a state, which is enough to know that they are many
# After each attempt that failed; after the last of them, as the last.
PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800))

# Kafka: one worker writes, for as long as its turn lasts, which it draws out while it lives.
TURN_TIME, TURN_DRAWN_EVERY = timedelta(seconds=15), timedelta(seconds=5)
SEND_TIME = timedelta(seconds=30)  # how long one event of each member may take to be acknowledged
STREAM_PAUSE, STREAM_PAUSE_MAX = timedelta(seconds=1), timedelta(seconds=10)


def next_try(tries: int, tried_since: datetime, now: datetime, jitter: int) -> datetime | None:
    """When to try again after `tries` failures; None: no more. jitter: 0 to 999, by which a pause is up to a quarter
    longer, so that those who failed together do not come back together."""
    pause = PAUSES[min(tries, len(PAUSES)) - 1]
    due_at = now + pause + pause * jitter // 4000
    return due_at if due_at <= tried_since + GIVE_UP_AFTER else None


def answered(status: int, body: bytes) -> Answer:
    """2xx takes. A redirect is not followed, and takes nothing."""
    excerpt = _printable(body)
    if 200 <= status < 300:
        return Answer(Outcome.TAKEN, "ok", status, excerpt)
    return Answer(Outcome.GONE if status == 410 else Outcome.FAILED, f"http_{status}", status, excerpt)


def _printable(body: bytes) -> str:
    text = body[: EXCERPT_CHARACTERS * 4].decode("utf-8", "replace")
    return "".join(one if one.isprintable() else " " for one in text)[:EXCERPT_CHARACTERS]


def body_of(event_id: UUID, kind: str, member_id: UUID, occurred_at: datetime, data: dict[str, Any]) -> str:
    """An event as a CloudEvent 1.0 in JSON."""
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": event_id,
            "source": "/huixiang",
            "type": kind,
            "subject": str(member_id),
            "time": occurred_at,
            "datacontenttype": "application/json",
            "data": data,
        }
    ).decode()


def known(events: Iterable[str], offered: Collection[str]) -> list[str]:
    """Each once. Raises EventNotOffered."""
    wanted = sorted(set(events))
    for event in wanted:
        if event not in offered:
            raise EventNotOffered(event=event)
    return wanted


def check_rotation(secrets: Iterable[SigningSecret]) -> None:
    """Raises SecretRotating while the secret before still signs: two at most are valid."""
    for secret in secrets:
        if secret.ends_at is not None:
            raise SecretRotating(ends_at=secret.ends_at)


def check_replay(asked: Replay) -> tuple[datetime, datetime] | None:
    """From when until when; None where one event is meant. Raises InvalidInput."""
    if asked.event_id is not None:
        if asked.since is not None or asked.until is not None or asked.only_given_up:
            raise InvalidInput(path="$.event_id", problem="stands alone: give either one event, or since and until")
        return None
    if asked.since is None or asked.until is None:
        raise InvalidInput(path="$.since", problem="give event_id, or both since and until")
    if asked.since >= asked.until:
        raise InvalidInput(path="$.until", problem="must come after since")
    return asked.since, asked.until


def rounds(messages: Sequence[Message]) -> list[list[Message]]:
    """Messages, in order, in rounds that have one of a member at most: the next of a member is sent when the one
    before was acknowledged, so that no failure, of whatever kind, brings them out of order."""
    made: list[list[Message]] = []
    before: Counter[UUID] = Counter()
    for message in messages:
        if before[message.member_id] == len(made):
            made.append([])
        made[before[message.member_id]].append(message)
        before[message.member_id] += 1
    return made


def stream_pause(failures: int) -> timedelta:
    """How long to wait after so many failures in a row."""
    return min(STREAM_PAUSE * (1 << min(failures - 1, 20)), STREAM_PAUSE_MAX)
