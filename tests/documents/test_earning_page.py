"""docs/domain/earning.md says what the rules do: every table is run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

import msgspec
import pytest

from huixiang.conditions.facts import Facts
from huixiang.entry.attributes import REGISTRY
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.model import BreakerRules, EarningRules, Expiry, SpendingRules
from huixiang.points.model.adjusting import NewAdjustment
from huixiang.points.model.breaker import Flow
from huixiang.points.model.earning_conditions import KNOWN
from huixiang.points.rules.breaker import breach
from huixiang.points.rules.earning import multiplier_bp
from huixiang.points.rules.spending import usable, worth_fen
from huixiang.points.rules.validity import expires_on
from huixiang.points.service import adjust, behaviour, pauses
from tests.documents.pages import number, page, sections, shipped, table
from tests.support.programme import load_programme, register_members

SECTIONS = sections(page("earning"))
DEFAULT = shipped("earning.default", EarningRules)


@pytest.fixture(autouse=True)
def nothing_paused() -> Iterator[None]:
    pauses.forget()
    yield
    pauses.forget()


async def one_member(db: Database) -> UUID:
    await load_programme(db)
    [member] = await register_members(db, 1)
    return member


@pytest.mark.requirement("PTS-02")
def test_the_attributes_are_those_there_are() -> None:
    listed = [(row["attribute"], row["type"]) for row in table(SECTIONS["An order"])]
    assert listed == [(one.code, one.type) for one in KNOWN.attributes.values()]


def test_attributes_are_those_of_the_whole_program() -> None:
    for code, one in KNOWN.attributes.items():
        assert REGISTRY.attributes[code] == one


@pytest.mark.requirement("PTS-02")
@pytest.mark.parametrize("stacking", ["highest", "sum", "product"])
def test_the_example_of_stacking(stacking: str) -> None:
    known = Facts(now=datetime.fromisoformat("2026-03-18T04:00:00Z"), calendar=BusinessCalendar("Asia/Shanghai"))
    rows = table(SECTIONS["Example: stacking"])
    assert len(rows) >= 5
    for row in rows:
        rates = [] if row["multipliers"] == "none" else row["multipliers"].split()
        body = msgspec.to_builtins(DEFAULT) | {
            "multipliers": [
                {"code": f"m{n}", "bp": int(bp), "when": {"type": "all", "of": []}} for n, bp in enumerate(rates)
            ],
            "stacking": stacking,
            "ceiling_bp": int(row["ceiling"]),
        }
        stacked = multiplier_bp(msgspec.convert(body, EarningRules), (), known)
        assert stacked == int(row[stacking]), row


@pytest.mark.requirement("PTS-03")
def test_the_behaviours_are_the_shipped_ones() -> None:
    listed = [(row["behaviour"], row["points"], row["how often"]) for row in table(SECTIONS["Shipped behaviours"])]
    assert listed == [
        (one.code, str(one.points), f"{one.frequency.times} per {one.frequency.per}") for one in DEFAULT.behaviours
    ]


@pytest.mark.requirement("PTS-04")
async def test_the_example_of_a_cap(db: Database) -> None:
    member = await one_member(db)
    rows = table(SECTIONS["Example: a day under the shipped cap"])
    async with db.transaction(now=datetime.fromisoformat("2026-03-18T16:00:00+00:00")) as tx:
        for nth, row in enumerate(rows):
            happened = datetime.fromisoformat(row["happened"])
            reward = await behaviour.reward(tx, member, row["act"], str(nth), happened)
            assert [reward.offered, reward.points, reward.cut] == [
                int(row[column]) for column in ("offered", "earned", "cut")
            ], row


@pytest.mark.requirement("PTS-11")
def test_the_examples_of_expiry() -> None:
    rows = table(SECTIONS["Example: last days"])
    for row in rows:
        policy = msgspec.json.decode(row["policy"].strip("`"), type=Expiry)
        earned, recorded = date.fromisoformat(row["earned"]), date.fromisoformat(row["recorded"])
        assert expires_on(policy, earned, recorded).isoformat() == row["last day"], row
    named = {row["policy"].strip("`") for row in table(SECTIONS["Expiry"])}
    assert named == {msgspec.json.decode(row["policy"].strip("`"))["policy"] for row in rows}


@pytest.mark.requirement("PTS-06")
def test_the_example_of_cash_off() -> None:
    rules = shipped("spending.default", SpendingRules)
    for row in table(SECTIONS["Example: cash off"]):
        points, reasons = usable(rules, rules.rate, int(row["available"]), int(row["goods_fen"]))
        assert (points, worth_fen(rules.rate, points), " ".join(reasons)) == (
            int(row["usable"]),
            int(row["fen_off"]),
            row["reasons"],
        )


@pytest.mark.requirement("PTS-23")
def test_the_example_of_the_band() -> None:
    rules = shipped("breaker.default", BreakerRules)
    for row in table(SECTIONS["Example: the shipped band"]):
        found = breach(
            rules,
            Flow(
                side="issue",
                cause="share",
                rule=None,
                hour=int(row["this hour"]),
                day=int(row["this day"]),
                highest_hour=int(row["highest hour"]),
                highest_day=int(row["highest day"]),
                days=rules.history_days,
            ),
        )
        told = (f"by the {found.span}", str(found.limit)) if found else ("no", "")
        assert told == (row["paused"], row["limit"]), row


@pytest.mark.requirement("PTS-13")
async def test_the_example_of_adjustments(db: Database) -> None:
    member, person = await one_member(db), new_id()
    async with db.transaction() as tx:
        for row in table(SECTIONS["Example: one person's day on one account"]):
            asked = NewAdjustment(points=number(row["points"]), ground="correction", reason="till was down")
            assert (await adjust.request(tx, member, asked, person)).state == row["state"], row
