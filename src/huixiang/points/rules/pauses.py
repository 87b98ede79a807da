"""What a pause does to a command."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from huixiang.points.model import Command, Credit, Hold, Spend
from huixiang.points.model.breaker import PAUSED, Pause, Side, Stream
from huixiang.points.model.errors import CausePaused


def covering(pauses: Sequence[Pause], stream: Stream) -> Pause | None:
    """The first of these pauses that a stream falls under."""
    return next((pause for pause in pauses if pause.covers(stream)), None)


def pause_of(pauses: Sequence[Pause], command: Command) -> Pause | None:
    """What keeps a command from being posted as it is. A book that only adds up is worth nothing, and never paused."""
    if not pauses or not command.book.has_lots or not isinstance(command, Credit | Spend | Hold):
        return None
    source = command.source
    side: Side = "issue" if isinstance(command, Credit) else "burn"
    return covering(pauses, Stream(side=side, cause=source.cause, rule=source.rule, place=source.place))


def admit(pauses: Sequence[Pause], command: Command) -> Command:
    """The command as it may be posted under these pauses: a credit as pending until a person decides. Raises
    CausePaused for one that would spend."""
    pause = pause_of(pauses, command)
    if pause is None:
        return command
    if isinstance(command, Credit):
        return replace(command, matures_at=PAUSED)
    raise CausePaused(cause=pause.cause)
