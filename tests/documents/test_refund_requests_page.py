"""docs/domain/refund-requests.md says when a request is refunded at once, and what may follow what."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest

from huixiang.checkout import rules
from huixiang.checkout.model import Order, RefundLine, request_errors
from huixiang.checkout.model.requests import (
    Asker,
    InstantRefund,
    NotAtOnce,
    RefundGround,
    RefundPolicy,
    RequestedRefund,
    RequestState,
)
from huixiang.checkout.model.requests import Standing as Stands
from huixiang.checkout.rules import requests
from huixiang.conditions.facts import Facts
from huixiang.conditions.predicate import compile as compiled
from huixiang.entry.attributes import REGISTRY
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.errors import DomainError
from tests.checkout.orders import MEMBER, order_line, placed
from tests.documents.pages import page, sections, shipped, table

pytestmark = pytest.mark.requirement("CHK-10")

PAGE = page("refund-requests")
SECTIONS = sections(PAGE)
COMPLETED = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
POLICY = shipped("refund_policy.default", RefundPolicy)


def instant_refund() -> InstantRefund:
    assert POLICY.instant is not None
    return POLICY.instant


def bought(fen: int) -> Order:
    return placed([order_line("a", 3, fen)], COMPLETED)


@pytest.mark.parametrize("row", table(SECTIONS["Worked example"]), ids=lambda row: " ".join(row.values()))
def test_an_example(row: dict[str, str]) -> None:
    facts = Facts(now=COMPLETED, calendar=BusinessCalendar("Asia/Shanghai"), member={"tier": row["tier"]})
    standing = Stands(
        in_audience=compiled(instant_refund().audience, REGISTRY)(facts),
        risk_known_low=True,
        instant_fen=int(row["so far"]),
        not_ok=int(row["not ok"]),
    )
    asked = RequestedRefund(
        request_id=UUID(int=7), order_id=UUID(int=2), order_number="", member_id=MEMBER, state=RequestState.ASKED,
        ground=RefundGround.DAMAGED, lines=[], worth_fen=int(row["worth_fen"]),
        asked_by=msgspec.convert(row["asked by"], Asker), asked_by_id=MEMBER, asked_at=COMPLETED, store_id=None,
        why_not=[], policy_version=1,
    )  # fmt: skip
    told = requests.why_not(POLICY, bought(20_000), asked, [()], standing, date.fromisoformat(row["on"]))
    assert ", ".join(told) == row["why not"]


def test_what_is_asked_in_parts_is_worth_what_the_refunds_give() -> None:
    order, told = bought(20_000), []
    for quantity in (1, 2):
        lines = [RefundLine("a", quantity)]
        requests.require_left(order, lines, {})
        made = requests.refund_of(UUID(int=1), RefundGround.OTHER, lines, order, COMPLETED)
        found = rules.refund_lines(order, made, COMPLETED)
        told.append(sum(one.refund_fen for one in found))
        order = msgspec.structs.replace(order, lines=rules.after_refund(order.lines, found))
    assert told == [6667, 13333]
    assert "worth 6667, and the next two 13333" in " ".join(PAGE.split())


def test_the_page_names_all_states_reasons_grounds_and_refusals() -> None:
    assert [row["state"] for row in table(SECTIONS["A request"])] == [state.value for state in RequestState]
    assert ", ".join(f"`{why}`" for why in NotAtOnce) in " ".join(PAGE.split())
    assert all(f"`{ground}`" in PAGE for ground in RefundGround)
    codes = {kind.code for kind in DomainError.__subclasses__() if kind.__module__ == request_errors.__name__}
    assert len(codes) == 5
    assert {code for code in codes if f"`{code}`" not in PAGE} == set()


def test_the_page_says_what_is_shipped() -> None:
    said = {row["field of `instant`"]: row["shipped"] for row in table(SECTIONS["By the rule"])}
    fields = {name.strip("` ") for cell in said for name in cell.split(",")}
    assert fields == set(InstantRefund.__struct_fields__)
    instant = instant_refund()
    assert said["`asked_by`"] == ", ".join(instant.asked_by)
    assert (said["`within_days`"], said["`request_fen`"]) == (str(instant.within_days), str(instant.request_fen))
    assert said["`period_days`, `period_fen`"] == f"{instant.period_days}, {instant.period_fen}"
    assert said["`pause_after`, `pause_days`"] == f"{instant.pause_after}, {instant.pause_days}"
