"""`huixiang migrate`: bring a database to this version, as a step of its own before a deployment."""

from __future__ import annotations

import typer

from huixiang.platform.settings import CannotRun, Settings


def migrate() -> None:
    """Bring the database to this version's schema. Needs HUIXIANG_DATABASE_OWNER_URL, or a running `serve`."""
    from huixiang.platform import migrations  # noqa: PLC0415 - loaded when run
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415

    settings = Settings.load()
    url = settings.database_owner_url or endpoints.connect(settings).database_owner_url
    if url is None:
        raise CannotRun("the owner of the database is not named: set HUIXIANG_DATABASE_OWNER_URL")
    done = migrations.upgrade(url)
    for revision in done:
        typer.echo(f"ran {revision}")
    typer.echo(f"the database is at {migrations.revisions()[-1]}")
