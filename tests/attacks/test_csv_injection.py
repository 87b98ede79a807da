"""CSV injection: no cell of any export is a formula to a spreadsheet, whatever somebody has written into it."""

from __future__ import annotations

import csv
import io

import pytest

from huixiang.kernel.ids import new_id
from huixiang.kernel.sheet import FORMULA_STARTS, harmless
from huixiang.platform.db import Database
from huixiang.staff.model import Role
from tests.architecture.source_tree import ROOT
from tests.attacks.callers import documented
from tests.attacks.test_idor import filled
from tests.entry.program import running, sign_in

SOURCE = ROOT / "src/huixiang"

pytestmark = pytest.mark.requirement("SEC-01")

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://evil.example","x")', "\t=1", "=cmd|' /C calc'!A0")


async def test_csv_injection_in_every_export(db: Database) -> None:
    async with running(db) as program:
        points = f"/api/v1/members/{program.member_id}/points/credits"
        credit = {"points": 10, "cause": "goodwill"}
        headers = program.system | {"Idempotency-Key": "credit"}
        assert (await program.client.post(points, json=credit, headers=headers)).status_code == 201
        for formula in FORMULAS:
            for field in ("cause", "budget"):
                body = credit | {field: formula}
                headers = program.system | {"Idempotency-Key": str(new_id())}
                await program.client.post(points, json=body, headers=headers)
        staff = await sign_in(db, Role.FINANCE)
        # What is asked for by POST hands out codes, which nobody writes but this program.
        exports = [one for one, _ in documented() if "text/csv" in one.streamed and one.method == "GET"]
        assert len(exports) >= 6
        wanted = {
            "roll-forward.csv": {"from": "2026-03-01", "to": "2026-03-17"},
            "liability.csv": {"value_points": "100", "value_fen": "100"},
        }
        for one in exports:
            credentials = {"system": program.system, "member": program.member, "staff": staff}[one.access.kind]
            path = filled(one.path, {"member_id": str(program.member_id)})
            query = wanted.get(path.rpartition("/")[2], {})
            answer = await program.client.get(path, params=query, headers=credentials)
            if "{grant_id}" in one.path:  # there is none; what writes it is looked at below
                continue
            if path.endswith("/liability.csv"):  # of figures alone, and none before the first day was closed
                assert answer.json()["code"] == "finance_no_day_closed", answer.text
                continue
            assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/csv"), path
            assert answer.headers["content-disposition"].startswith("attachment; filename="), path
            rows = list(csv.reader(io.StringIO(answer.text)))
            assert len(rows) >= 2, path
            cells = [cell for row in rows for cell in row]
            numbers = [cell for cell in cells if cell.lstrip("-").isdigit()]
            assert [cell for cell in cells if cell.startswith(FORMULA_STARTS) and cell not in numbers] == [], path


@pytest.mark.parametrize("formula", FORMULAS)
def test_csv_injection_formulas_are_shown_and_not_run(formula: str) -> None:
    assert harmless(formula) == f"'{formula}"
    assert harmless(-1) == -1


def test_csv_injection_all_csv_is_written_in_one_place() -> None:
    """But for the file of settlement, which programs read and which marks formulas itself, and sums without a text."""
    writing = {path.as_posix() for path in SOURCE.rglob("*.py") if "csv.writer(" in path.read_text()}
    known = {"kernel/sheet.py", "points/rules/settlement.py", "entry/cli/ledger_proofs.py"}
    assert writing == {(SOURCE / name).as_posix() for name in known}
