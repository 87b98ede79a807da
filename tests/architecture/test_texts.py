"""The Chinese that the program says, as Chinese is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source_tree import SOURCE

HAN = "\u3400-\u9fff”』」）}"
HALF_WIDTH = re.compile(f"[{HAN}][,:;?!](?![0-9a-z_<>^])|[\u3400-\u9fff][(]|[)][\u3400-\u9fff]")


def chinese() -> Iterator[tuple[str, str]]:
    """Every string of the program with Chinese in it; of one with figures in it, `{}` for each."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = said(node)
            if re.search("[\u3400-\u9fff]", text):
                yield f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', 0)}", text


def said(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=values):
            return "".join(said(one) or "{}" for one in values)
        case _:
            return ""


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("次数过多,请稍后重试。", True),
        ("{path}:{problem}，见说明", True),
        ("无效({reason})，请刷新。", True),
        ("无效（{reason}），请刷新。", False),
        ("长度 1 至 128，3,000 分，10:30", False),
    ],
)
def test_what_is_half_width_beside_chinese_is_seen(text: str, *, wrong: bool) -> None:
    assert (HALF_WIDTH.search(text) is not None) is wrong


def test_chinese_has_no_half_width_punctuation() -> None:
    found = list(chinese())
    assert len(found) > 300
    assert [(where, text) for where, text in found if HALF_WIDTH.search(text)] == []
