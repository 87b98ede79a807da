"""What a command does to an account. Pure: it changes the `Account` it is given and returns the postings, no more.

The identity kept after every posting (docs/domain/points.md):
sum of postings = balance - debt; sum of lots = balance; available >= 0; a debt only where nothing is free to take.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.points.model import (
    Account,
    BookNotSpendable,
    Capture,
    ClawBack,
    Command,
    Credit,
    Hold,
    Moment,
    Outcome,
    Posting,
    Receive,
    Release,
    Return,
    Settle,
    Spend,
)
from huixiang.points.rules.caps import Counted
from huixiang.points.rules.credits import credit, give_back, receive
from huixiang.points.rules.due import is_due, settle
from huixiang.points.rules.holds import capture, hold, release
from huixiang.points.rules.takings import claw_back, spend


class Origin(msgspec.Struct):
    """An earlier posting that a command is about, and those that gave it back, took it back or finished it."""

    posting: Posting
    reversals: list[Posting] = []

    @property
    def reversed(self) -> int:
        return sum(abs(reversal.requested) for reversal in self.reversals)


def takes(command: Command) -> bool:
    """Whether the command needs the account's lots and open holds: it takes from them, so what is due comes first."""
    return isinstance(command, Spend | Hold | Capture | Release | ClawBack | Settle)


def apply(
    account: Account,
    command: Command,
    moment: Moment,
    origin: Origin | None = None,
    counted: Counted | None = None,
) -> Outcome:
    """Decide one command. A refusal raises and leaves the account as it was.

    origin: of a command that names one, if there is such a posting. counted: for the caps of `caps.uncounted`.
    """
    if not takes(command) or not is_due(account, moment):
        return Outcome(_decide(account, command, moment, origin, counted or {}))
    before = copy.deepcopy(account)
    try:
        settled = settle(account, moment)
        return Outcome(_decide(account, command, moment, origin, counted or {}), settled=tuple(settled))
    except DomainError:
        for field in account.__struct_fields__:
            setattr(account, field, getattr(before, field))
        raise


def _decide(
    account: Account, command: Command, moment: Moment, origin: Origin | None, counted: Counted
) -> Posting | None:
    match command:
        case Settle():
            return None
        case Credit():
            return credit(account, command, moment, counted)
        case Receive():
            return receive(account, command, moment)
        case ClawBack():
            return claw_back(account, command, moment, *_reversed(origin))
        case _ if not account.book.has_lots:
            raise BookNotSpendable(book=account.book.code)
        case Return():
            return give_back(account, command, moment, *_reversed(origin))
        case _:
            return _use(account, command, moment, origin)


def _use(
    account: Account, command: Spend | Hold | Capture | Release, moment: Moment, origin: Origin | None
) -> Posting | None:
    match command:
        case Spend():
            return spend(account, command, moment)
        case Hold():
            return hold(account, command, moment)
        case Capture():
            return capture(account, command, moment, *_finished(origin))
        case Release():
            return release(account, command, moment, *_finished(origin))


def _reversed(origin: Origin | None) -> tuple[Posting | None, int]:
    return (origin.posting, origin.reversed) if origin else (None, 0)


def _finished(origin: Origin | None) -> tuple[Posting | None, Sequence[Posting]]:
    return (origin.posting, origin.reversals) if origin else (None, ())
