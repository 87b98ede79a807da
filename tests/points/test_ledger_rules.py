"""The ledger's decisions against a model that knows nothing of lots (PTS-12, PTS-14)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.points.model import NEVER, Account, Book, ClawBack, Command, Credit, Finding, LotSums, Mature, Source
from huixiang.points.rules.ledger import apply
from huixiang.points.rules.verification import Walk

MEMBER = UUID(int=7)
START = datetime(2026, 1, 1, tzinfo=UTC)


def source(number: int) -> Source:
    return Source(key=f"k{number}", cause="test", counter_account="test", occurred_at=START)


def lot_sums(account: Account) -> LotSums:
    return LotSums(
        sum(lot.remaining for lot in account.lots),
        sum(lot.held for lot in account.lots),
        sum(lot.remaining for lot in account.lots if lot.matures_at is not None),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, Command]]:
    """Commands with the day each is recorded on."""
    history: list[tuple[int, Command]] = []
    day = 0
    for number in range(draw(st.integers(1, 25))):
        day += draw(st.integers(0, 3))
        points = draw(st.integers(1, 50))
        match draw(st.sampled_from(["credit", "pending", "claw_back", "mature"])):
            case "credit":
                expiry = draw(st.sampled_from([NEVER, date(2027, 1, 31), date(2026, 12, 31)]))
                command: Command = Credit(
                    member_id=MEMBER, book=Book.POINTS, points=points, source=source(number), expires_on=expiry
                )
            case "pending":
                matures_at = START + timedelta(days=day + draw(st.integers(1, 9)))
                command = Credit(
                    member_id=MEMBER, book=Book.POINTS, points=points, source=source(number), matures_at=matures_at
                )
            case "claw_back":
                origin = f"k{draw(st.integers(0, max(number - 1, 0)))}"
                command = ClawBack(
                    member_id=MEMBER, book=Book.POINTS, points=points, source=source(number), origin_key=origin
                )
            case _:
                command = Mature(member_id=MEMBER, book=Book.POINTS, source=source(number))
        history.append((day, command))
    return history


@pytest.mark.requirement("PTS-14")
@given(histories())
def test_any_history_keeps_the_identity_and_the_chain(history: list[tuple[int, Command]]) -> None:
    account = Account(MEMBER, Book.POINTS)
    net = 0
    lots_of: dict[str, tuple[int, ...]] = {}
    postings = []
    for day, command in history:
        recorded_at = START + timedelta(days=day)
        origin = lots_of.get(command.origin_key, ()) if isinstance(command, ClawBack) else ()
        posting = apply(account, command, recorded_at, origin)
        if isinstance(command, Credit):
            net += command.points
        elif isinstance(command, ClawBack):
            net -= command.points
        if posting is not None:
            postings.append(posting)
            lots_of[command.source.key] = posting.alloc[::2]
        assert account.balance - account.debt == net
        assert account.debt == 0 or account.balance == 0, "a debt stands beside nothing that could pay it"
        assert account.available >= 0
        assert lot_sums(account).remaining == account.balance
        assert lot_sums(account).pending == account.pending
        assert all(0 <= lot.remaining <= lot.original for lot in account.lots)
        if isinstance(command, Mature):
            assert all(lot.matures_at is None or lot.matures_at > recorded_at for lot in account.lots)
    walk = Walk(account)
    findings: list[Finding] = [finding for posting in postings for finding in walk.feed(posting)]
    assert findings + list(walk.close(lot_sums(account))) == []


@pytest.mark.requirement("PTS-12")
def test_a_claw_back_takes_the_orders_own_lot_before_older_ones() -> None:
    account = Account(MEMBER, Book.POINTS)
    for number, (points, expiry) in enumerate([(10, date(2026, 6, 30)), (20, date(2026, 12, 31))]):
        credit = Credit(member_id=MEMBER, book=Book.POINTS, points=points, source=source(number), expires_on=expiry)
        assert apply(account, credit, START) is not None
    taken = apply(
        account,
        ClawBack(member_id=MEMBER, book=Book.POINTS, points=25, source=source(2), origin_key="k1"),
        START,
        origin_lots=(2,),
    )
    assert taken is not None
    assert taken.alloc == (2, -20, 1, -5)
    assert (account.balance, account.debt) == (5, 0)


@pytest.mark.requirement("PTS-12")
def test_what_is_missing_becomes_a_debt_that_the_next_credit_pays_first() -> None:
    account = Account(MEMBER, Book.POINTS)
    apply(account, Credit(member_id=MEMBER, book=Book.POINTS, points=10, source=source(0)), START)
    apply(account, ClawBack(member_id=MEMBER, book=Book.POINTS, points=30, source=source(1), origin_key="k0"), START)
    assert (account.balance, account.debt) == (0, 20)
    paid = apply(account, Credit(member_id=MEMBER, book=Book.POINTS, points=25, source=source(2)), START)
    assert paid is not None
    assert (paid.points, paid.debt_delta, account.balance, account.debt) == (25, -20, 5, 0)


@pytest.mark.requirement("PTS-15")
@given(histories(), st.data())
def test_a_changed_posting_is_named(history: list[tuple[int, Command]], data: st.DataObject) -> None:
    account = Account(MEMBER, Book.POINTS)
    postings = [
        posting
        for day, command in history
        if (posting := apply(account, command, START + timedelta(days=day))) is not None
    ]
    if not postings:
        return
    victim = data.draw(st.integers(0, len(postings) - 1))
    change = data.draw(
        st.sampled_from(
            [
                {"points": 10**9},
                {"cause": "other"},
                {"occurred_at": START - timedelta(days=1)},
                {"alloc": (9, 9)},
            ]
        )
    )
    postings[victim] = msgspec.structs.replace(postings[victim], **change)  # type: ignore[arg-type]
    walk = Walk(account)
    findings = [finding for posting in postings for finding in walk.feed(posting)]
    assert [finding.seq for finding in findings] == [victim + 1]
