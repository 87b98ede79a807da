"""The ledger's laws by example: what a command does to an account, its lots and its debt."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

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
    Credit,
    HoldFinished,
    InsufficientPoints,
    Parcel,
    Posting,
    Release,
    Spend,
)
from huixiang.points.rules.journal import check
from tests.points.till import CALENDAR, HOLD, START, TODAY, Till


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
        till.do(ClawBack(points=601, origin_key=None, policy=ClawBackPolicy.CASH, **till.of("too much")))
    till.do(ClawBack(points=601, origin_key=None, **till.of("owed")))
    assert (till.account.balance, till.account.debt) == (0, 1)
    till.earn("next", 10)
    assert (till.account.balance, till.account.debt) == (9, 0)


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
