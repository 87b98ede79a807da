"""docs/domain/rulebook.md says what can be ruled, and by which routes."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import resources

from huixiang.rulebook.routes import ROUTES
from huixiang.staff.service import SCOPES
from tests.documents.pages import page, sections, table

SECTIONS = sections(page("rulebook"))
CALL = re.compile(r"`(GET|POST|PATCH)( [^`]*)?`")


def test_every_kind_is_named_with_what_is_shipped_of_it() -> None:
    rows = {row["kind"].strip("`"): re.findall(r"`([^`]+)`", row["codes shipped"]) for row in table(SECTIONS["Kinds"])}
    assert sorted(rows) == registered()
    names = [file.name.split(".") for file in resources.files("huixiang.rulebook").joinpath("shipped").iterdir()]
    assert {(kind, code) for kind, codes in rows.items() for code in codes} == {(kind, code) for kind, code, _ in names}


def registered() -> list[str]:
    """The kinds of the program, in a process of its own: tests register others."""
    program = (
        "from huixiang.entry.wiring import register_rule_kinds; from huixiang.rulebook import service; "
        "register_rule_kinds(); print(*service.kinds())"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    return run.stdout.split()


def test_every_route_stands_under_its_permission() -> None:
    told = {
        (method, path.strip().split("?")[0], scope)
        for row in table(SECTIONS["Over HTTP"])
        for (method, path), scope in zip(CALL.findall(row["path"]), scopes(row), strict=True)
    }
    served = {
        (method, re.sub(r":\w+\}", "}", path.partition("{code:str}")[2]), route.opt["access"].permission)
        for route in ROUTES
        for path in route.paths
        for method in route.http_methods
        if method != "OPTIONS"
    }
    assert told == served
    assert {scope for _, _, scope in served} <= SCOPES


def scopes(row: dict[str, str]) -> list[str]:
    """One for each call; one for all where there is one."""
    named = re.findall(r"`([^`]+)`", row["permission"])
    return named if len(named) > 1 else named * len(CALL.findall(row["path"]))
