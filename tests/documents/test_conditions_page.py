"""docs/domain/conditions.md says what conditions do."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest

from huixiang.conditions import sql
from huixiang.conditions.check import check
from huixiang.conditions.explain import explain, reason
from huixiang.conditions.facts import Facts, Value
from huixiang.conditions.model import DEPTH_MAX, NODES_MAX, VALUES_MAX, Condition, decode
from huixiang.conditions.predicate import compile as compile_predicate
from huixiang.entry.attributes import REGISTRY
from huixiang.kernel.calendar import BusinessCalendar
from tests.documents.pages import page, sections, table

SECTIONS = sections(page("conditions"))
CALENDAR = BusinessCalendar("Asia/Shanghai")
EXAMPLE = re.compile(r"```json\n(.*?)```\n\n(\|.*?)(?:\n\n|\Z)", re.DOTALL)


def quoted(cell: str) -> Any:
    return msgspec.json.decode(cell.strip("`"))


def facts(member: dict[str, Any], at: str = "2026-03-18 12:00") -> Facts:
    local = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(CALENDAR.zone_name))
    known: dict[str, Value] = {
        code: date.fromisoformat(value) if REGISTRY.attributes[code].type == "date" else value
        for code, value in member.items()
    }
    return Facts(now=local.astimezone(UTC), calendar=CALENDAR, member=known)


def test_every_node_is_listed_with_its_fields() -> None:
    listed = {row["type"]: row["fields"] for row in table(SECTIONS["Nodes"])}
    assert listed.keys() == {kind.__struct_config__.tag for kind in get_args(Condition)}
    for kind in get_args(Condition):
        fields = sorted(field.name for field in msgspec.structs.fields(kind))
        assert sorted(listed[kind.__struct_config__.tag].split(", ")) == fields


def test_what_is_not_known() -> None:
    asked = [
        compile_predicate(decode(written), REGISTRY)
        for written in (
            b'{"type":"compare","attribute":"tier","op":"ne","value":"gold"}',
            b'{"type":"not","of":{"type":"compare","attribute":"tier","op":"eq","value":"gold"}}',
        )
    ]
    rows = table(SECTIONS["What is not known"])
    assert len(rows) == 3
    for row in rows:
        known = facts({} if row["tier"] == "unknown" else {"tier": row["tier"]})
        assert [holds(known) for holds in asked] == [
            row["tier ne gold"] == "yes",
            row["not (tier eq gold)"] == "yes",
        ]


def test_the_attributes_are_those_of_the_registry() -> None:
    listed = [(row["attribute"], row["type"], row["of"]) for row in table(SECTIONS["Attributes"])]
    assert listed == [(one.code, one.type, one.scope) for one in REGISTRY.attributes.values()]


@pytest.mark.requirement("PRC-06")
def test_the_worked_examples() -> None:
    examples = EXAMPLE.findall(SECTIONS["Worked examples"])
    assert len(examples) == 2
    for written, rows in examples:
        condition = decode(written)
        holds = compile_predicate(condition, REGISTRY)
        for row in table(rows):
            known = facts(quoted(row["member"]), row["at"])
            assert holds(known) is (row["holds"] == "yes"), row
            if row["because"]:
                assert reason(explain(condition, known, REGISTRY)).en == row["because"]


def test_errors() -> None:
    for row in table(SECTIONS["Errors"]):
        (problem,) = check(decode(row["condition"].strip("`")), REGISTRY)
        assert (problem.path, problem.problem) == (row["path"], row["problem"])
    text = " ".join(SECTIONS["Errors"].split())
    assert f"at most {DEPTH_MAX} levels and {NODES_MAX} nodes, a set at most {VALUES_MAX:,} values" in text


def test_the_statement_is_what_is_compiled() -> None:
    written, _ = EXAMPLE.findall(SECTIONS["Worked examples"])[0]
    now = facts({}, "2026-03-18 18:00").now
    query = sql.compile(decode(written), REGISTRY, now=now, calendar=CALENDAR)
    assert f"```sql\n{query.text}\n```" in SECTIONS["As SQL"]
