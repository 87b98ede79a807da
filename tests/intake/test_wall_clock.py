from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.intake.adapters.wall_clock import to_instants, to_wall_clock

ZONES = [ZoneInfo(name) for name in ("America/New_York", "Asia/Shanghai", "Asia/Kathmandu", "Australia/Lord_Howe")]
seconds = st.lists(st.integers(1_400_000_000, 1_900_000_000), min_size=1, max_size=20)


@given(instants=seconds, zone=st.sampled_from(ZONES))
def test_a_wall_clock_is_what_the_zone_shows(instants: list[int], zone: ZoneInfo) -> None:
    shown = to_wall_clock(np.array(instants), zone)
    assert [datetime.fromtimestamp(second, UTC).replace(tzinfo=None) for second in shown.tolist()] == [
        datetime.fromtimestamp(second, zone).replace(tzinfo=None) for second in instants
    ]


@given(wall_clock=seconds, zone=st.sampled_from(ZONES))
def test_an_instant_is_the_standard_library_s(wall_clock: list[int], zone: ZoneInfo) -> None:
    assert to_instants(np.array(wall_clock), zone).tolist() == [
        int(datetime.fromtimestamp(second, UTC).replace(tzinfo=zone).timestamp()) for second in wall_clock
    ]


@pytest.mark.parametrize("day", [datetime(2017, 3, 12, tzinfo=UTC), datetime(2017, 11, 5, tzinfo=UTC)])
def test_days_on_which_clocks_change_are_right_at_every_minute(day: datetime) -> None:
    zone = ZoneInfo("America/New_York")
    instants = np.arange(24 * 60) * 60 + int(day.timestamp())
    expected = [datetime.fromtimestamp(second, zone).replace(tzinfo=UTC).timestamp() for second in instants.tolist()]
    assert to_wall_clock(instants, zone).tolist() == expected
