"""NDJSON: one JSON value a line, each judged for itself, so that a bad row is reported and the good ones are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

import msgspec

from huixiang.kernel.errors import DomainError, InvalidInput
from huixiang.platform.web import limits, strict
from huixiang.platform.web.failures import BodyTooLarge, MalformedJson, MediaTypeUnsupported
from huixiang.platform.web.problems import InputProblem, problem_body, refuse
from huixiang.platform.web.request import NDJSON_TYPES, StrictRequest

T = TypeVar("T")


class Row(msgspec.Struct, Generic[T], frozen=True):
    """One line: its number from 1, and either its value or the refusal of its shape."""

    line: int
    value: T | None
    refusal: DomainError | None = None


class RowProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a row was refused, in the terms of a problem document."""

    code: str
    detail: str
    errors: list[InputProblem] = msgspec.field(default_factory=list)


class RowOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one line: `id` names what it made or found, `problem` says why it was refused."""

    line: int
    outcome: Literal["created", "updated", "unchanged", "refused"]
    id: str | None = None
    problem: RowProblem | None = None


class BulkOutcome(msgspec.Struct, frozen=True):
    """The answer of a bulk route: how many lines were kept and refused, and what became of each, in their order."""

    accepted: int
    refused: int
    rows: list[RowOutcome]


async def read_rows(
    request: StrictRequest, expected: type[T], others: Mapping[str, type[T]] = MappingProxyType({})
) -> Iterator[Row[T]]:
    """The rows of an NDJSON body, decoded one by one as they are asked for; blank lines are skipped.

    The handler's mark names the type: `system("orders:write", rows=NewOrder)`. `others`: by a member that only rows of
    another type have, that type. Raises MediaTypeUnsupported, BodyTooLarge, or InvalidInput where there are too many
    lines.
    """
    if request.content_type[0] not in NDJSON_TYPES:
        raise MediaTypeUnsupported(expected="application/x-ndjson")
    body = (await request.body()).rstrip()
    if body.count(b"\n") >= limits.BULK_LINES:  # before it is taken apart: a body of nothing but ends has millions
        raise InvalidInput(path="$", problem=f"more than {limits.BULK_LINES} lines")
    lines = enumerate(body.split(b"\n"), start=1)
    return (_row(number, line, expected, others) for number, line in lines if line.strip())


def outcome_of(line: int, refusal: DomainError) -> RowOutcome:
    """The outcome of a refused row, in English: bulk is read by programs."""
    meaning = refuse(refusal)
    body: dict[str, Any] = problem_body(meaning, language="en", instance="", request_id="")
    return RowOutcome(line, "refused", problem=RowProblem(body["code"], body["detail"], list(meaning.errors)))


def summarise(rows: list[RowOutcome]) -> BulkOutcome:
    refused = sum(row.outcome == "refused" for row in rows)
    return BulkOutcome(accepted=len(rows) - refused, refused=refused, rows=rows)


def _row(number: int, line: bytes, expected: type[T], others: Mapping[str, type[T]]) -> Row[T]:
    if len(line) > limits.BULK_LINE_BYTES:
        return Row(number, None, BodyTooLarge(limit_bytes=limits.BULK_LINE_BYTES))
    try:
        tree = strict.parse(line)
        kind = next((others[name] for name in others if isinstance(tree, dict) and name in tree), expected)
        return Row(number, strict.decode(tree, kind))
    except (MalformedJson, InvalidInput) as refusal:
        return Row(number, None, refusal)
