"""Points brought in by the thousand over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from tests.points.surface import Surface

pytestmark = [pytest.mark.requirement("PTS-19")]


async def bring(surface: Surface, *rows: Any) -> dict[str, Any]:
    body = b"\n".join(row if isinstance(row, bytes) else msgspec.json.encode(row) for row in rows)
    headers = {**surface.program.system, "Content-Type": "application/x-ndjson"}
    answer: httpx.Response = await surface.program.client.post(
        "/api/v1/points/credits/bulk", content=body, headers=headers
    )
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def row(surface: Surface, key: str, points: int = 100, **more: Any) -> dict[str, Any]:
    happened = "2025-11-02T10:00:00+08:00"
    return {"member_id": str(surface.member), "key": key, "points": points, "occurred_at": happened, **more}


async def test_rows_are_kept_once_and_bad_ones_reported(surface: Surface) -> None:
    rows = [
        row(surface, "a", expires_on="2026-12-31"),
        row(surface, "b", 50, cause="goodwill", budget="care"),
        b"{",
        row(surface, "c", member_id="00000000-0000-7000-8000-00000000dead"),
        row(surface, "d", expires_on="2026-01-01"),
        row(surface, "e", occurred_at="2027-01-01T00:00:00Z"),
        row(surface, "f", book="nothing"),
        row(surface, "g", 3, book="growth"),
        row(surface, "a", expires_on="2026-12-31"),
        row(surface, "a", 99),
    ]
    told = await bring(surface, *rows)
    assert [(one["outcome"], one.get("problem", {}).get("code")) for one in told["rows"]] == [
        ("created", None),
        ("created", None),
        ("refused", "json_malformed"),
        ("refused", "member_unknown"),
        ("refused", "input_invalid"),
        ("refused", "input_invalid"),
        ("refused", "book_unknown"),
        ("created", None),
        ("unchanged", None),
        ("refused", "posting_conflict"),
    ]
    assert (told["accepted"], told["refused"]) == (4, 6)
    balance = (await surface.get()).json()
    assert balance["balance"] == 150
    assert balance["expiring"][-1] == {"expires_on": "2026-12-31", "points": 100} or len(balance["expiring"]) == 2


async def test_a_repeated_body_gives_nothing_twice(surface: Surface) -> None:
    rows = [row(surface, f"{n}", n + 1) for n in range(20)]
    assert {one["outcome"] for one in (await bring(surface, *rows))["rows"]} == {"created"}
    assert {one["outcome"] for one in (await bring(surface, *rows))["rows"]} == {"unchanged"}
    assert (await surface.get()).json()["balance"] == 210


async def test_it_needs_its_scope(surface: Surface) -> None:
    answer = await surface.program.client.post("/api/v1/points/credits/bulk", content=b"")
    assert answer.status_code == 401
