"""What members are asked to consent to, with the words that they read (MEM-09)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from huixiang.members.model.consents import ConsentTexts
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from tests.entry.program import Program, running

pytestmark = pytest.mark.requirement("MEM-09")

TEXTS = "/api/member/v1/me/consents/texts"


@pytest_asyncio.fixture
async def program(db: Database) -> AsyncIterator[Program]:
    async with running(db) as made:
        yield made


async def shown(program: Program) -> list[dict[str, Any]]:
    answer = await program.client.get(TEXTS, headers=program.member)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def text(purpose: str, version: str, words: str, title: str = "Title") -> dict[str, Any]:
    return {
        "purpose": purpose, "text_version": version, "title": {"zh": title, "en": title},
        "text": {"zh": words, "en": words},
    }  # fmt: skip


async def problems(db: Database, *purposes: dict[str, Any]) -> list[str]:
    async with db.transaction() as tx:
        return [one.path for one in (await rulebook.check(tx, "consents", "default", {"purposes": purposes})).problems]


async def test_each_purpose_is_asked_for_by_itself(program: Program) -> None:
    texts = await shown(program)
    assert [one["purpose"] for one in texts] == ["marketing", "personalisation", "sharing"]
    assert all(one["text_version"] and one["text"]["zh"] and one["text"]["en"] for one in texts)
    headers = program.member | {"Idempotency-Key": "give"}
    given = {"purpose": "marketing", "text_version": texts[0]["text_version"]}
    stands = (await program.client.post("/api/member/v1/me/consents", json=given, headers=headers)).json()
    assert [(one["purpose"], one["given"], one["text_version"]) for one in stands] == [
        ("marketing", True, texts[0]["text_version"])
    ]


async def test_new_words_have_a_new_version(program: Program, db: Database) -> None:
    (first, *_) = await shown(program)
    assert await problems(db, text("marketing", first["text_version"], "other words")) == ["$.purposes[0].text_version"]
    assert await problems(db, first | {"title": {"zh": "另一个标题", "en": "Another title"}}) == []
    assert await problems(db, text("marketing", "2027-01", "other words")) == []
    body = msgspec.convert({"purposes": [text("marketing", "2027-01", "other words")]}, ConsentTexts)
    async with db.transaction() as tx:
        await rulebook.publish(tx, "consents", "default", body, tx.now, "test", "new words")
    assert [(one["purpose"], one["text_version"]) for one in await shown(program)] == [("marketing", "2027-01")]
    assert await problems(db, text("marketing", "2026-01", "yet others")) == ["$.purposes[0].text_version"], (
        "what an earlier document said counts too"
    )


@pytest.mark.parametrize(
    ("purposes", "path"),
    [
        ([text("marketing", "1", " ")], "$.purposes[0].text.zh"),
        ([text("a", "1", "x"), text("b", "1", "x", "t" * 41)], "$.purposes[1].title.zh"),
        ([text("a", "1", "x" * 2001)], "$.purposes[0].text.zh"),
        ([text("a", "1", "x"), text("a", "2", "x")], "$"),
    ],
)
async def test_texts_that_cannot_be(program: Program, db: Database, purposes: list[dict[str, Any]], path: str) -> None:
    del program
    assert await problems(db, *purposes) == [path]
