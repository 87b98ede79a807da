"""docs/domain/presence.md says what a till has to show, for what, and for how long."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from huixiang_card import CardKeys, CardReader

from huixiang.entry.http import openapi_document
from huixiang.kernel.clock import SettableClock
from huixiang.members import rules
from huixiang.members.rules import card as card_rules
from huixiang.platform.db import Database
from tests.documents.pages import page, sections, table
from tests.points.presence import PHONE, TAKING, Till, till

pytestmark = pytest.mark.requirement("PTS-22")

SECTIONS = sections(page("presence"))


@pytest_asyncio.fixture
async def shop(db: Database, clock: SettableClock) -> AsyncIterator[Till]:
    async with till(db, clock) as one:
        yield one


def test_the_routes_named_are_those_that_ask() -> None:
    paths = openapi_document()["paths"]
    named = {}
    for row in table(SECTIONS["What takes points"]):
        route = re.match(r"`POST ([^`]+)`", row["route"])
        assert route is not None
        named[paths[route[1]]["post"]["operationId"]] = row["operation"].strip("`")
    assert named == {operation: operation for operation in TAKING}


def test_the_figures_told_are_the_figures() -> None:
    card, once = (" ".join(SECTIONS[name].split()) for name in ("The code of the card", "The one-time code"))
    assert f"It holds for {card_rules.CODE_LIFE // timedelta(seconds=1)} s." in card
    assert f"up to {card_rules.CODE_EARLY // timedelta(seconds=1)} s behind" in card
    assert f"decimal number of {card_rules.DIGITS} digits" in card
    assert sum(int(row["bytes"]) for row in table(SECTIONS["The code of the card"])) == 82
    alone = " ".join(SECTIONS["Where nobody can be asked"].split())
    assert "a week after the document was fetched" in alone
    assert timedelta(weeks=1) == card_rules.KEYS_GOOD_FOR
    assert CardReader(CardKeys({}, timedelta(0), datetime.max.replace(tzinfo=UTC))).clock_error == timedelta(seconds=15)
    assert "15 s unless the till is told otherwise" in alone
    assert f"for {rules.REPEATED_WITHIN // timedelta(minutes=1)} minutes after the code has run out" in card
    assert f"They hold for {rules.ONE_TIME_LIFE // timedelta(minutes=1)} minutes" in once
    assert f"after {rules.ONE_TIME_GUESSES} wrong guesses" in once
    window = rules.ONE_TIME_COUNTED // timedelta(minutes=1)
    assert f"at most {rules.ONE_TIME_ASKED} codes in {window} minutes" in once


async def test_a_till_is_answered_step_by_step_as_the_page_says(shop: Till) -> None:
    old = await shop.code()
    shop.clock.advance(timedelta(hours=1))
    shows = {
        "": None,
        "a code from an hour ago": old,
        "the code on the card": (code := await shop.code()),
        "the same code": code,
        "the digits that the member reads out": await shop.one_time(),
    }
    assert len(code) == card_rules.DIGITS
    lookup, *spends = table(SECTIONS["At the till, step by step"])
    assert PHONE in lookup["the till sends"]
    for row in spends:
        asked = re.fullmatch(r"spend (\d+), key `([^`]+)`", row["the till sends"])
        assert asked is not None
        answer = await shop.spend(asked[2], shows[row["with `Member-Presence`"]], points=int(asked[1]))
        body = answer.json()
        said = [str(answer.status_code), body.get("code"), body.get("reason")]
        expected = re.fullmatch(
            r"(\d+)(?: `(\w+)`)?(?:, reason `(\w+)`)?(, `Idempotency-Replayed: true`)?", row["is answered"]
        )
        assert expected is not None
        assert said == list(expected.groups()[:3]), row
        assert ("Idempotency-Replayed" in answer.headers) is bool(expected[4]), row
