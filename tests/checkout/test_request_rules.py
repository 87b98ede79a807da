"""What may be asked to come back, when it is refunded at once, and what may follow what (CHK-10)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.checkout.model import Order, RefundLine
from huixiang.checkout.model.request_errors import (
    RefundAskedTooMuch,
    RefundGoodsNotToCheck,
    RefundRequestDecided,
    RefundRequestOwn,
)
from huixiang.checkout.model.requests import (
    By,
    GoodsState,
    InstantRefund,
    NotAtOnce,
    RefundGround,
    RefundPolicy,
    RequestedRefund,
    RequestState,
    RequestStep,
    Standing,
    as_member_sees,
)
from huixiang.checkout.rules import requests as rules
from huixiang.checkout.rules.refunds import after_refund, refund_lines
from huixiang.conditions.model import All
from huixiang.kernel.text import Text
from tests.checkout.orders import MEMBER, order_line, placed

pytestmark = pytest.mark.requirement("CHK-10")

NOW = datetime(2026, 3, 18, 4, tzinfo=UTC)
TODAY = date(2026, 3, 18)
NAME = Text(zh="退款", en="Refunds")
INSTANT = InstantRefund(
    audience=All(()), within_days=7, request_fen=1000, period_days=30, period_fen=2500, not_returnable=("toys", "gifts")
)
GOOD = Standing(in_audience=True, risk_known_low=True, instant_fen=0, not_ok=0)


def request(**changes: Any) -> RequestedRefund:
    asked = RequestedRefund(
        request_id=UUID(int=7), order_id=UUID(int=2), order_number="260318-0", member_id=MEMBER,
        state=RequestState.ASKED, ground=RefundGround.DAMAGED, lines=[RefundLine("a", 1)], worth_fen=1000,
        asked_by="member", asked_by_id=MEMBER, asked_at=NOW, store_id=None, why_not=[NotAtOnce.RISK], policy_version=1,
    )  # fmt: skip
    return msgspec.structs.replace(asked, **changes)


def why(
    instant: InstantRefund = INSTANT,
    standing: Standing = GOOD,
    goods: list[tuple[str, ...]] | None = None,
    **asked: Any,
) -> list[NotAtOnce]:
    order = placed([order_line("a", 1, 1000)], NOW)
    categories = [("apples", "fruit")] if goods is None else goods
    return rules.why_not(RefundPolicy(name=NAME, instant=instant), order, request(**asked), categories, standing, TODAY)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (why(), []),
        (why(worth_fen=1001), [NotAtOnce.AMOUNT]),
        (why(asked_by="staff"), [NotAtOnce.ASKER]),
        (why(asked_by="system"), [NotAtOnce.ASKER]),
        (why(standing=msgspec.structs.replace(GOOD, in_audience=False)), [NotAtOnce.AUDIENCE]),
        (why(standing=msgspec.structs.replace(GOOD, risk_known_low=False)), [NotAtOnce.RISK]),
        (why(standing=msgspec.structs.replace(GOOD, instant_fen=1500)), []),
        (why(standing=msgspec.structs.replace(GOOD, instant_fen=1501)), [NotAtOnce.PERIOD]),
        (why(standing=msgspec.structs.replace(GOOD, not_ok=1)), [NotAtOnce.PAUSED]),
        (why(goods=[("apples", "fruit"), ("lego", "toys")]), [NotAtOnce.GOODS]),
        (why(goods=[("apples", "fruit"), ()]), [NotAtOnce.GOODS]),
        (why(msgspec.structs.replace(INSTANT, not_returnable=()), goods=[()]), []),
        (why(msgspec.structs.replace(INSTANT, asked_by=("system", "staff")), asked_by="staff"), []),
    ],
)
def test_by_example(found: list[NotAtOnce], expected: list[NotAtOnce]) -> None:
    assert found == expected


@pytest.mark.parametrize(("days", "expected"), [(0, []), (7, []), (8, [NotAtOnce.LATE])])
def test_so_many_business_days_after_completion(days: int, expected: list[NotAtOnce]) -> None:
    order = placed([order_line("a", 1, 1000)], NOW - timedelta(days=days))
    assert rules.why_not(RefundPolicy(name=NAME, instant=INSTANT), order, request(), [("x",)], GOOD, TODAY) == expected


def test_a_policy_without_it_offers_it_to_nobody() -> None:
    order = placed([order_line("a", 1, 1000)], NOW)
    assert rules.why_not(RefundPolicy(name=NAME), order, request(), [], GOOD, TODAY) == [NotAtOnce.NOT_OFFERED]


MORE = st.integers(0, 3000)


@given(
    worth=MORE, limit=MORE, period=MORE, before=MORE, not_ok=st.integers(0, 4), pause=st.integers(1, 4),
    days=st.integers(0, 20), within=st.integers(0, 20), audience=st.booleans(), risk=st.booleans(),
    asker=st.sampled_from(("member", "staff", "system")),
    askers=st.sets(st.sampled_from(("member", "staff")), min_size=1),
)  # fmt: skip
def test_at_once_where_nothing_speaks_against_it_and_never_the_more_for_asking_more(
    worth: int, limit: int, period: int, before: int, not_ok: int, pause: int, days: int, within: int, *,
    audience: bool, risk: bool, asker: str, askers: set[str],
) -> None:  # fmt: skip
    instant = msgspec.structs.replace(
        INSTANT, asked_by=tuple(askers), within_days=within, request_fen=limit, period_fen=period, pause_after=pause
    )
    standing = Standing(in_audience=audience, risk_known_low=risk, instant_fen=before, not_ok=not_ok)
    order = placed([order_line("a", 1, 1000)], NOW - timedelta(days=days))

    def told(fen: int) -> list[NotAtOnce]:
        asked = request(worth_fen=fen, asked_by=asker)
        return rules.why_not(RefundPolicy(name=NAME, instant=instant), order, asked, [("x",)], standing, TODAY)

    allowed = audience and risk and asker in askers and days <= within and worth <= limit and not_ok < pause
    assert (told(worth) == []) is (allowed and before + worth <= period)
    assert set(told(worth)) <= set(told(worth + 1))
    assert told(worth) == [one for one in NotAtOnce if one in told(worth)], "in the order of their names"


ORDERS = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5000)), min_size=1, max_size=3)
STEPS = st.lists(
    st.tuples(st.sampled_from(("ask", "approve", "refuse")), st.integers(0, 2), st.integers(1, 5)), max_size=25
)


def back(order: Order, line_id: str, quantity: int) -> tuple[Order, int]:
    """The order with some of a line refunded, and what that gave back."""
    asked = rules.refund_of(UUID(int=1), RefundGround.OTHER, [RefundLine(line_id, quantity)], order, NOW)
    found = refund_lines(order, asked, NOW)
    return msgspec.structs.replace(order, lines=after_refund(order.lines, found)), found[0].refund_fen


@given(ORDERS, STEPS)
def test_what_is_asked_and_refunded_never_passes_what_there_is(
    lines: list[tuple[int, int]], steps: list[tuple[str, int, int]]
) -> None:
    """The model: by line what is there, what waits and what came back; a queue of what was asked."""
    order = placed([order_line(str(n), quantity, fen) for n, (quantity, fen) in enumerate(lines)], NOW)
    there = {str(n): quantity for n, (quantity, _) in enumerate(lines)}
    waits, gone, paid = dict.fromkeys(there, 0), dict.fromkeys(there, 0), dict.fromkeys(there, 0)
    queue: list[tuple[str, int]] = []
    for step, number, quantity in steps:
        line_id = str(number % len(lines))
        if step == "ask":
            wanted = [RefundLine(line_id, quantity)]
            if quantity > there[line_id] - gone[line_id] - waits[line_id]:
                with pytest.raises(RefundAskedTooMuch) as refused:
                    rules.require_left(order, wanted, waits)
                assert refused.value.fields["refundable"] == there[line_id] - gone[line_id]
                continue
            rules.require_left(order, wanted, waits)
            waits[line_id] += quantity
            queue.append((line_id, quantity))
        elif queue:
            line_id, asked = queue.pop(0)
            waits[line_id] -= asked
            if step == "approve":
                order, fen = back(order, line_id, asked)
                gone[line_id] += asked
                paid[line_id] += fen
    for n, (quantity, fen) in enumerate(lines):
        assert gone[str(n)] + waits[str(n)] <= quantity
        assert paid[str(n)] <= fen
        assert gone[str(n)] < quantity or paid[str(n)] == fen, "all of it gives back all that was paid"


def test_what_may_follow_what() -> None:
    ends = {RequestStep.REFUNDED: RequestState.REFUNDED, RequestStep.REFUSED: RequestState.REFUSED}
    ends[RequestStep.WITHDRAWN] = RequestState.WITHDRAWN
    for state, change in product(RequestState, RequestStep):
        asked = request(state=state)
        if state is RequestState.ASKED and change in ends:
            assert rules.after(asked, change) is ends[change]
        else:
            with pytest.raises(RefundRequestDecided):
                rules.after(asked, change)


def test_nobody_decides_their_own() -> None:
    anna, ben = UUID(int=21), UUID(int=22)
    asked = request(asked_by="staff", asked_by_id=anna)
    rules.require_other(asked, By("staff", ben))
    rules.require_other(request(asked_by="member", asked_by_id=anna), By("staff", anna))
    with pytest.raises(RefundRequestOwn):
        rules.require_other(asked, By("staff", anna))


def test_goods_are_checked_once_and_only_after_a_refund_at_once() -> None:
    rules.require_to_check(request(goods=GoodsState.TO_CHECK))
    for goods in (None, GoodsState.OK, GoodsState.NOT_OK):
        with pytest.raises(RefundGoodsNotToCheck):
            rules.require_to_check(request(goods=goods))


def test_the_refund_has_a_number_that_no_caller_can_give() -> None:
    order = placed([order_line("a", 1, 1000)], NOW + timedelta(minutes=4))
    made = rules.refund_of(UUID(int=7), RefundGround.DAMAGED, [RefundLine("a", 1)], order, NOW)
    assert made.occurred_at == order.completed_at, "a till's clock that is ahead keeps nobody from asking"
    with pytest.raises(msgspec.ValidationError, match="external_id"):
        msgspec.json.decode(msgspec.json.encode(made), type=type(made))


def test_a_member_does_not_read_what_the_shop_holds_against_them() -> None:
    shown = msgspec.to_builtins(as_member_sees(request(reason="seen")))
    assert shown["reason"] == "seen"
    assert not {"why_not", "asked_by_id", "decided_by_id", "changes", "member_id", "policy_version"} & set(shown)
