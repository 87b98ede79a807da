"""Who has shown who they are, by what, and what of it was refused: lines of the log for whoever watches over security.

They name members, devices and staff by id, never by what they typed; by its id the line of the request tells the rest.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, TypeVar

import structlog

from huixiang.kernel.errors import DomainError

T = TypeVar("T")
Ids = Mapping[str, object]

log = structlog.get_logger("huixiang.security")


async def noted(
    kind: Literal["member", "staff"],
    means: str,
    attempt: Awaitable[T],
    *,
    named: Callable[[T], Ids | None] = lambda _: {},
    known: Ids | None = None,
    renewal: bool = False,
) -> T:
    """What the attempt gives, or raises, with a line that says which. named: whom it let in; None where nobody yet.
    known: whom it is about, as far as that is known beforehand. renewal: one that goes through is worth no line. What
    fails by a defect or an outage is no refusal, and has a line of its own."""
    said: dict[str, object] = {"kind": kind, "means": means, **(known or {})}
    try:
        made = await attempt
    except DomainError as refusal:
        if refusal.status < 500:
            reason = refusal.fields.get("reason")
            log.warning("authentication", outcome="refused", code=refusal.code, reason=reason, **said)
        raise
    ids = named(made)
    if not renewal:
        log.info("authentication", outcome="unknown" if ids is None else "accepted", **said, **(ids or {}))
    return made
