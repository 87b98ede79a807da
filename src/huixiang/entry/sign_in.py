"""Signing in wired: which identity providers members come by."""

from __future__ import annotations

from huixiang.kernel.clock import SystemClock
from huixiang.members import service as members
from huixiang.members.adapters.providers import read
from huixiang.platform.settings import Settings


def use_sign_in(settings: Settings) -> None:
    """Let this process ask the providers that the settings name. Raises CannotRun, in production also for a sandbox."""
    path = settings.sign_in_file
    production = settings.environment == "production"
    members.use_providers({} if path is None else read(path, SystemClock(), production=production))
