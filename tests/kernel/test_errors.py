"""Refusals: stable codes, two languages, and every field that their texts name."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import msgspec
import pytest

import huixiang
from huixiang.kernel.errors import DomainError, InvalidInput
from huixiang.kernel.text import Text

SOURCES = Path(huixiang.__file__).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def refusals() -> list[type[DomainError]]:
    """Every kind of refusal in the package, whichever module it stands in."""
    for module in pkgutil.walk_packages(huixiang.__path__, "huixiang."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    found = sorted(_below(DomainError), key=lambda kind: (kind.__module__, kind.__qualname__))
    # What several refusals have in common is none itself.
    shared = {kind for kind in found if kind.__subclasses__() and not hasattr(kind, "code")}
    return [kind for kind in found if kind.__module__.startswith("huixiang.") and kind not in shared]


def _below(kind: type[DomainError]) -> set[type[DomainError]]:
    direct = set(kind.__subclasses__())
    return direct.union(*(_below(one) for one in direct))


def named_fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


REFUSALS = refusals()


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__qualname__)
def test_a_refusal_speaks_both_languages(kind: type[DomainError]) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", kind.code)
    assert 400 <= kind.status <= 599
    fields = named_fields(kind.detail.en)
    assert named_fields(kind.detail.zh) == fields
    assert all(name.isidentifier() for name in fields)
    refusal = kind(**{name: f"<{name}>" for name in fields})
    for name in fields:
        assert f"<{name}>" in refusal.message("zh")
        assert f"<{name}>" in refusal.message("en")
    assert str(refusal) == refusal.message("en")
    for text in (kind.title.en, refusal.message("en")):
        assert text.strip() == text != ""
        assert not CHINESE.search(text)
    assert CHINESE.search(kind.title.zh)
    assert CHINESE.search(kind.detail.zh) or not re.search(r"\w", re.sub(r"\{\w+\}", "", kind.detail.zh))


def test_no_two_refusals_share_a_code() -> None:
    assert len(REFUSALS) > 20
    shared = {code for code, count in Counter(kind.code for kind in REFUSALS).items() if count > 1}
    assert [f"{kind.code}: {kind.__module__}.{kind.__qualname__}" for kind in REFUSALS if kind.code in shared] == []


def test_every_refusal_is_raised_with_the_fields_of_its_texts() -> None:
    by_name = {kind.__qualname__: kind for kind in REFUSALS}
    assert len(by_name) == len(REFUSALS)
    faults = []
    seen = Counter[str]()
    for path, call, name in calls():
        if name not in by_name:
            continue
        seen[name] += 1
        given = {keyword.arg for keyword in call.keywords}
        missing = named_fields(by_name[name].detail.en) - {str(field) for field in given}
        if missing and None not in given:  # None: **fields, known only when it runs
            faults.append(f"{path}:{call.lineno}: {name} without {', '.join(sorted(missing))}")
    assert faults == []
    assert seen.total() > 30


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                yield str(path.relative_to(SOURCES)), node, name


def test_a_missing_field_is_found_when_the_refusal_is_made() -> None:
    with pytest.raises(KeyError, match="problem"):
        InvalidInput(path="$.sku")


def test_values_are_quoted_as_they_are() -> None:
    refusal = InvalidInput(path="$.lines[0]", problem="{path} and {nothing} are no fields here")
    assert refusal.message("en") == "$.lines[0]: {path} and {nothing} are no fields here"
    assert refusal.fields == {"path": "$.lines[0]", "problem": "{path} and {nothing} are no fields here"}


def test_a_text_has_both_languages_and_nothing_else() -> None:
    text = Text(zh="会员", en="member")
    assert (text.in_language("zh"), text.in_language("en")) == ("会员", "member")
    assert msgspec.json.decode(msgspec.json.encode(text), type=Text) == text
    for refused in (b'{"zh":"a"}', b'{"en":"a"}', b'{"zh":"a","en":"b","fr":"c"}', b'{"zh":"a","en":null}', b'"a"'):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(refused, type=Text)
