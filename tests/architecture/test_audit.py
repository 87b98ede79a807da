"""The audit of dependencies: what it makes of what it is told, and that silence is no approval."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.audit import LOCK, ROOT, Outcome, exit_code, first_requirement

SOUND, WEAK, NOT_ASKED = Outcome.SOUND, Outcome.WEAK, Outcome.NOT_ASKED


@pytest.mark.requirement("SEC-02")
@pytest.mark.parametrize(
    ("outcomes", "lenient", "strict"),
    [
        ((SOUND, SOUND), 0, 0),
        ((SOUND, WEAK), 1, 1),
        ((NOT_ASKED, SOUND), 0, 2),
        ((NOT_ASKED, WEAK), 1, 1),
        ((NOT_ASKED, NOT_ASKED), 0, 2),
    ],
)
def test_a_weakness_fails_and_so_does_silence_where_it_counts(
    outcomes: tuple[Outcome, ...], lenient: int, strict: int
) -> None:
    assert (exit_code(outcomes, strict=False), exit_code(outcomes, strict=True)) == (lenient, strict)


def test_one_package_is_asked_about_first(tmp_path: Path) -> None:
    probe = first_requirement(ROOT / LOCK, tmp_path / "probe.txt").read_text()
    assert probe.count("==") == 1
    assert "--hash=sha256:" in probe
