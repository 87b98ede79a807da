"""Access tokens of Tencent's platforms: asked for once, used until shortly before they end, renewed when refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec

from huixiang.messaging.model import Answer, Outcome

RENEW_BEFORE_S = 300


class _Token(msgspec.Struct):
    access_token: str = ""
    expires_in: int = 0
    errcode: int = 0


class Tokens:
    """ask: makes the request for a token; `force`: though there is one. Several callers share one request."""

    def __init__(self, ask: Callable[[bool], Awaitable[httpx.Response]]) -> None:
        self._ask = ask
        self._token = ""
        self._until = 0.0
        self._renewing = asyncio.Lock()

    async def fresh(self, *, renew: bool) -> str | Answer:
        """The token in use, or another; an answer where there is none to be had."""
        stale = self._token
        async with self._renewing:
            now = asyncio.get_running_loop().time()
            if self._token and now < self._until and not (renew and self._token == stale):
                return self._token
            try:
                response = await self._ask(renew)
            except httpx.HTTPError as error:
                return Answer(Outcome.NOT_TAKEN, type(error).__name__)
            token = decoded(response, _Token)
            if token is None or not token.access_token:
                return Answer(Outcome.NOT_TAKEN, f"token_{token.errcode if token else response.status_code}")
            self._token, self._until = token.access_token, now + max(token.expires_in - RENEW_BEFORE_S, 1)
            return self._token


def decoded(response: httpx.Response, kind: type[Any]) -> Any:
    """The body as `kind`; None where it is none, or the server failed."""
    try:
        return msgspec.json.decode(response.content, type=kind) if response.is_success else None
    except msgspec.DecodeError:
        return None
