"""What a command does to an account. Pure: it changes the `Account` it is given and returns the postings, no more.

The identity kept after every posting (docs/domain/points.md):
sum of postings = balance - debt; sum of lots = balance; available >= 0; a debt only where nothing is free to take.
"""

from __future__ import annotations

import copy

from huixiang.kernel.errors import DomainError
from huixiang.points.model import (
    Account,
    BookNotSpendable,
    Capture,
    ClawBack,
    Clear,
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
from huixiang.points.model.commands import MoveOut
from huixiang.points.rules.caps import Counted
from huixiang.points.rules.credits import credit, give_back, receive
from huixiang.points.rules.due import clear, is_due, settle
from huixiang.points.rules.holds import capture, hold, release
from huixiang.points.rules.moves import move_out
from huixiang.points.rules.origins import Origin
from huixiang.points.rules.takings import claw_back, spend


def needs_lots(account: Account, command: Command) -> bool:
    """Whether the command is decided on all open lots and holds, after what is due.

    Those that take are. So is a credit that meets a debt beside a hold: were the hold past its time, what it frees
    would pay first.
    """
    gives = isinstance(command, (Credit, Receive, Return))
    return account.book.has_lots and (not gives or (account.debt > 0 and account.held > 0))


def apply(
    account: Account,
    command: Command,
    moment: Moment,
    origin: Origin | None = None,
    counted: Counted | None = None,
) -> Outcome:
    """Decide one command. A refusal raises and leaves the account as it was.

    Loaded must be: where `needs_lots`, all open lots and holds; of a Return the lots that its origin took from, of a
    ClawBack those that its origin opened and what came of them.
    origin: of a command that names one, if there is such a posting. counted: what caps have counted, kept up to date.
    """
    counted = {} if counted is None else counted
    if not needs_lots(account, command) or not is_due(account, moment):
        return Outcome(_decide(account, command, moment, origin, counted))
    before = copy.deepcopy(account)
    try:
        settled = settle(account, moment)
        return Outcome(_decide(account, command, moment, origin, counted), settled=tuple(settled))
    except DomainError:
        for field in account.__struct_fields__:
            setattr(account, field, getattr(before, field))
        raise


def _decide(
    account: Account, command: Command, moment: Moment, origin: Origin | None, counted: Counted
) -> Posting | None:
    match command:
        case Credit():
            return credit(account, command, moment, counted)
        case Spend() if account.book.has_lots:
            return spend(account, command, moment)
        case Settle():
            return None
        case Receive():
            return receive(account, command, moment)
        case ClawBack():
            return claw_back(account, command, moment, origin)
        case MoveOut():
            return move_out(account, command, moment)
        case _ if not account.book.has_lots:
            raise BookNotSpendable(book=account.book.code)
        case Clear():
            return clear(account, command, moment, origin)
        case Return():
            return give_back(account, command, moment, origin)
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
            return capture(account, command, moment, origin)
        case Release():
            return release(account, command, moment, origin)
