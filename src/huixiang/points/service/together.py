"""Many commands in one transaction and one round trip, as far as nothing about them is uncommon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database
from huixiang.points.model import Command, Credit, Outcome, Spend
from huixiang.points.service import pauses
from huixiang.points.service.single import is_common, lay_out
from huixiang.points.store import together


async def post(db: Database, commands: Sequence[Command]) -> list[Outcome | DomainError | None]:
    """What became of each command, with None for those that the general door has to post, in their order. Of a member
    all that follow one of those are among them, so that nothing overtakes."""
    await pauses.look(db)
    members: dict[int, list[int]] = {}
    for place, command in enumerate(commands):
        members.setdefault(command.member_id.int, []).append(place)
    now = db.clock.now()
    places: list[int] = []
    runs: list[together.Run] = []
    for number in sorted(members):
        run = list(_common([commands[place] for place in members[number]]))
        if run:
            runs.append([(command, lay_out(command, now, db.calendar)) for command in run])
            places += members[number][: len(run)]
    outcomes: list[Outcome | DomainError | None] = [None] * len(commands)
    if runs:
        answers = await together.post(db, runs, now, db.calendar.day(now))
        for place, answer in zip(places, answers, strict=True):
            outcomes[place] = answer if answer is None or isinstance(answer, DomainError) else Outcome(answer)
    return outcomes


def _common(commands: Sequence[Command]) -> Iterator[Credit | Spend]:
    """A member's commands up to the first that is uncommon: of another book, with a key once more, or by itself."""
    book = commands[0].book.number
    keys = set[str]()
    for command in commands:
        if not isinstance(command, Credit | Spend) or command.book.number != book or not is_common(command):
            return
        key = command.source.key
        if key in keys or together.BETWEEN in key:
            return
        keys.add(key)
        yield command
