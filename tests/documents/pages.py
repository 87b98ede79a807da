"""Reading what documents say, so that tests can hold the program to it."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

DOMAIN = Path(__file__).parents[2] / "docs" / "domain"
HEADING = re.compile(r"^(#+) (.*)$", re.MULTILINE)
JSON = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MINUS = "−"  # as documents print it


def page(name: str) -> str:
    return (DOMAIN / f"{name}.md").read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """What stands under each heading, up to the next one."""
    found = list(HEADING.finditer(text))
    assert len({match[2] for match in found}) == len(found)
    ends = [*(match.start() for match in found[1:]), len(text)]
    return {match[2]: text[match.end() : end] for match, end in zip(found, ends, strict=True)}


def table(text: str) -> list[dict[str, str]]:
    """The rows of the first table, by column."""
    header = _lines(text)[0]
    return [dict(zip(header, row, strict=True)) for row in table_rows(text)]


def table_rows(text: str) -> list[list[str]]:
    """The rows of the first table, where two columns have the same name."""
    return _lines(text)[2:]


def _lines(text: str) -> list[list[str]]:
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def json_blocks(text: str) -> list[dict[str, Any]]:
    return [msgspec.json.decode(block) for block in JSON.findall(text)]


def number(text: str) -> int:
    """A number as a document prints it."""
    return int(text.replace(MINUS, "-"))


def shipped(name: str, shape: type[T]) -> T:
    """A rule document that comes with the program."""
    file = resources.files("huixiang.rulebook").joinpath("shipped", f"{name}.json")
    return msgspec.json.decode(file.read_bytes(), type=shape)
