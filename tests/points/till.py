"""One account under the ledger's rules, and the time: the ground of their laws by example."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.points.model import (
    NEVER,
    POINTS,
    Account,
    Command,
    Credit,
    Hold,
    Outcome,
    Posting,
    Settle,
    Source,
    origin_key,
)
from huixiang.points.rules import ledger
from huixiang.points.rules.moment import moment
from huixiang.points.rules.origins import Origin

CALENDAR = BusinessCalendar("Asia/Shanghai")
START = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
TODAY = CALENDAR.day(START)
HOLD = UUID(int=9)


class Till:
    """One account, and the time."""

    def __init__(self) -> None:
        self.account = Account(UUID(int=7), POINTS)
        self.now = START
        self.made: dict[str, Origin] = {}

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def of(self, key: str) -> dict[str, Any]:
        source = Source(key=key, cause="test", counter_account="test", occurred_at=self.now)
        return {"member_id": self.account.member_id, "book": self.account.book, "source": source}

    def do(self, command: Command) -> Outcome:
        outcome = ledger.apply(
            self.account, command, moment(self.now, CALENDAR), self.made.get(origin_key(command) or "")
        )
        for posting in (*outcome.settled, *([outcome.posting] if outcome.posting else [])):
            self.made[posting.key] = Origin(posting)
            if origin := self.made.get(posting.origin_key or ""):
                origin.reversals.append(posting)
        return outcome

    def posted(self, command: Command) -> Posting:
        posting = self.do(command).posting
        assert posting is not None
        return posting

    def earn(self, key: str, points: int, days: int | None = None, ripe: timedelta | None = None) -> Posting:
        expires_on = NEVER if days is None else CALENDAR.day(self.now) + timedelta(days=days)
        matures_at = None if ripe is None else self.now + ripe
        return self.posted(Credit(points=points, expires_on=expires_on, matures_at=matures_at, **self.of(key)))

    def hold(self, points: int, minutes: int | None = 15) -> Posting:
        expires_at = None if minutes is None else self.now + timedelta(minutes=minutes)
        return self.posted(Hold(points=points, hold_id=HOLD, expires_at=expires_at, **self.of("any")))

    def settle(self) -> tuple[Posting, ...]:
        return self.do(Settle(member_id=self.account.member_id, book=POINTS)).settled

    @property
    def lots(self) -> list[tuple[int, int, int]]:
        """Of each lot its number, the days it has from the first day on, and what remains."""
        lots = self.account.lots.values()
        return [(lot.lot_no, (lot.expires_on - TODAY).days, lot.remaining) for lot in lots if lot.remaining]

    @property
    def figures(self) -> tuple[int, int, int, int]:
        account = self.account
        return (account.available, account.held, account.pending, account.debt)
