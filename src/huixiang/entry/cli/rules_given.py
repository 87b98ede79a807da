"""What the commands of `huixiang rules` are given, and how they tell of documents."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
import typer

from huixiang.entry.cli import on_database
from huixiang.platform.settings import CannotRun

if TYPE_CHECKING:
    from huixiang.kernel.errors import Problem
    from huixiang.platform.db import Transaction
    from huixiang.rulebook.model import Document, Draft, DraftSummary, Version

T = TypeVar("T")

BY = "cli"
INSTANT = "2026-04-01 (that business day's start) or 2026-04-01T08:00:00+08:00"
STDIN = "-"

Kind = Annotated[str, typer.Argument(help="What it rules, such as earning or partner; `rules kinds` lists them.")]
Code = Annotated[str, typer.Argument(help="Which one of its kind, such as default; of a partner, the partner's code.")]
Note = Annotated[str, typer.Option(help="Why, for who reads the history.")]
File = Annotated[str, typer.Argument(help=f"The document as JSON; {STDIN} reads it from standard input.")]
Start = Annotated[str | None, typer.Option("--from", help=f"In force from: {INSTANT}; left out, now.")]
End = Annotated[str | None, typer.Option("--to", help="In force until then; left out, until another takes over.")]


def run(work: Callable[[Transaction], Awaitable[T]]) -> T:
    from huixiang.entry.wiring import register_rule_kinds  # noqa: PLC0415 - loaded when run

    register_rule_kinds()
    return on_database.run(work)


def warn(warnings: Sequence[Problem]) -> None:
    for one in warnings:
        typer.echo(f"warning: {one.path}: {one.problem}", err=True)


def body_of(file: str) -> Any:
    """The document in a file. Raises CannotRun where it cannot be read, or is no JSON."""
    try:
        content = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
        return msgspec.json.decode(content)
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise CannotRun(f"{file} is not JSON: {error}") from error


def instant(tx: Transaction, text: str | None, option: str) -> datetime | None:
    """An instant with its offset, or the start of a business day. Raises CannotRun."""
    if text is None:
        return None
    try:
        return tx.calendar.start_of(date.fromisoformat(text))
    except ValueError:
        pass
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise CannotRun(f"{option} takes {INSTANT}, not {text}")
    return instant


def draft_line(draft: Draft | DraftSummary) -> str:
    made_of = f"against version {draft.base}" if draft.base else "of a new document"
    return (
        f"draft {draft.draft_id} {made_of}, {draft.state}, edition {draft.edition} of {draft.changed_at.isoformat()}, "
        f"by {draft.changed_by}: {draft.note}"
    )


def heading(document: Document | Version) -> str:
    end = f" to {document.period.end.isoformat()}" if document.period.end else ""
    name = f"{document.kind}/{document.code} version {document.version}"
    return f"{name}, {document.state}, from {document.period.start.isoformat()}{end}"


def version_line(version: Version) -> str:
    return f"{heading(version)}, by {version.published_by or 'nobody'}: {version.note or ''}"
