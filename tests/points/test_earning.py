"""What an order earns, by example and as a law (PTS-01, PTS-02, PTS-11)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from importlib import resources

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.text import Text
from huixiang.points.model import (
    NEVER,
    BaseRate,
    EarningFacts,
    EarningLine,
    EarningRules,
    Expiry,
    Multiplier,
    MultiplierCondition,
)
from huixiang.points.rules.earning import earn, expires_on, matures_at, multiplier_bp

THURSDAY = date(2026, 3, 19)
WEDNESDAY = date(2026, 3, 18)


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
    return Multiplier(code=code, bp=bp, when=MultiplierCondition(), name=Text(zh=code, en=code))


@pytest.mark.requirement("PTS-01")
def test_a_point_a_yuan_is_rounded_down_once_per_order() -> None:
    lines = [EarningLine("a", 199), EarningLine("b", 250), EarningLine("c", 51)]
    earned = earn(shipped("base"), lines, EarningFacts(THURSDAY))
    assert earned.points == 5, "199 + 250 + 51 fen are 5.00 yuan; rounding each line down would give 3"
    assert earned.by_line == [2, 2, 1], "1.99, 2.50 and 0.51 by largest remainder: .99 and .51 come before .50"


@pytest.mark.requirement("PTS-01")
def test_ten_yuan_may_be_one_point() -> None:
    slow = msgspec.structs.replace(shipped("base"), base_rate=BaseRate(points=1, fen=1000))
    assert earn(slow, [EarningLine("a", 2999)], EarningFacts(THURSDAY)).points == 2


@pytest.mark.requirement("PTS-02")
@pytest.mark.parametrize(
    ("facts", "categories", "expected_bp"),
    [
        (EarningFacts(THURSDAY), (), 10_000),
        (EarningFacts(THURSDAY), ("leaf_greens", "vegetables", "fresh"), 20_000),
        (EarningFacts(THURSDAY, tier="silver"), (), 12_000),
        (EarningFacts(THURSDAY, tier="gold"), (), 15_000),
        (EarningFacts(WEDNESDAY), (), 20_000),
        (EarningFacts(WEDNESDAY, tier="diamond"), ("fresh",), 30_000),
        (EarningFacts(THURSDAY, birth_month=3), (), 20_000),
        (EarningFacts(THURSDAY, birth_month=4), (), 10_000),
    ],
)
def test_the_shipped_programme_takes_the_highest_that_applies(
    facts: EarningFacts, categories: tuple[str, ...], expected_bp: int
) -> None:
    assert multiplier_bp(shipped("default"), categories, facts) == expected_bp


@pytest.mark.requirement("PTS-02")
@pytest.mark.parametrize(("stacking", "expected_bp"), [("highest", 20_000), ("sum", 25_000), ("product", 30_000)])
def test_multipliers_stack_as_the_rules_say(stacking: str, expected_bp: int) -> None:
    stacked = rules(always("double", 20_000), always("half_more", 15_000), stacking=stacking)
    assert multiplier_bp(stacked, (), EarningFacts(THURSDAY)) == expected_bp


@pytest.mark.requirement("PTS-02")
def test_a_ceiling_cuts_what_stacking_makes() -> None:
    generous = rules(always("four", 40_000), always("three", 30_000), stacking="product", ceiling_bp=50_000)
    assert multiplier_bp(generous, (), EarningFacts(THURSDAY)) == 50_000


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[EarningLine], EarningRules]:
    paid = draw(st.lists(st.integers(0, 10**7), min_size=1, max_size=12))
    categories = [draw(st.sampled_from([(), ("fresh",), ("drinks",)])) for _ in paid]
    lines = [EarningLine(f"l{n}", fen, kind) for n, (fen, kind) in enumerate(zip(paid, categories, strict=True))]
    fresh = Multiplier(code="fresh", bp=draw(st.integers(0, 60_000)), when=MultiplierCondition(category="fresh"))
    return lines, rules(fresh, stacking=draw(st.sampled_from(["highest", "sum", "product"])))


@pytest.mark.requirement("PTS-01")
@given(orders())
def test_points_are_the_floor_of_the_sum_and_the_lines_share_them(
    case: tuple[list[EarningLine], EarningRules],
) -> None:
    lines, programme = case
    facts = EarningFacts(THURSDAY)
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


def test_the_bare_programme_never_expires() -> None:
    assert expires_on(shipped("base").expiry, WEDNESDAY) == NEVER
    assert Expiry(policy="never").months is None


@pytest.mark.requirement("PTS-05")
def test_points_are_pending_until_the_return_window_is_over() -> None:
    calendar = BusinessCalendar("Asia/Shanghai")
    completed = datetime(2026, 3, 18, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert matures_at(shipped("default"), completed, calendar) == datetime(2026, 3, 25, 16, tzinfo=UTC)
    assert matures_at(shipped("base"), completed, calendar) is None
