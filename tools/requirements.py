"""Join the requirements to the tests that prove them and to the routes or pages that offer them.

    python -m tools.requirements            print the table
    python -m tools.requirements --open     print only what nothing proves yet

Ids, sentences and routes stand in docs/requirements.txt; tests name ids with `@pytest.mark.requirement("PTS-18")` and
are collected by pytest itself, so a test that pytest does not find does not count.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "docs" / "requirements.txt"
LINE = re.compile(r"(?P<id>[A-Z][A-Z0-9]*-\d+) \| (?P<what>[^|]+?) \|(?: (?P<places>.+))?")


@dataclass
class Requirement:
    id: str
    what: str
    places: list[str]
    tests: list[str] = field(default_factory=list)


def read_list(text: str) -> dict[str, Requirement]:
    """The requirements in the order of the list. Raises ValueError for a line that is none, or an id given twice."""
    found: dict[str, Requirement] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = LINE.fullmatch(line.strip())
        if match is None or match["id"] in found:
            raise ValueError(f"docs/requirements.txt:{number}: {line.strip()}")
        places = [place.strip() for place in (match["places"] or "").split(";") if place.strip()]
        found[match["id"]] = Requirement(match["id"], match["what"], places)
    return found


class Collector:
    """A pytest plugin that notes which tests carry which ids."""

    def __init__(self) -> None:
        self.tests: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            name = item.nodeid.split("[")[0]
            for mark in item.iter_markers("requirement"):
                for requirement in mark.args:
                    self.tests[str(requirement)].add(name)


def collect() -> dict[str, set[str]]:
    """id -> tests. Exits where pytest cannot collect, because half a table would lie."""
    collector = Collector()
    said, sys.stdout = sys.stdout, StringIO()
    try:
        outcome = pytest.main(
            ["--collect-only", "-qq", "-p", "no:cacheprovider", str(ROOT / "tests")], plugins=[collector]
        )
        captured = sys.stdout.getvalue()
    finally:
        sys.stdout = said
    if outcome != pytest.ExitCode.OK:
        print(captured[-4000:], file=sys.stderr)
        raise SystemExit(f"pytest could not collect the tests ({outcome!r})")
    return collector.tests


def joined() -> list[Requirement]:
    known = read_list(LIST.read_text(encoding="utf-8"))
    tests = collect()
    strangers = sorted(set(tests) - set(known))
    if strangers:
        raise SystemExit(f"ids that docs/requirements.txt does not know: {', '.join(strangers)}")
    for requirement in known.values():
        requirement.tests = sorted(tests.get(requirement.id, ()))
    return list(known.values())


def short(test: str) -> str:
    """tests/points/test_rules.py::test_a -> points/test_rules::test_a"""
    return test.removeprefix("tests/").replace(".py::", "::")


def printed(requirements: list[Requirement]) -> Table:
    table = Table("id", "what", "tests", "routes and pages", show_lines=False, expand=True)
    for requirement in requirements:
        tests = "\n".join(short(test) for test in requirement.tests) or "-"
        table.add_row(requirement.id, requirement.what, tests, "\n".join(requirement.places) or "-")
    return table


def main(arguments: list[str]) -> int:
    requirements = joined()
    proven = sum(bool(requirement.tests) for requirement in requirements)
    if "--open" in arguments:
        requirements = [requirement for requirement in requirements if not requirement.tests]
    width: dict[str, Any] = {} if sys.stdout.isatty() else {"width": 160}
    console = Console(**width)
    console.print(printed(requirements))
    console.print(f"{proven} of {proven + sum(not requirement.tests for requirement in requirements)} have a test")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
