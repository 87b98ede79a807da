"""The guide to the API says what holds."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from huixiang.platform.db import Database
from huixiang.platform.web import limits
from tests.entry.program import Program, running
from tests.entry.test_http import LINE, order, post_order

GUIDE = (Path(__file__).parents[2] / "docs" / "api" / "README.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.requirement("INT-01")


@pytest_asyncio.fixture
async def program(db: Database) -> AsyncIterator[Program]:
    async with running(db) as one:
        yield one


async def test_the_problem_document_shown_is_the_one_answered(program: Program) -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    answered = (await post_order(program, order(lines=[{**LINE, "payable_fen": -1}]))).json()
    expected = json.loads(shown)
    assert expected.keys() == answered.keys()
    assert re.fullmatch(r"[0-9a-f]{32}-\d+", expected.pop("request_id"))
    del answered["request_id"]
    assert answered == expected


def test_the_limits_told_are_the_limits() -> None:
    told = " ".join(GUIDE.split())
    assert f"at most {limits.BODY_BYTES >> 20} MiB" in told
    assert f"a bulk body {limits.BULK_BODY_BYTES >> 20} MiB and {limits.BULK_LINES:,} lines" in told
    assert f"of at most {limits.BULK_LINE_BYTES >> 10} KiB" in told
    assert f"all headers together are at most {limits.HEADER_BYTES >> 10} KiB" in told
    assert f"path and query {limits.TARGET_BYTES >> 10} KiB" in told
    assert f"at most {limits.NESTING} levels" in told
    assert "outside {} to {}".format(*limits.YEARS) in told
