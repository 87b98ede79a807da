"""Any history of orders agrees with the model: the other half (CHK-01 to CHK-06, PTS-24)."""

from __future__ import annotations

import pytest

from tests.checkout.order_histories import play_histories, steps_asked

FIRST_SEED = 1_001


@pytest.mark.requirement("CHK-01", "CHK-02", "CHK-03", "CHK-04", "CHK-05", "CHK-06", "PTS-24")
def test_any_history_agrees_with_the_model(database_url: str) -> None:
    play_histories(database_url, steps_asked(), FIRST_SEED)
