"""Requests to identity providers: to addresses of theirs that are known, or all to one that stands in for them.

Addresses hold secrets (WeChat takes the application's as a parameter), so neither they nor answers are logged.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping

import httpx
import structlog

from huixiang.members.model.providers import ProviderUnavailable

TIMEOUT_S = 5.0
ANSWER_BYTES = 65_536

log = structlog.get_logger(__name__)


class ProviderHttp:
    """sandbox: an address that stands in for all of the providers' own."""

    def __init__(self, sandbox: str | None = None) -> None:
        self._sandbox = sandbox
        # Made once: it reads every certificate of the machine.
        self._tls = ssl.create_default_context()

    def base(self, address: str) -> str:
        """Where what the provider serves at an address of its own is asked for."""
        return self._sandbox or address

    async def get(self, provider: str, url: str) -> bytes:
        """Raises ProviderUnavailable."""
        return await self._ask(provider, "GET", url, None)

    async def post(self, provider: str, url: str, form: Mapping[str, str]) -> bytes:
        """Raises ProviderUnavailable."""
        return await self._ask(provider, "POST", url, form)

    async def _ask(self, provider: str, method: str, url: str, form: Mapping[str, str] | None) -> bytes:
        try:
            async with httpx.AsyncClient(
                verify=self._tls, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False
            ) as client:
                answer = await client.request(method, url, data=form)
        except httpx.HTTPError as error:
            log.warning("provider_unreachable", provider=provider, error=type(error).__name__)
            raise ProviderUnavailable(provider=provider) from None
        if answer.status_code != httpx.codes.OK or len(answer.content) > ANSWER_BYTES:
            log.warning("provider_failed", provider=provider, status=answer.status_code)
            raise ProviderUnavailable(provider=provider)
        return answer.content
