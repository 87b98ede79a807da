"""The Chinese of what comes with the program, as Chinese is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

import msgspec
import pytest

PLACES = ("rulebook/shipped", "staff/shipped", "catalogue/seed")
HAN = "\u3400-\u9fff"
HALF_WIDTH = re.compile(f"[{HAN}][,;:?!]|[,;:?!][{HAN}]")


def documents() -> Iterator[tuple[str, Any]]:
    """Every shipped document by its name; of a file of lines, each line."""
    for place in PLACES:
        for file in resources.files("huixiang").joinpath(place).iterdir():
            if file.name.endswith(".json"):
                yield file.name, msgspec.json.decode(file.read_bytes())
            elif file.name.endswith(".ndjson"):
                for line in file.read_bytes().splitlines():
                    yield file.name, msgspec.json.decode(line)


def texts(value: Any) -> Iterator[str]:
    """Every string in a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("注册为会员;未成年人", True),
        ("满 100 减 20,满 200 减 50", True),
        ("通知:明天生效", True),
        ("注册为会员；未成年人，须同意。", False),
        ("10:30 起，3,000 分", False),
        ("Members, and others: all", False),
    ],
)
def test_what_is_half_width_beside_chinese_is_seen(text: str, *, wrong: bool) -> None:
    assert (HALF_WIDTH.search(text) is not None) is wrong


def test_shipped_chinese_has_no_half_width_punctuation() -> None:
    found = list(documents())
    assert {"terms.default.json", "roles.json", "skus.ndjson"} <= {name for name, _ in found}
    wrong = [(name, text) for name, document in found for text in texts(document) if HALF_WIDTH.search(text)]
    assert wrong == []
