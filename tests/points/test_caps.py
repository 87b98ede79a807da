"""Caps against a plain reading of them, and the end of a wait before its time (PTS-04, PTS-23). Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.ids import new_id
from huixiang.points.model import (
    POINTS,
    Account,
    Clear,
    Credit,
    EarningRules,
    OriginUnknown,
    Posting,
    Source,
    Spend,
)
from huixiang.points.model.breaker import PAUSED
from huixiang.points.rules import caps
from huixiang.points.rules.ledger import apply
from huixiang.points.rules.moment import moment
from huixiang.points.rules.origins import Origin
from huixiang.points.rules.periods import caps_for, period_caps_for
from tests.documents.pages import shipped

CALENDAR = BusinessCalendar("Asia/Shanghai")
START = datetime(2026, 2, 20, tzinfo=UTC)
NOW = moment(datetime(2026, 4, 1, tzinfo=UTC), CALENDAR)
CAUSES = ("share", "task", "review")
MEMBER = new_id()

cap_rules: st.SearchStrategy[dict[str, object]] = st.fixed_dictionaries(
    {
        "period": st.sampled_from(["day", "week", "month"]),
        "limit": st.integers(0, 120),
        "causes": st.sampled_from([None, "behaviours", ["share"], ["task", "share"]]),
    }
)
earnings = st.lists(
    st.tuples(st.sampled_from(CAUSES), st.integers(0, 40 * 24), st.integers(1, 60)), min_size=1, max_size=30
)


def programme(caps_given: list[dict[str, object]]) -> EarningRules:
    body = msgspec.to_builtins(shipped("earning.default", EarningRules))
    listed = [cap | {"code": f"c{n}"} for n, cap in enumerate(caps_given)]
    return msgspec.convert(body | {"caps": listed}, EarningRules)


def first_day(span: str, day: date) -> date:
    if span == "day":
        return day
    return day - timedelta(days=day.weekday()) if span == "week" else day.replace(day=1)


@pytest.mark.requirement("PTS-04")
@given(st.lists(cap_rules, max_size=4), earnings)
def test_caps_leave_what_a_plain_reading_of_them_leaves(
    caps_given: list[dict[str, object]], history: list[tuple[str, int, int]]
) -> None:
    rules = programme(caps_given)
    account = Account(MEMBER, POINTS)
    granted: list[tuple[str, date, int]] = []

    def room(cap: dict[str, object], cause: str, day: date) -> int | None:
        named = cap["causes"]
        counts = named if isinstance(named, list) else CAUSES
        if cause not in counts:
            return None
        period = first_day(str(cap["period"]), day)
        used = sum(
            points
            for its_cause, its_day, points in granted
            if its_cause in counts and first_day(str(cap["period"]), its_day) == period
        )
        return max(0, int(str(cap["limit"])) - used)

    for number, (cause, hours, points) in enumerate(history):
        occurred_at = START + timedelta(hours=hours)
        day = (occurred_at + timedelta(hours=8)).date()
        rooms = [left for cap in caps_given if (left := room(cap, cause, day)) is not None]
        expected = min([points, *rooms])
        carried = caps_for(rules, cause, occurred_at, CALENDAR)
        counted = {
            (cap.counter, cap.start): sum(
                its_points
                for its_cause, its_day, its_points in granted
                if (cap.causes is None or its_cause in cap.causes) and cap.start <= CALENDAR.start_of(its_day) < cap.end
            )
            for cap in carried
            if caps.known(account, cap) is None
        }
        source = Source(key=str(number), cause=cause, counter_account="x", occurred_at=occurred_at)
        command = Credit(member_id=MEMBER, book=POINTS, points=points, source=source, caps=carried)
        posting = apply(account, command, NOW, counted=counted).posting
        assert posting is not None
        assert (posting.points, posting.requested, posting.short) == (expected, points, points - expected)
        granted.append((cause, day, expected))


@pytest.mark.requirement("PTS-04")
def test_a_new_limit_goes_on_counting_and_other_causes_count_anew() -> None:
    def counter(**cap: object) -> int:
        return period_caps_for(programme([cap]), "share", CALENDAR)[0].counter

    day = {"period": "day", "limit": 10, "causes": ["share"]}
    assert counter(**day) == counter(**day | {"limit": 20})
    others = [day | {"causes": ["share", "task"]}, day | {"period": "week"}, day | {"causes": None}]
    assert len({counter(**other) for other in [day, *others]}) == 4
    swapped = day | {"causes": ["task", "share"]}
    assert counter(**swapped) == counter(**day | {"causes": ["share", "task"]})


def credit(account: Account, key: str, matures_at: datetime | None) -> Posting:
    source = Source(key=key, cause="gift", counter_account="issued:gift", occurred_at=START)
    command = Credit(member_id=MEMBER, book=POINTS, points=10, source=source, matures_at=matures_at)
    posting = apply(account, command, NOW).posting
    assert posting is not None
    return posting


def clear(key: str) -> Clear:
    source = Source(key=f"clear:{key}", cause="released", counter_account="", occurred_at=START)
    return Clear(member_id=MEMBER, book=POINTS, origin_key=key, source=source)


@pytest.mark.requirement("PTS-23")
def test_clearing_ends_the_wait_of_one_posting_alone() -> None:
    account = Account(MEMBER, POINTS)
    first = credit(account, "first", PAUSED)
    credit(account, "second", PAUSED)
    posting = apply(account, clear("first"), NOW, Origin(first)).posting
    assert posting is not None
    assert (posting.kind, posting.points, posting.pending_delta, posting.origin_key) == ("mature", 0, -10, "first")
    assert (account.balance, account.pending, account.available) == (20, 10, 10)
    assert apply(account, clear("first"), NOW, Origin(first)).posting is None, "nothing of it waits any more"
    with pytest.raises(OriginUnknown):
        apply(account, clear("third"), NOW, None)
    source = Source(key="spent", cause="exchange", counter_account="redeemed:exchange", occurred_at=START)
    spent = apply(account, Spend(member_id=MEMBER, book=POINTS, points=10, source=source), NOW).posting
    assert spent is not None
    with pytest.raises(OriginUnknown):
        apply(account, clear("spent"), NOW, Origin(spent))
