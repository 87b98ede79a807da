"""`huixiang serve`: everything in one command, without data."""

from __future__ import annotations

import typer

from huixiang.platform.settings import Settings


def serve() -> None:
    """Start PostgreSQL, Valkey, the API and a worker, and keep them running until stopped (Ctrl-C).

    Settings are HUIXIANG_* environment variables; a server that one of them names is used instead of started.
    """
    from huixiang.entry.supervisor.prepare import prepare  # noqa: PLC0415 - loaded when run
    from huixiang.entry.supervisor.supervisor import Preparation, Supervisor  # noqa: PLC0415
    from huixiang.platform.telemetry import configure_logging  # noqa: PLC0415

    settings = Settings.load()
    configure_logging(settings.log_level, settings.log_format)
    Supervisor(settings, typer.echo, preparations=[Preparation("rules and keys", prepare)]).run()
