"""The tables of docs/domain/pricing-explained.md against the engine."""

from __future__ import annotations

import pytest

from huixiang.conditions.facts import Facts
from huixiang.entry.attributes import REGISTRY
from huixiang.pricing.model.basket import Situation
from huixiang.pricing.rules.compile import RuleSet, compile_promotions
from huixiang.pricing.rules.engine import price
from huixiang.pricing.rules.hints import hints
from tests.architecture.source_tree import ROOT
from tests.pricing.worked import CALENDAR, NOON, Example, examples, promotions

PAGE = ROOT / "docs" / "domain" / "pricing-explained.md"


def rows(columns: int) -> list[tuple[str, ...]]:
    """Of the tables that name a case and have so many columns."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = tuple(cell.strip().strip("`") for cell in line.strip("|").split("|"))
        if len(cells) == columns and cells[0][:1].isdigit():
            found.append(cells)
    return found


def ready(example: Example) -> tuple[RuleSet, Situation]:
    document = promotions()
    rules = tuple(rule for rule in document.rules if rule.code in example.rules)
    facts = Facts(
        now=CALENDAR.at(example.day, NOON), calendar=CALENDAR, member={"tier": example.tier} if example.tier else {}
    )
    in_force = type(document)(rules=rules, exclusions=document.exclusions, maxima=document.maxima)
    return compile_promotions(in_force, 1, REGISTRY), Situation(facts=facts, coupons=example.coupons)


def first_of(case: str) -> Example:
    """Of the tables of a case the first."""
    return next(example for example in examples() if example.case == case)


@pytest.mark.requirement("PRC-08")
def test_the_page_tells_why_rules_were_not_applied() -> None:
    told = []
    for case in dict.fromkeys(row[0] for row in rows(6)):
        example = first_of(case)
        rule_set, situation = ready(example)
        for one in price(rule_set, example.basket(), situation, explain="full").not_applied:
            assert one.text is not None
            told.append((case, one.rule, one.coupon_id or "", one.reason, one.text.en, one.text.zh))
    assert told == rows(6)
    assert len(told) >= 8


@pytest.mark.requirement("PRC-09")
def test_the_page_tells_the_hints() -> None:
    told = []
    for case in dict.fromkeys(row[0] for row in rows(3)):
        example = first_of(case)
        rule_set, situation = ready(example)
        told += [(case, hint.text.en, hint.text.zh) for hint in hints(rule_set, example.basket(), situation)]
    assert told == rows(3)
    assert len(told) >= 2
