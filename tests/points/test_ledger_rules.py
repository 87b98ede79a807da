"""The ledger's laws by example: what a command does to an account, its lots and its debt."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.errors import InvariantBroken
from huixiang.points.model import (
    GROWTH,
    NEVER,
    POINTS,
    Account,
    BookNotSpendable,
    Cap,
    Capture,
    ClawBack,
    ClawBackPolicy,
    Command,
    Credit,
    ExceedsOrigin,
    Hold,
    HoldFinished,
    HoldUnknown,
    InsufficientPoints,
    OriginUnknown,
    Outcome,
    Parcel,
    Posting,
    Receive,
    Release,
    Return,
    Settle,
    Source,
    Spend,
    origin_key,
)
from huixiang.points.rules import ledger
from huixiang.points.rules.journal import check
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


@pytest.fixture
def till() -> Till:
    return Till()


@pytest.mark.requirement("PTS-10")
def test_what_expires_first_is_spent_first(till: Till) -> None:
    till.earn("late", 10, days=90)
    till.earn("soon", 10, days=5)
    till.earn("for ever", 10)
    assert till.posted(Spend(points=25, **till.of("spend"))).alloc == (2, -10, 0, 1, -10, 0, 3, -5, 0)
    with pytest.raises(InsufficientPoints) as refusal:
        till.do(Spend(points=6, **till.of("more")))
    assert refusal.value.fields == {"points": 6, "available": 5}


@pytest.mark.requirement("PTS-05")
def test_pending_points_are_shown_and_cannot_be_spent_before_they_mature(till: Till) -> None:
    till.earn("order", 10, ripe=timedelta(days=7))
    assert till.figures == (0, 0, 10, 0)
    with pytest.raises(InsufficientPoints):
        till.do(Spend(points=1, **till.of("early")))
    till.wait(days=7)
    spent = till.do(Spend(points=1, **till.of("spend")))
    assert [posting.kind for posting in spent.settled] == ["mature"]
    assert till.figures == (9, 0, 0, 0)


@pytest.mark.requirement("PTS-11")
def test_a_lot_is_usable_through_its_last_day(till: Till) -> None:
    till.earn("gift", 10, days=1)
    till.now = CALENDAR.start_of(TODAY + timedelta(days=2)) - timedelta(microseconds=1)
    assert till.settle() == ()
    till.wait(microseconds=1)
    (expired,) = till.settle()
    assert (expired.kind, expired.points, expired.counter_account) == ("expire", -10, "expired")


@pytest.mark.requirement("PTS-07")
def test_a_partial_capture_releases_the_rest(till: Till) -> None:
    till.earn("gift", 10)
    till.hold(8)
    captured = till.posted(Capture(points=3, hold_id=HOLD, **till.of("capture")))
    assert (captured.points, captured.held_delta, captured.short) == (-3, -8, 0)
    assert till.figures == (7, 0, 0, 0)
    with pytest.raises(HoldFinished):
        till.do(Release(hold_id=HOLD, **till.of("release")))
    with pytest.raises(HoldFinished):
        till.do(Capture(points=1, hold_id=HOLD, **till.of("again")))


@pytest.mark.requirement("PTS-07")
def test_a_late_capture_takes_what_is_there_and_says_what_is_missing(till: Till) -> None:
    till.earn("gift", 10)
    till.hold(8)
    till.wait(minutes=15)
    till.do(Spend(points=6, **till.of("spend")))
    captured = till.posted(Capture(points=8, hold_id=HOLD, **till.of("capture")))
    assert (captured.points, captured.short) == (-4, 4)


@pytest.mark.requirement("PTS-07")
def test_what_is_held_does_not_expire_and_a_release_gives_it_a_day(till: Till) -> None:
    till.earn("gift", 10, days=0)
    till.hold(6, minutes=None)
    till.wait(days=3)
    released = till.do(Release(hold_id=HOLD, **till.of("release")))
    assert [posting.points for posting in released.settled] == [-4]
    assert till.lots == [(2, 4, 6)]
    assert till.account.lots[2].origin_lot == 1


@pytest.mark.requirement("PTS-07")
@pytest.mark.parametrize("days_until_noticed", [1, 2, 30])
def test_a_hold_past_its_time_ends_at_that_time_whenever_it_is_noticed(till: Till, days_until_noticed: int) -> None:
    """Of points with the last day today and held until tomorrow, nothing is left on the third day."""
    till.earn("gift", 10, days=0)
    till.hold(6, minutes=24 * 60)
    till.wait(days=days_until_noticed)
    assert till.settle() != ()
    assert till.lots == ([(2, 2, 6)] if days_until_noticed <= 2 else [])


@pytest.mark.requirement("PTS-12")
def test_spent_points_return_to_their_lots_the_last_taken_first(till: Till) -> None:
    till.earn("soon", 10, days=40)
    till.earn("later", 10, days=60)
    till.do(Spend(points=15, **till.of("spend")))
    till.do(Return(points=7, origin_key="spend", **till.of("part")))
    assert till.lots == [(1, 40, 2), (2, 60, 10)]
    till.do(Return(points=8, origin_key="spend", **till.of("rest")))
    assert till.lots == [(1, 40, 10), (2, 60, 10)]
    with pytest.raises(ExceedsOrigin) as refusal:
        till.do(Return(points=1, origin_key="spend", **till.of("more")))
    assert refusal.value.fields == {"key": "spend", "points": 1, "left": 0}


@pytest.mark.requirement("PTS-12")
@pytest.mark.parametrize(("days", "lots"), [(30, [(1, 30, 10)]), (29, [(2, 30, 10)])])
def test_what_has_less_than_thirty_days_left_returns_for_thirty(
    till: Till, days: int, lots: list[tuple[int, int, int]]
) -> None:
    till.earn("gift", 10, days=days)
    till.do(Spend(points=10, **till.of("spend")))
    till.do(Return(points=10, origin_key="spend", **till.of("return")))
    assert till.lots == lots


@pytest.mark.requirement("PTS-12")
def test_only_what_took_points_is_given_back_and_only_what_gave_them_taken_back(till: Till) -> None:
    till.earn("gift", 10)
    till.do(ClawBack(points=4, origin_key="gift", **till.of("claw back")))
    till.do(Spend(points=2, **till.of("spend")))
    till.hold(1)
    for key in ("claw back", "gift", f"hold:{HOLD}", "nothing"):
        with pytest.raises(OriginUnknown):
            till.do(Return(points=1, origin_key=key, **till.of("return")))
    for key in ("claw back", "spend", "nothing"):
        with pytest.raises(OriginUnknown):
            till.do(ClawBack(points=1, origin_key=key, **till.of("take")))
    with pytest.raises(HoldUnknown):
        till.do(Capture(points=1, hold_id=UUID(int=1), **till.of("capture")))


@pytest.mark.requirement("PTS-12")
def test_a_claw_back_takes_the_lot_of_the_earning_before_older_ones(till: Till) -> None:
    till.earn("older", 10, days=5)
    till.earn("order", 20, days=90)
    taken = till.posted(ClawBack(points=20, origin_key="order", **till.of("refund")))
    assert taken.alloc == (2, -20, 0)


@pytest.mark.requirement("PTS-12")
@pytest.mark.parametrize(
    ("policy", "points", "short", "figures"),
    [
        (ClawBackPolicy.DEBT, -20, 0, (0, 3, 0, 4)),
        (ClawBackPolicy.CASH, -12, 8, (0, 3, 4, 0)),
        (ClawBackPolicy.PENDING_ONLY, -16, 4, (0, 3, 0, 0)),
    ],
)
def test_own_lots_then_what_is_available_then_as_the_policy_says(
    till: Till, policy: ClawBackPolicy, points: int, short: int, figures: tuple[int, int, int, int]
) -> None:
    """Of 20 earned 15 are spent and 5 left; 7 others are available, 4 are pending, 3 are held."""
    till.earn("order", 20, days=10)
    till.do(Spend(points=15, **till.of("spend")))
    till.earn("first to go", 3, days=1)
    till.hold(3, minutes=None)
    till.earn("another", 7, days=90)
    till.earn("pending", 4, ripe=timedelta(days=7))
    taken = till.posted(ClawBack(points=20, origin_key="order", policy=policy, **till.of("refund")))
    assert (taken.points, taken.short) == (points, short)
    assert taken.alloc[:6] == (1, -5, 0, 3, -7, 0)
    assert till.figures == figures


@pytest.mark.requirement("PTS-12")
def test_what_expired_of_an_earning_counts_as_taken_back_once(till: Till) -> None:
    till.earn("order", 10, days=40)
    till.earn("other", 50)
    till.do(Spend(points=4, **till.of("spend")))
    till.wait(days=20)
    till.do(Return(points=4, origin_key="spend", **till.of("return")))  # for 30 days: a lot of its own
    till.wait(days=60)
    first = till.posted(ClawBack(points=7, origin_key="order", **till.of("first")))
    second = till.posted(ClawBack(points=3, origin_key="order", **till.of("second")))
    assert [(posting.lapsed, posting.points) for posting in (first, second)] == [(7, 0), (3, 0)]
    assert till.figures == (50, 0, 0, 0)


@pytest.mark.requirement("PTS-12")
def test_the_next_credit_pays_a_debt_first(till: Till) -> None:
    till.earn("order", 30)
    till.do(Spend(points=20, **till.of("spend")))
    till.do(ClawBack(points=30, origin_key="order", **till.of("refund")))
    assert till.figures == (0, 0, 0, 20)
    paid = till.posted(Receive(parcels=(Parcel(10, NEVER), Parcel(15, date(2026, 12, 31))), **till.of("transfer")))
    assert (paid.points, paid.debt_delta) == (25, -20)
    assert [lot.expires_on for lot in till.account.lots.values() if lot.remaining] == [NEVER]


@pytest.mark.requirement("PTS-12")
def test_a_hold_past_its_time_pays_a_debt_before_a_credit_does(till: Till) -> None:
    till.earn("order", 10, days=5)
    till.hold(10)
    till.do(ClawBack(points=10, origin_key="order", **till.of("refund")))
    assert till.figures == (0, 10, 0, 10)
    till.wait(minutes=15)
    till.earn("next", 10, days=90)
    assert till.lots == [(2, 90, 10)]


@pytest.mark.requirement("PTS-04")
def test_caps_count_by_when_it_happened_and_a_claw_back_gives_no_room(till: Till) -> None:
    cap = Cap(1, START - timedelta(days=1), START + timedelta(days=1), 30)

    def earn(key: str, points: int) -> Posting:
        return till.posted(Credit(points=points, caps=(cap,), **till.of(key)))

    assert earn("a", 20).points == 20
    till.do(ClawBack(points=20, origin_key="a", **till.of("refund")))
    cut = earn("b", 20)
    assert (cut.points, cut.short) == (10, 10)
    nothing = earn("c", 5)
    assert (nothing.points, nothing.requested, nothing.opened) == (0, 5, ())


def test_growth_is_only_added_up(till: Till) -> None:
    till.account = Account(UUID(int=7), GROWTH)
    till.earn("order", 1000)
    till.do(ClawBack(points=400, origin_key="order", **till.of("refund")))
    assert (till.account.balance, till.account.lots) == (600, {})
    with pytest.raises(BookNotSpendable):
        till.do(Spend(points=1, **till.of("spend")))
    with pytest.raises(InsufficientPoints):
        till.do(ClawBack(points=601, origin_key=None, **till.of("too much")))


def test_a_refusal_leaves_the_account_as_it_was(till: Till) -> None:
    till.earn("gift", 10, days=0)
    till.hold(4)
    till.wait(days=3)
    before = (till.figures, till.lots, till.account.seq, till.account.head, dict(till.account.holds))
    with pytest.raises(InsufficientPoints):
        till.do(Spend(points=100, **till.of("spend")))
    assert (till.figures, till.lots, till.account.seq, till.account.head, dict(till.account.holds)) == before


def test_nothing_posts_nothing(till: Till) -> None:
    assert till.do(Credit(points=0, **till.of("a"))).posting is None
    assert till.do(Spend(points=0, **till.of("b"))).posting is None
    with pytest.raises(ValueError, match="at least one point"):
        Parcel(0, NEVER)
    with pytest.raises(ValueError, match="no points or some"):
        Capture(points=-1, hold_id=HOLD, **till.of("c"))


@pytest.mark.requirement("INV-2")
@pytest.mark.parametrize(
    "broken",
    [
        Account(UUID(int=1), POINTS, balance=-1),
        Account(UUID(int=1), POINTS, balance=3, held=2, pending=2),
        Account(UUID(int=1), POINTS, balance=3, held=2, debt=1),
        Account(UUID(int=1), POINTS, debt=-1),
    ],
)
def test_an_impossible_account_is_never_written(broken: Account) -> None:
    with pytest.raises(InvariantBroken):
        check(broken)
