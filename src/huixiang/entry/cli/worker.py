"""`huixiang worker`: one more worker, on this machine or another."""

from __future__ import annotations

from huixiang.platform.settings import Settings


def worker() -> None:
    """Relay events and run jobs and schedules until stopped. `serve` starts one by itself."""
    from huixiang.entry import worker as program  # noqa: PLC0415 - loaded when run
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415

    program.main(endpoints.connect(Settings.load()))
