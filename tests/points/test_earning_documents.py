"""What earning and spending documents may say: a refusal names the path."""

from __future__ import annotations

from importlib import resources
from typing import Any

import msgspec
import pytest

from huixiang.entry.wiring import register_rule_kinds
from huixiang.platform.db import Database
from huixiang.rulebook import service
from huixiang.rulebook.model import BEGINNING, RuleDocumentInvalid

ALWAYS = {"type": "all", "of": []}
SHORT = {"policy": "months", "months": 6, "end_of": "month"}


def shipped(name: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(
        resources.files("huixiang.rulebook").joinpath("shipped", f"{name}.json").read_bytes()
    )
    return found


def multiplied(when: dict[str, Any]) -> dict[str, Any]:
    return {"multipliers": [{"code": "x", "bp": 1, "when": when}]}


async def publish(db: Database, kind: str, body: dict[str, Any]) -> None:
    register_rule_kinds()
    async with db.transaction() as tx:
        await service.publish(tx, kind, "tried", body, BEGINNING, "test", "tried")


@pytest.mark.parametrize("name", ["earning.default", "earning.base", "spending.default", "breaker.default"])
async def test_what_is_shipped_may_be_published(db: Database, name: str) -> None:
    await publish(db, name.partition(".")[0], shipped(name))


@pytest.mark.requirement("PTS-02", "PTS-03", "PTS-04", "PTS-11")
@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"expiry": SHORT}, "$.expiry.reason"),
        ({"expiry": {"policy": "year_end"}}, "$.expiry.reason"),
        ({"expiry": {"policy": "days", "days": 364}}, "$.expiry.reason"),
        ({"expiry": {"policy": "months"}}, "$.expiry"),
        ({"expiry": {"policy": "never", "months": 3}}, "$.expiry"),
        ({"expiries": [{"cause": "sign_in", "expiry": SHORT}]}, "$.expiries[0].expiry.reason"),
        ({"expiries": [{"expiry": {"policy": "never"}}]}, "$.expiries[0]"),
        ({"caps": [{"code": "a", "period": "day", "limit": 5, "causes": ["fishing"]}]}, "$.caps[0].causes[0]"),
        ({"caps": [{"code": "a", "period": "day", "limit": 5, "causes": []}]}, "$.caps[0].causes"),
        ({"caps": [{"code": "a", "period": "year", "limit": 5}]}, "$.caps[0].period"),
        ({"caps": [{"code": "a", "period": "day", "limit": 5}] * 2}, "$.caps[1].code"),
        ({"multipliers": [{"code": "x", "bp": 1, "when": ALWAYS}] * 2}, "$.multipliers[1].code"),
        (
            multiplied({"type": "during", "start": "2026-02-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}),
            "$.multipliers[0].when.end",
        ),
        (multiplied({"colour": "red"}), "$.multipliers[0].when"),
        (multiplied({"type": "known", "attribute": "colour"}), "$.multipliers[0].when.attribute"),
        (multiplied({"type": "known", "attribute": "points"}), "$.multipliers[0].when.attribute"),
        (
            multiplied({"type": "any", "of": [ALWAYS, {"type": "basket", "sum": "skus", "at_least": 2}]}),
            "$.multipliers[0].when.of[1]",
        ),
        (
            multiplied({"type": "not", "of": {"type": "bought", "count": "orders", "days": 9, "at_least": 1}}),
            "$.multipliers[0].when.of",
        ),
        ({"exclusions": [{"code": "x", "when": ALWAYS}]}, "$.exclusions[0].when"),
        ({"exclusions": [{"code": "x", "when": {"type": "weekdays", "days": []}}]}, "$.exclusions[0].when.days"),
        (
            {
                "caps": [],
                "behaviours": [
                    {
                        "code": "consumption",
                        "name": {"zh": "买", "en": "Buy"},
                        "points": 1,
                        "frequency": {"times": 1, "per": "day"},
                    }
                ],
            },
            "$.behaviours[0].code",
        ),
    ],
)
async def test_a_wrong_earning_document_is_refused_by_its_path(
    db: Database, changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(RuleDocumentInvalid) as refused:
        await publish(db, "earning", shipped("earning.default") | changes)
    assert refused.value.fields["path"] == path


@pytest.mark.requirement("PTS-11")
async def test_points_may_be_short_lived_for_a_reason(db: Database) -> None:
    reason = {"zh": "限时活动积分", "en": "Points of a campaign"}
    await publish(db, "earning", shipped("earning.default") | {"expiry": SHORT | {"reason": reason}})


@pytest.mark.requirement("PTS-06")
@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"minimum": 150}, "$.minimum"),
        ({"raises": [{"code": "x", "name": {"zh": "甲", "en": "A"}, "fen": 99, "when": {}}]}, "$.raises[0].fen"),
        ({"share_bp": -1}, "$.share_bp"),
        ({"step": 0}, "$.step"),
    ],
)
async def test_a_wrong_spending_document_is_refused_by_its_path(
    db: Database, changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(RuleDocumentInvalid) as refused:
        await publish(db, "spending", shipped("spending.default") | changes)
    assert refused.value.fields["path"] == path
