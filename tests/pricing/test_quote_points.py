"""Points in a quote: how many, off which line, and what the order earns (P11, PRC-04, CHK-01)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.money import half_up
from huixiang.points.model import CashOff
from huixiang.pricing.model.priced import PricedLine
from huixiang.pricing.rules.cash_off import shares, used
from tests.pricing.quoting import Shop, good, numbered, pieces

pytestmark = pytest.mark.requirement("PRC-04", "CHK-01")

SPENDING = {
    "name": {"zh": "抵现", "en": "Cash off"},
    "rate": {"points": 100, "fen": 100},
    "step": 100,
    "minimum": 200,
    "share_bp": 5000,
}


async def test_case_7_points_and_what_they_leave_to_earn(shop: Shop, member: UUID) -> None:
    await shop.stock(good("beef", 6000), good("rice", 4000))
    await shop.give_points(member, 2_500)
    answer = await shop.quote([pieces("beef"), pieces("rice")], member, points=2_099, programme="base")
    assert {name: answer["points"][name] for name in ("available", "maximum", "used", "off_fen")} == {
        "available": 2_500,
        "maximum": 2_500,
        "used": 2_000,
        "off_fen": 2_000,
    }
    assert (answer["priced"]["payable_fen"], answer["due_fen"], answer["earning"]["points"]) == (10_000, 8_000, 80)
    assert [tuple(one.values()) for one in answer["by_line"]] == [
        ("1", 1_200, 1_200, 4_800, 48),
        ("2", 800, 800, 3_200, 32),
    ]
    assert answer["earning"]["growth"] == 8_000


async def test_the_share_the_step_and_the_minimum_bound_points(shop: Shop, member: UUID) -> None:
    await shop.stock(good("beef", 990))
    await shop.document("spending", "default", SPENDING)
    await shop.give_points(member, 10_000)
    points = (await shop.quote([pieces("beef")], member, points=10_000))["points"]
    assert (points["limit_fen"], points["maximum"], points["used"], points["reasons"]) == (
        495,
        400,
        400,
        ["share", "step"],
    )
    for chosen, used_ in ((399, 300), (199, 0), (0, 0)):
        assert (await shop.quote([pieces("beef")], member, points=chosen))["points"]["used"] == used_
    below = (await shop.quote([pieces("beef")], member, points=200, left_out=[]))["points"]
    assert (below["minimum"], below["step"]) == (200, 100)


async def test_points_never_pay_fees(shop: Shop, member: UUID) -> None:
    await shop.stock(good("beef", 1000))
    await shop.give_points(member, 10_000)
    answer = await shop.quote([pieces("beef")], member, points=10_000, delivery={"fee_fen": 9000}, packaging_fen=100)
    assert (answer["points"]["used"], answer["due_fen"]) == (500, 9_600)
    assert answer["by_line"][0]["cash_fen"] == 500


async def test_what_is_due_counts_before_anybody_has_swept(shop: Shop, member: UUID, clock: SettableClock) -> None:
    await shop.stock(good("beef", 100_000))
    today = shop.db.calendar.day(clock.now())
    await shop.give_points(member, 300, expires_on=today)
    await shop.give_points(member, 500, matures_at=clock.now() + timedelta(days=1))
    await shop.give_points(member, 700)
    found = []
    for _ in range(2):
        found.append((await shop.quote([pieces("beef")], member))["points"]["available"])
        clock.advance(timedelta(days=1))
    assert found == [1_000, 1_200]


async def test_a_member_without_points_can_use_none(shop: Shop, member: UUID) -> None:
    await shop.stock(good("beef", 1000))
    answer = await shop.quote([pieces("beef")], member, points=100)
    assert (answer["points"]["available"], answer["points"]["used"], answer["due_fen"]) == (0, 0, 1_000)


lines = st.lists(st.integers(0, 5_000), min_size=1, max_size=8).filter(any)


@given(paid=lines, chosen=st.integers(0, 40_000), points=st.integers(1, 300), fen=st.integers(1, 300), data=st.data())
def test_points_come_to_their_worth_and_leave_no_line_below_zero(
    paid: list[int], chosen: int, points: int, fen: int, data: st.DataObject
) -> None:
    goods = sum(paid)
    most = (2 * points * goods + points - 1) // (2 * fen)  # what is worth the goods at most
    step = data.draw(st.integers(1, 100))
    limits = CashOff(
        available=most, goods_fen=goods, limit_fen=goods, usable=most - most % step, fen_off=0, rate_points=points,
        rate_fen=fen, raised_by=None, step=step, minimum=step, reasons=[], rule="r", rule_version=1,
    )  # fmt: skip
    count = used(chosen, limits)
    assert count % step == 0
    assert count <= chosen
    names = data.draw(st.permutations([f"line {place}" for place in range(len(paid))]))
    priced = [PricedLine(name, "s", 1, fen_, fen_, (), ()) for name, fen_ in zip(names, paid, strict=True)]
    found = shares(priced, count, (points, fen))
    assert sum(share.points for share in found) == count
    assert sum(share.off_fen for share in found) == half_up(count * fen, points)
    assert all(share.off_fen >= 0 and share.cash_fen >= 0 for share in found)
    assert [share.off_fen + share.cash_fen for share in found] == paid
    backwards = shares(priced[::-1], count, (points, fen))
    assert backwards[::-1] == found


async def test_a_state_that_forbids_spending_or_being_known_counts(shop: Shop, member: UUID) -> None:
    await shop.stock(good("beef", 1000))
    await shop.give_points(member, 1_000)

    async def in_state(state: str) -> tuple[int, object]:
        async with shop.db.transaction() as tx:
            await tx.execute("UPDATE members.member SET state = $2 WHERE member_id = $1", member, state)
        answer = await shop.ask(
            "/api/v1/quotes", {"member": {"member_id": member}, "lines": numbered([pieces("beef")])}
        )
        told = answer.json()
        return answer.status_code, told.get("code") or (told["points"]["maximum"], told["earning"]["points"])

    assert await in_state("active") == (200, (500, 20))
    assert await in_state("blocked") == (200, (0, 0))
    assert await in_state("closed") == (404, "member_unknown")
