"""`huixiang rules draft`, `drafts`: what is kept before it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from huixiang.entry.cli.rules_given import BY, Code, File, Kind, Note, body_of, draft_line, run

if TYPE_CHECKING:
    from huixiang.platform.db import Transaction
    from huixiang.rulebook.model import Draft, DraftSummary


def write_draft(
    kind: Kind,
    code: Code,
    file: File,
    note: Note,
    *,
    replace: Annotated[UUID | None, typer.Option(help="Write this draft anew; left out, a new one is kept.")] = None,
) -> None:
    """Keep a file as a draft, whether or not it could be published; `show --draft` gives it back."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run
    from huixiang.rulebook.model import DraftChange, NewDraft  # noqa: PLC0415

    body = body_of(file)

    async def keep(tx: Transaction) -> Draft:
        if replace is None:
            return await service.create_draft(tx, kind, code, NewDraft(body=body, note=note), BY)
        edition = (await service.draft(tx, kind, code, replace)).edition
        change = DraftChange(body=body, note=note, edition=edition)
        return await service.replace_draft(tx, kind, code, replace, change, BY)

    typer.echo(draft_line(run(keep)))


def drafts(kind: Kind, code: Code) -> None:
    """List the open drafts of a document, the last changed first."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run

    async def every(tx: Transaction) -> list[DraftSummary]:
        page = await service.drafts(tx, kind, code)
        found = page.items
        while page.next_cursor is not None:
            page = await service.drafts(tx, kind, code, page.next_cursor)
            found += page.items
        return found

    for one in run(every):
        typer.echo(draft_line(one))
