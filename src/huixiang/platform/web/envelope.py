"""What surrounds every request: its id, limits on what arrives before the body, headers of the answer, log and metrics.

Sits outside of Litestar, so that requests which match no route are covered as well.
"""

from __future__ import annotations

import itertools
import re
from time import perf_counter
from typing import Any, cast

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform import metrics
from huixiang.platform.telemetry import ACCESS_LOG, REQUEST_ID, looks_personal
from huixiang.platform.throttle import TooManyRequests, header_of
from huixiang.platform.web import failures, limits
from huixiang.platform.web.problems import PROBLEM_TYPE, Refusal, problem_body
from huixiang.platform.web.uploads import CLOSE, Upload, is_unbounded

REQUEST_ID_HEADER = b"x-request-id"
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
# Unlike any other process's, and cheap: an id for rows would cost as much as the rest of the envelope.
_PROCESS = new_id().hex
_NUMBERS = itertools.count(1)

# A page sets its own; everything else is data, which nobody keeps and nothing runs.
_UNLESS_GIVEN = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
)
_OVER_TLS = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")

log = structlog.get_logger(__name__)


class Envelope:
    """ASGI application around another."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(cast("dict[str, Any]", scope), receive, send)
        token = REQUEST_ID.set(exchange.request_id)
        metrics.IN_FLIGHT.inc()
        try:
            await exchange.run(self._app)
        finally:
            metrics.IN_FLIGHT.dec()
            exchange.record()
            REQUEST_ID.reset(token)


class _Exchange:
    """One request and its answer."""

    __slots__ = ("_answered", "_receive", "_scope", "_send", "_started", "_upload", "request_id", "status")

    def __init__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._upload = Upload(receive) if is_unbounded(scope["headers"]) else None
        self._receive = self._upload.receive if self._upload else receive
        self._started = perf_counter()
        self._answered = 0.0
        self.status = 0
        self.request_id = _request_id(self._scope["headers"])
        self._scope["request_id"] = self.request_id

    async def run(self, app: ASGIApp) -> None:
        try:
            _check_head(self._scope)
        except DomainError as refusal:
            await self._answer(refusal)
            return
        try:
            await app(cast("Scope", self._scope), self._receive, self.send)
        except Exception:
            # Past Litestar's own handler: raised while answering, or by the handler of exceptions itself.
            log.exception("answer_failed")
            if self.status:
                raise
            await self._answer(failures.InternalError())

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message["headers"], (REQUEST_ID_HEADER, self.request_id.encode())]
            given = {name for name, _ in headers}  # Litestar writes them in lower case
            headers += [header for header in _UNLESS_GIVEN if header[0] not in given]
            if (standing := self._scope.get("standing")) and self.status != TooManyRequests.status:
                headers.append(header_of(standing))
            if self._scope["scheme"] == "https":
                headers.append(_OVER_TLS)
            if self._unread():
                headers.append(CLOSE)
            message["headers"] = headers
        elif message["type"] == "http.response.body" and not message.get("more_body") and (upload := self._unread()):
            await self._send({"type": "http.response.body", "body": message.get("body", b""), "more_body": True})
            self._answered = perf_counter()
            await upload.discard()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    def _unread(self) -> Upload | None:
        """The body that is still coming in while the answer goes out."""
        return None if self._upload is None or self._upload.ended else self._upload

    def record(self) -> None:
        elapsed = (self._answered or perf_counter()) - self._started
        route = self._scope.get("path_template", "none")
        status = self.status or 499  # nothing was answered: the client went away
        method = self._scope["method"] if self._scope["method"] in _METHODS else "other"
        metrics.observe_request(method, route, status, elapsed)
        code = self._scope.get("problem_code")
        ACCESS_LOG.line(method=method, route=route, status=status, code=code, ms=round(elapsed * 1000, 2))

    async def _answer(self, refusal: DomainError) -> None:
        self._scope["problem_code"] = refusal.code
        body = msgspec.json.encode(
            problem_body(
                Refusal(refusal), language="en", instance=self._scope["path"][:200], request_id=self.request_id
            )
        )
        headers = [(b"content-type", PROBLEM_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        await self.send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body, "more_body": False})


def _request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """The caller's own id where it is harmless, else a new one."""
    for name, value in headers:
        if name == REQUEST_ID_HEADER and _REQUEST_ID.fullmatch(value) and not looks_personal(value.decode()):
            return value.decode()
    return f"{_PROCESS}-{next(_NUMBERS)}"


def _check_head(scope: Any) -> None:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    if sum(len(name) + len(value) for name, value in headers) > limits.HEADER_BYTES:
        raise failures.HeaderTooLarge(limit_bytes=limits.HEADER_BYTES)
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    if len(path) + len(query) > limits.TARGET_BYTES:
        raise failures.TargetTooLong(limit_bytes=limits.TARGET_BYTES)
    if b"%00" in path or b"%00" in query or b"\x00" in path or b"\x00" in query:
        raise failures.MalformedRequest(problem="the target holds a NUL character")
