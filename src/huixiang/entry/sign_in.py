"""Signing in wired: which identity providers members come by, and for which site their passkeys are."""

from __future__ import annotations

from huixiang.kernel.clock import SystemClock
from huixiang.members import service as members
from huixiang.members.adapters.providers import read
from huixiang.platform.settings import Settings


def use_sign_in(settings: Settings) -> None:
    """Let this process take what the settings name. Raises CannotRun, in production also for a sandbox."""
    path = settings.sign_in_file
    production = settings.environment == "production"
    providers, passkeys = ({}, None) if path is None else read(path, SystemClock(), production=production)
    members.use_providers(providers)
    members.use_passkeys(passkeys)
