"""Refusals.

`DomainError` is what a module raises when it refuses: a stable code that programs match on, an HTTP status, typed
fields, and a message in both languages. One handler at the edge renders it as RFC 9457 `application/problem+json`.
The message is never the contract; the code and the fields are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from huixiang.kernel.text import Language, Text

FieldValue = str | int | bool | None | UUID | datetime | date


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with an input. path: where, a JSON path such as `$.rules[3].when`; problem: what was expected."""

    path: str
    problem: str


class DomainError(Exception):
    """A refusal. Subclasses stand in the `model.py` of the module that refuses and set the four class attributes.

    `detail` texts are format strings over the fields given to the constructor; a field they name and do not get is a
    programming error and raises `KeyError` when the refusal is built, not when it is rendered. `problems` is for a
    refusal that found several things wrong with an input, `beside` for what the caller goes on with (a new quote): both
    are shown beside its fields.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[Text]
    detail: ClassVar[Text]
    problems: Sequence[Problem] = ()
    beside: Mapping[str, msgspec.Struct] = {}

    def __init__(self, **fields: FieldValue) -> None:
        self.fields = fields
        super().__init__(self.message("en"))

    def message(self, language: Language) -> str:
        return self.detail.in_language(language).format(**self.fields)


class InvalidInput(DomainError):
    """The shape of one input is wrong. `path` is a JSON path (`$.lines[3].sku`), `problem` says what was expected."""

    code = "input_invalid"
    status = 422
    title = Text(zh="输入有误", en="Invalid input")
    detail = Text(zh="{path}：{problem}", en="{path}: {problem}")


class InvariantBroken(Exception):
    """A state that the rules make impossible was met: a defect or damaged data, never the caller's fault."""
