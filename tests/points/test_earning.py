"""What an order earns, by example and as a law (PTS-01, PTS-02, PTS-11)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from fractions import Fraction
from importlib import resources
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.conditions.facts import Facts
from huixiang.conditions.model import ALWAYS, Has, OneOf, decode
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.text import Text
from huixiang.points.model import (
    NEVER,
    BaseRate,
    EarningLine,
    EarningRules,
    Expiry,
    Multiplier,
)
from huixiang.points.model.earning import Exclusion, ExpiryFor
from huixiang.points.rules.earning import cut, earn, multiplier_bp
from huixiang.points.rules.validity import expires_on, matures_at, validity

THURSDAY = date(2026, 3, 19)
WEDNESDAY = date(2026, 3, 18)
SHANGHAI = BusinessCalendar("Asia/Shanghai")


def known(day: date, hour: int = 12, **of_member_or_order: Any) -> Facts:
    """An order completed at an hour of a day: what is known of its member, and of itself."""
    member = {code: value for code, value in of_member_or_order.items() if code in {"tier", "birthday"}}
    context = {code: value for code, value in of_member_or_order.items() if code not in member}
    return Facts(now=SHANGHAI.at(day, time(hour)), calendar=SHANGHAI, member=member, context=context)


def shipped(code: str) -> EarningRules:
    file = resources.files("huixiang.rulebook").joinpath("shipped", f"earning.{code}.json")
    return msgspec.json.decode(file.read_bytes(), type=EarningRules)


def rules(*multipliers: Multiplier, stacking: str = "highest", ceiling_bp: int = 50_000) -> EarningRules:
    return msgspec.convert(
        {
            "name": {"zh": "测试", "en": "Test"},
            "base_rate": {"points": 1, "fen": 100},
            "multipliers": msgspec.to_builtins(multipliers),
            "stacking": stacking,
            "ceiling_bp": ceiling_bp,
            "pending_days": 0,
            "expiry": {"policy": "never"},
        },
        EarningRules,
    )


def always(code: str, bp: int) -> Multiplier:
    return Multiplier(code=code, bp=bp, when=ALWAYS, name=Text(zh=code, en=code))


@pytest.mark.requirement("PTS-01")
def test_a_point_a_yuan_is_rounded_down_once_per_order() -> None:
    lines = [EarningLine("a", 199), EarningLine("b", 250), EarningLine("c", 51)]
    earned = earn(shipped("base"), lines, known(THURSDAY))
    assert earned.points == 5, "199 + 250 + 51 fen are 5.00 yuan; rounding each line down would give 3"
    assert earned.by_line == [2, 2, 1], "1.99, 2.50 and 0.51 by largest remainder: .99 and .51 come before .50"


@pytest.mark.requirement("PTS-01")
def test_ten_yuan_may_be_one_point() -> None:
    slow = msgspec.structs.replace(shipped("base"), base_rate=BaseRate(points=1, fen=1000))
    assert earn(slow, [EarningLine("a", 2999)], known(THURSDAY)).points == 2


@pytest.mark.requirement("PTS-02")
@pytest.mark.parametrize(
    ("facts", "categories", "expected_bp"),
    [
        (known(THURSDAY), (), 10_000),
        (known(THURSDAY), ("leaf_greens", "vegetables", "fresh"), 20_000),
        (known(THURSDAY, tier="silver"), (), 12_000),
        (known(THURSDAY, tier="gold"), (), 15_000),
        (known(WEDNESDAY), (), 20_000),
        (known(WEDNESDAY, tier="diamond"), ("fresh",), 30_000),
        (known(THURSDAY, birthday="03-01"), (), 20_000),
        (known(THURSDAY, birthday="04-01"), (), 10_000),
    ],
)
def test_the_shipped_programme_takes_the_highest_that_applies(
    facts: Facts, categories: tuple[str, ...], expected_bp: int
) -> None:
    assert multiplier_bp(shipped("default"), categories, facts) == expected_bp


@pytest.mark.requirement("PTS-02")
@pytest.mark.parametrize(("stacking", "expected_bp"), [("highest", 20_000), ("sum", 25_000), ("product", 30_000)])
def test_multipliers_stack_as_the_rules_say(stacking: str, expected_bp: int) -> None:
    stacked = rules(always("double", 20_000), always("half_more", 15_000), stacking=stacking)
    assert multiplier_bp(stacked, (), known(THURSDAY)) == expected_bp


@pytest.mark.requirement("PTS-02")
def test_a_ceiling_cuts_what_stacking_makes() -> None:
    generous = rules(always("four", 40_000), always("three", 30_000), stacking="product", ceiling_bp=50_000)
    assert multiplier_bp(generous, (), known(THURSDAY)) == 50_000


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[EarningLine], EarningRules]:
    paid = draw(st.lists(st.integers(0, 10**7), min_size=1, max_size=12))
    categories = [draw(st.sampled_from([(), ("fresh",), ("drinks",)])) for _ in paid]
    lines = [EarningLine(f"l{n}", fen, kind) for n, (fen, kind) in enumerate(zip(paid, categories, strict=True))]
    fresh = Multiplier(code="fresh", bp=draw(st.integers(0, 60_000)), when=Has("goods.categories", ("fresh",)))
    return lines, rules(fresh, stacking=draw(st.sampled_from(["highest", "sum", "product"])))


@pytest.mark.requirement("PTS-01")
@given(orders())
def test_points_are_the_floor_of_the_sum_and_the_lines_share_them(
    case: tuple[list[EarningLine], EarningRules],
) -> None:
    lines, programme = case
    facts = known(THURSDAY)
    shares = [Fraction(line.paid_fen * multiplier_bp(programme, line.categories, facts), 1_000_000) for line in lines]
    earned = earn(programme, lines, facts)
    assert earned.points == sum(shares) // 1
    assert sum(earned.by_line) == earned.points
    for points, share in zip(earned.by_line, shares, strict=True):
        fair = earned.points * share / sum(shares) if share else Fraction(0)
        assert fair - 1 < points < fair + 1
        assert share > 0 or points == 0


@pytest.mark.requirement("PTS-11")
@pytest.mark.parametrize(
    ("earned_on", "last_day"),
    [
        (date(2026, 1, 15), date(2027, 1, 31)),
        (date(2027, 2, 1), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_points_last_twelve_months_to_the_end_of_the_month(earned_on: date, last_day: date) -> None:
    assert expires_on(shipped("default").expiry, earned_on) == last_day


@pytest.mark.requirement("PTS-11")
@pytest.mark.parametrize(
    ("expiry", "earned_on", "last_day"),
    [
        (Expiry("year_end"), date(2026, 3, 18), date(2026, 12, 31)),
        (Expiry("year_end", years=1), date(2026, 12, 31), date(2027, 12, 31)),
        (Expiry("days", days=90), date(2026, 3, 18), date(2026, 6, 16)),
        (Expiry("days", days=90, end_of="quarter"), date(2026, 3, 18), date(2026, 6, 30)),
        (Expiry("days", days=365, grace_days=15), date(2026, 3, 18), date(2027, 4, 2)),
        (Expiry("months", months=12), date(2026, 3, 18), date(2027, 3, 18)),
        (Expiry("months", months=12), date(2028, 2, 29), date(2029, 2, 28)),
        (Expiry("months", months=1, end_of="year"), date(2026, 12, 1), date(2027, 12, 31)),
        (Expiry("months", months=12, end_of="month", grace_days=7), date(2026, 1, 15), date(2027, 2, 7)),
    ],
)
def test_an_expiry_is_what_its_policy_says(expiry: Expiry, earned_on: date, last_day: date) -> None:
    assert expires_on(expiry, earned_on) == last_day


@pytest.mark.requirement("PTS-11")
def test_what_is_recorded_too_late_gets_the_grace() -> None:
    policy = Expiry("months", months=12, end_of="month")
    earned_on, last_day = date(2025, 1, 15), date(2026, 1, 31)
    assert expires_on(policy, earned_on, recorded_on=last_day) == last_day
    assert expires_on(policy, earned_on, recorded_on=date(2026, 2, 1)) == date(2026, 3, 3)
    long = msgspec.structs.replace(policy, grace_days=60)
    assert expires_on(long, earned_on, recorded_on=date(2026, 5, 1)) == date(2026, 6, 30)


@pytest.mark.requirement("PTS-11")
def test_expiry_may_differ_by_cause_and_tier() -> None:
    exceptions = [
        ExpiryFor(cause="sign_in", expiry=Expiry("year_end")),
        ExpiryFor(tier="diamond", expiry=Expiry("never")),
    ]
    programme = msgspec.structs.replace(shipped("default"), expiries=exceptions)
    calendar = BusinessCalendar("Asia/Shanghai")
    noon = datetime(2026, 3, 18, 4, tzinfo=UTC)

    def last_day(cause: str, tier: str | None) -> date:
        return validity(programme, noon, calendar, cause=cause, tier=tier).expires_on

    assert last_day("consumption", "gold") == date(2027, 3, 31)
    assert last_day("consumption", "diamond") == NEVER
    assert last_day("sign_in", "diamond") == date(2026, 12, 31)


@pytest.mark.requirement("PTS-02")
@pytest.mark.parametrize(
    ("when", "fits", "does_not"),
    [
        (
            {"type": "during", "start": "2026-03-19T00:00:00+08:00", "end": "2026-03-20T00:00:00+08:00"},
            known(THURSDAY, 0),
            known(date(2026, 3, 20), 0),
        ),
        ({"type": "yearly", "first": "03-19", "last": "03-31"}, known(THURSDAY), known(WEDNESDAY)),
        ({"type": "hours", "start": "18:00", "end": "22:00"}, known(THURSDAY, 21), known(THURSDAY, 22)),
        (
            {"type": "compare", "attribute": "channel", "op": "eq", "value": "app"},
            known(THURSDAY, channel="app"),
            known(THURSDAY, channel="store"),
        ),
        ({"type": "known", "attribute": "store"}, known(THURSDAY, store="S001"), known(THURSDAY)),
        (
            {"type": "has", "attribute": "tenders", "values": ["wallet"]},
            known(THURSDAY, tenders=frozenset({"wallet", "coupon"})),
            known(THURSDAY, tenders=frozenset({"coupon"})),
        ),
        (
            {"type": "anniversary", "attribute": "birthday", "before": 3},
            known(THURSDAY, birthday="03-22"),
            known(THURSDAY, birthday="03-23"),
        ),
        (
            {
                "type": "all",
                "of": [
                    {"type": "compare", "attribute": "tier", "op": "eq", "value": "gold"},
                    {"type": "weekdays", "days": [4]},
                ],
            },
            known(THURSDAY, tier="gold"),
            known(WEDNESDAY, tier="gold"),
        ),
    ],
)
def test_a_multiplier_may_ask_for_more(when: dict[str, object], fits: Facts, does_not: Facts) -> None:
    triple = rules(Multiplier("triple", 30_000, decode(msgspec.json.encode(when))))
    assert multiplier_bp(triple, (), fits) == 30_000
    assert multiplier_bp(triple, (), does_not) == 10_000


@pytest.mark.requirement("PTS-02")
def test_lines_differ_in_what_their_goods_are_and_in_nothing_else() -> None:
    here = {"type": "compare", "attribute": "channel", "op": "eq", "value": "app"}
    fresh = {"type": "has", "attribute": "goods.categories", "values": ["fresh"]}
    both = decode(msgspec.json.encode({"type": "all", "of": [here, {"type": "not", "of": fresh}]}))
    programme = msgspec.structs.replace(
        rules(Multiplier("dry", 30_000, both), Multiplier("app", 20_000, decode(msgspec.json.encode(here)))),
        exclusions=[Exclusion("tobacco", OneOf("goods.sku", ("tobacco", "lighter")))],
    )
    lines = [
        EarningLine("a", 100, ("fruit", "fresh"), "apple", "orchard"),
        EarningLine("b", 100, ("home",), "soap"),
        EarningLine("c", 100, ("home",), "tobacco"),
    ]
    assert earn(programme, lines, known(THURSDAY, channel="app")).by_line == [2, 3, 0]
    assert earn(programme, lines, known(THURSDAY, channel="till")).by_line == [1, 1, 0]
    assert programme.needs_goods
    assert not msgspec.structs.replace(programme, multipliers=[]).needs_goods


@pytest.mark.requirement("PTS-04")
@given(orders(), st.integers(0, 200))
def test_what_a_cap_leaves_is_shared_by_the_lines(case: tuple[list[EarningLine], EarningRules], cap: int) -> None:
    lines, programme = case
    whole = earn(programme, lines, known(THURSDAY))
    granted = min(cap, whole.points)
    left = cut(whole, granted, [line.line_id for line in lines])
    assert (left.points, sum(left.by_line)) == (granted, granted)
    assert all(0 <= part <= before for part, before in zip(left.by_line, whole.by_line, strict=True))


def test_the_bare_programme_never_expires() -> None:
    assert expires_on(shipped("base").expiry, WEDNESDAY) == NEVER
    assert Expiry(policy="never").months is None


@pytest.mark.requirement("PTS-05")
def test_points_are_pending_until_the_return_window_is_over() -> None:
    calendar = BusinessCalendar("Asia/Shanghai")
    completed = datetime(2026, 3, 18, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert matures_at(shipped("default").pending_days, completed, calendar) == datetime(2026, 3, 25, 16, tzinfo=UTC)
    assert matures_at(shipped("base").pending_days, completed, calendar) is None
