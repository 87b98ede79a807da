"""What the embedded server is given of a machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from huixiang.platform.embedded.tuning import free_disk_mb, settings_for

GIB = 1024


@pytest.mark.parametrize(
    ("memory_mb", "pages"),
    [(200, "64MB"), (512, "128MB"), (8 * GIB, "2048MB"), (32 * GIB, "8192MB"), (256 * GIB, "8192MB")],
)
def test_a_quarter_of_the_memory_is_for_pages(memory_mb: int, pages: str) -> None:
    assert settings_for(memory_mb, 100 * GIB)["shared_buffers"] == pages


@pytest.mark.parametrize(
    ("free_mb", "most", "least"),
    [
        (0, "1024MB", "256MB"),
        (8 * GIB, "1024MB", "256MB"),
        (24 * GIB, "3072MB", "768MB"),
        (64 * GIB, "8192MB", "1024MB"),
        (1024 * GIB, "16384MB", "1024MB"),
    ],
)
def test_an_eighth_of_the_free_disk_is_for_the_log_between_checkpoints(free_mb: int, most: str, least: str) -> None:
    settings = settings_for(8 * GIB, free_mb)
    assert (settings["max_wal_size"], settings["min_wal_size"]) == (most, least)


def test_the_disk_is_that_of_the_place_though_it_is_not_made_yet(tmp_path: Path) -> None:
    free = free_disk_mb(tmp_path)
    assert free > 0
    assert abs(free_disk_mb(tmp_path / "home" / "postgres" / "data") - free) < 10 * GIB
