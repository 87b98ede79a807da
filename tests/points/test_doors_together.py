"""Many commands in one call leave the rows that each leaves alone, whatever of them meets in one batch."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database
from huixiang.points.model import NEVER, Command, Credit, InsufficientPoints, Outcome, Posting, Spend
from huixiang.points.service import together
from huixiang.points.service.post import try_post
from tests.points.test_doors import (
    EMPTY,
    MEMBERS,
    Answer,
    Asked,
    Door,
    earning,
    general_door,
    live,
    rows,
    spending,
    told,
)  # fmt: skip
from tests.support.fixtures import NOW

pytestmark = [pytest.mark.requirement("PTS-14"), pytest.mark.postgres15]

KINDS = ("earn",) * 8 + ("spend",) * 8
OTHERS = (*KINDS, "hold", "capture", "release", "return", "claw_back", "retry", "conflict")
# Each of these is met in the histories below, so that none of them passes without having been tried.
SITUATIONS = {
    "earned", "spent", "short", "left", "left after others of its batch", "not the first of its account",
    "cut by a cap", "counted by several caps", "pending", "beside what is pending", "without lots", "from several lots",
    "from more lots than were read", "from a lot of its batch", "opened before the lot that was spent from",
    "in a lot for ever", "recorded after the present",
}  # fmt: skip


# By their caps, one daily or a daily and a monthly: an earning that a cap counts carries it.
ABOUT = ([0, 1, 2, 9, 10, 11], [3, 4, 5, 12, 13, 14], [6, 7, 8, 15, 16, 17])


def history(seed: int) -> list[tuple[int, list[Asked]]]:
    """Of one member, or of three; only of earnings and spendings, or of all kinds."""
    told = random.Random(seed)
    kinds = OTHERS if seed % 4 == 1 else KINDS
    return [
        (told.choice([-5, 0, 1, 60, 1500, 3000]), [_asked(told, seed, kinds) for _ in range(told.choice([3, 10, 25]))])
        for _ in range(8)
    ]


def _asked(told: random.Random, seed: int, kinds: Sequence[str]) -> Asked:
    asked = Asked(
        kind=told.choice(kinds), member=min(told.randrange(5), 2) if seed % 3 else 0,
        points=told.choice([0, *[1, 10, 60, 100, 250] * 8]), about=told.choice(ABOUT[seed // 3 % 3]),
        variant=told.choice([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11]),
    )  # fmt: skip
    if seed % 4 == 2 and asked.member == 1:  # the book without lots, by itself
        return msgspec.structs.replace(asked, kind="earn", variant=7)
    return asked


def together_door(met: Counter[str]) -> Door:
    async def door(db: Database, commands: Sequence[Command]) -> list[Answer]:
        outcomes = await together.post(db, commands)
        observe(met, commands, outcomes, db.clock.now())
        async with db.transaction() as tx:
            left = [command for command, outcome in zip(commands, outcomes, strict=True) if outcome is None]
            others = iter(await try_post(tx, left))
        return [outcome if outcome is not None else next(others) for outcome in outcomes]

    return door


def observe(
    met: Counter[str], commands: Sequence[Command], outcomes: Sequence[Outcome | DomainError | None], now: datetime
) -> None:
    """Count what was met in a batch, member by member."""
    for member in MEMBERS:
        theirs = [
            (command, outcome)
            for command, outcome in zip(commands, outcomes, strict=True)
            if command.member_id == member
        ]
        made: list[tuple[Command, Posting]] = []
        for command, outcome in theirs:
            if isinstance(outcome, Outcome) and outcome.posting:
                met.update(situations(command, outcome.posting, made))
                met["recorded after the present"] += outcome.posting.recorded_at > now
                met["not the first of its account"] += bool(made)
                made.append((command, outcome.posting))
            elif outcome is None:
                met["left"] += 1
                met["left after others of its batch"] += bool(made)
            else:
                assert isinstance(outcome, InsufficientPoints)
                met["short"] += 1
        spendings = [posting for command, posting in made if isinstance(command, Spend)]
        met["from more lots than were read"] += any(len(one.alloc) > 3 * len(theirs) + 3 for one in spendings)


def situations(command: Command, posting: Posting, before: Sequence[tuple[Command, Posting]]) -> Iterator[str]:
    """What is to be told of a posting, after others of its account and batch."""
    opened = {one.opened[0]: earlier for earlier, one in before if one.opened and isinstance(earlier, Credit)}
    if isinstance(command, Spend):
        lots = posting.alloc[::3]
        yield "spent"
        yield from ["from several lots"] * (len(lots) > 1)
        yield from ["from a lot of its batch"] * any(lot in opened for lot in lots)
        yield from ["beside what is pending"] * any(one.pending_delta > 0 for _, one in before)
        return
    assert isinstance(command, Credit)
    spent = [lot for earlier, one in before if isinstance(earlier, Spend) for lot in one.alloc[::3]]
    from_later = any(lot in opened and opened[lot].expires_on > command.expires_on for lot in spent)
    yield "earned"
    yield from ["cut by a cap"] * (posting.short > 0)
    yield from ["counted by several caps"] * (len(command.caps) > 1)
    yield from ["pending"] * (posting.pending_delta > 0)
    yield from ["without lots"] * (not command.book.has_lots)
    yield from ["in a lot for ever"] * (bool(posting.opened) and command.expires_on == NEVER)
    yield from ["opened before the lot that was spent from"] * (bool(posting.opened) and from_later)


async def test_together_they_leave_the_rows_of_each_alone(db: Database, superuser: psycopg.Connection[Any]) -> None:
    met = Counter[str]()
    for seed in range(12):
        asked = history(seed)
        expected_answers, expected = await live(db, asked, general_door, superuser)
        answers, found = await live(db, asked, together_door(met), superuser)
        assert answers == expected_answers, seed
        for table, kept in expected.items():
            assert found[table] == kept, (seed, table)
    assert {situation for situation, times in met.items() if times} == SITUATIONS


@pytest.mark.parametrize(
    ("late", "asked"),
    [({"expires_on": NOW.date() - timedelta(days=1)}, 145), ({"matures_at": NOW - timedelta(hours=1)}, 120)],
)
async def test_what_is_due_as_soon_as_it_is_earned_is_left_with_what_follows(
    db: Database, superuser: psycopg.Connection[Any], late: dict[str, Any], asked: int
) -> None:
    commands: list[Command] = [
        earning(0, points=100), spending(0, 10), earning(3, points=50, **late), spending(3, asked), earning(6),
    ]  # fmt: skip
    alone = [told(answer) for answer in await general_door(db, [earning(9), *commands])]
    kept = await rows(db)
    superuser.execute(EMPTY)
    await general_door(db, [earning(9)])
    met = Counter[str]()
    assert [told(answer) for answer in await together_door(met)(db, commands)] == alone[1:]
    assert await rows(db) == kept
    assert (met["earned"], met["spent"], met["left"]) == (2, 1, 2)
