"""What is off its band, and what a pause covers: decided alone (PTS-23)."""

from __future__ import annotations

from typing import Any

import pytest

from huixiang.kernel.text import Text
from huixiang.points.model.breaker import PROGRAMME, Asset, Band, BreakerRules, Counted, Flow, Pause, Side, Stream
from huixiang.points.rules.breaker import breach, lines, to_pause
from huixiang.points.rules.pauses import admit, covering
from tests.points.test_breaker import NOW, credit

RULES = BreakerRules(
    name=Text(zh="规则", en="Rules"),
    history_days=28,
    least_days=7,
    hour=Band(times_bp=50_000, floor=1_000),
    day=Band(times_bp=30_000, floor=5_000),
    exempt=["birthday"],
)


def flow(**figures: Any) -> Flow:
    usual: dict[str, Any] = {
        "side": "issue", "cause": "share", "hour": 0, "day": 0, "highest_hour": 400, "highest_day": 3_000,
        "days": 28,
    }  # fmt: skip
    return Flow(**usual | figures)


@pytest.mark.requirement("PTS-23")
@pytest.mark.parametrize(
    ("figures", "found"),
    [
        ({"hour": 2_000, "day": 9_000}, None),
        ({"hour": 2_001}, ("hour", 2_000)),
        ({"hour": 2_000, "day": 9_001}, ("day", 9_000)),
        ({"hour": 1_000, "highest_hour": 10}, None),
        ({"hour": 1_001, "highest_hour": 10}, ("hour", 1_000)),
        ({"hour": 10**9, "days": 6}, None),
        ({"hour": 10**9, "cause": "birthday"}, None),
    ],
)
def test_a_sum_is_judged_by_the_highest_of_its_past(figures: dict[str, Any], found: tuple[str, int] | None) -> None:
    one = breach(RULES, flow(**figures))
    assert (one and (one.span, one.limit)) == found


def test_a_rule_or_a_place_is_paused_rather_than_its_cause() -> None:
    off = [
        flow(hour=9_999), flow(hour=9_999, rule="earning.default"), flow(hour=9_999, place="S1"),
        flow(hour=9_999, cause="task"), flow(hour=9_999, cause="share", asset="coupon"),
    ]  # fmt: skip
    assert [(one.asset, one.cause, one.rule, one.place) for one, _ in to_pause(RULES, off)] == [
        ("points", "share", "earning.default", None),
        ("points", "share", None, "S1"),
        ("points", "task", None, None),
        ("coupon", "share", None, None),
    ]


def paused(side: Side, cause: str, rule: str | None = None, place: str | None = None, asset: Asset = "points") -> Pause:
    return Pause(
        pause_id=PROGRAMME, asset=asset, side=side, cause=cause, rule=rule, place=place, reason="", started_at=NOW,
        started_by="test",
    )  # fmt: skip


@pytest.mark.requirement("PTS-23")
@pytest.mark.parametrize(
    ("pause", "under"),
    [
        (paused("issue", "gift"), True),
        (paused("issue", "gift", rule="earning.default"), True),
        (paused("issue", "gift", rule="earning.base"), False),
        (paused("issue", "gift", place="S1"), True),
        (paused("issue", "gift", place="S2"), False),
        (paused("issue", "gift", rule="earning.base", place="S1"), False),
        (paused("burn", "gift"), False),
        (paused("issue", "share"), False),
        (paused("issue", "gift", asset="coupon"), False),
    ],
)
def test_a_pause_is_of_a_cause_or_only_of_a_rule_or_a_place_of_it(pause: Pause, *, under: bool) -> None:
    stream = Stream(side="issue", cause="gift", rule="earning.default", place="S1")
    assert (covering([pause], stream) is pause) == under
    given = credit(PROGRAMME, "k", place="S1")
    assert (admit([pause], given) is not given) == under


@pytest.mark.requirement("PTS-23")
def test_what_is_counted_stands_in_the_lines_of_its_cause_its_rule_and_its_place() -> None:
    coupon = Stream(asset="coupon", side="issue", cause="spring", rule="campaign/1", place="S1")
    point = Stream(side="issue", cause="consumption", rule="earning.default", place="S1")
    counted = [Counted(stream=coupon, amount=3), Counted(stream=coupon, amount=4), Counted(stream=point, amount=90)]
    assert lines(counted) == {
        Stream(asset="coupon", side="issue", cause="spring"): 7,
        Stream(asset="coupon", side="issue", cause="spring", rule="campaign/1"): 7,
        Stream(asset="coupon", side="issue", cause="spring", place="S1"): 7,
        Stream(side="issue", cause="consumption", place="S1"): 90,
    }
