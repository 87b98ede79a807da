"""The ledger's laws by example: what is given back, taken back and owed."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from huixiang.points.model import (
    NEVER,
    Capture,
    ClawBack,
    ClawBackPolicy,
    ExceedsOrigin,
    HoldUnknown,
    OriginUnknown,
    Parcel,
    Receive,
    Return,
    Spend,
)
from tests.points.till import HOLD, Till


@pytest.fixture
def till() -> Till:
    return Till()


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
