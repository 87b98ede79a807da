"""What people see of an import: its commands, its progress over HTTP."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from huixiang.entry.cli.demo import demo_settings
from huixiang.entry.cli.importing import reconciliation
from huixiang.entry.cli.main import app
from huixiang.intake.jobs import run_import
from huixiang.intake.model import Figures, Report, SourceFigures
from huixiang.intake.routes import ROUTES
from huixiang.platform.db import Database
from huixiang.platform.settings import CannotRun
from tests.intake.ground import Notes, sample
from tests.support.http_client import client_of
from tests.support.programme import load_programme

FEW = 3


def test_the_demonstration_has_a_home_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("HUIXIANG_HOME", raising=False)
    settings = demo_settings()
    assert (settings.environment, settings.home) == ("demo", tmp_path / "huixiang" / "demo")
    monkeypatch.setenv("HUIXIANG_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("HUIXIANG_LOG_LEVEL", "debug")
    settings = demo_settings()
    assert (settings.home, settings.log_level) == (tmp_path / "other", "debug")


def test_the_demonstration_is_refused_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIXIANG_ENVIRONMENT", "production")
    with pytest.raises(CannotRun, match="production"):
        demo_settings()


@pytest.mark.parametrize("arguments", [["import", "completejourney"], ["demo", "card"], ["demo", "code"]])
def test_without_a_running_installation_a_command_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str]
) -> None:
    monkeypatch.setenv("HUIXIANG_HOME", str(tmp_path))
    outcome = CliRunner().invoke(app, arguments)
    assert isinstance(outcome.exception, CannotRun)
    assert str(tmp_path) in str(outcome.exception)


def test_import_shows_what_can_be_read_in() -> None:
    outcome = CliRunner().invoke(app, ["import"])
    assert outcome.exit_code == 0
    assert "completejourney" in outcome.output


def test_the_reconciliation_shows_money_in_yuan_and_names_what_differs() -> None:
    source = Figures(**dict.fromkeys(Figures.__struct_fields__, 7) | {"payable_fen": 459_603_958})
    report = Report(
        source=SourceFigures(figures=source, baskets=9, empty_baskets=2, empty_lines=3, inexact=0),
        loaded=msgspec.structs.replace(source, points=8),
        differences=[],
    )
    lines = [line.split() for line in reconciliation(report)]
    assert ["sales", "4,596,039.58", "4,596,039.58", "equal"] in lines
    assert ["points", "7", "8", "DIFFERENT"] in lines
    assert sum("DIFFERENT" in line for line in lines) == 1


@pytest.mark.demo_data
@pytest.mark.requirement("MEM-12")
async def test_progress_is_shown_to_staff_who_may_read_insight(db: Database) -> None:
    await load_programme(db)
    async with client_of(db, ROUTES, "insight:read") as client:
        none = await client.get("/api/console/v1/import")
        assert (none.status_code, none.json()) == (200, None)
        await run_import(db, sample(FEW), Notes(), owners=FEW)
        answer = await client.get("/api/console/v1/import")
    assert answer.status_code == 200
    progress = answer.json()
    assert (progress["state"], progress["done"], progress["total"]) == ("done", 1, 1)
    assert progress["finished_at"].endswith("Z")
    async with client_of(db, ROUTES, "members:read") as client:
        assert (await client.get("/api/console/v1/import")).status_code == 403
