"""The program as a server, which can say what its processor time went into: a factory for `bench.http_installation`.

A signal at every two milliseconds of processor time looks at what runs. What the interpreter does not see, the loop and
the parser of HTTP, counts as framework.
"""

from __future__ import annotations

import signal
from collections import Counter
from types import FrameType

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from huixiang.entry import http

EVERY_S = 0.002
TARGET = "/shares"
# The innermost frame that has one of these in its path says what it is.
PLACES = {
    "/pricing/rules/kept.py": "token",
    "/pricing/service/tokens.py": "token",
    "/pricing/service/": "quote beside the engine",
    "/pricing/rules/asking.py": "quote beside the engine",
    "/pricing/rules/cash_off.py": "quote beside the engine",
    "/pricing/rules/": "engine",
    "/pricing/store.py": "facts by SQL",
    "/asyncpg/": "facts by SQL",
    "/platform/connections.py": "facts by SQL",
    "/platform/db.py": "facts by SQL",
    "/points/": "points and growth",
    "/tiers/": "points and growth",
    "/platform/web/strict.py": "decoding",
    "/platform/web/times.py": "decoding",
    "/litestar/serialization/": "encoding",
}
REST = "framework and edge"

_taken: Counter[str] = Counter()


def create_app() -> ASGIApp:
    """The program, and `GET /shares`: samples by what they fell into since it was last asked."""
    program = http.create_app()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["path"] == TARGET:
            body = msgspec.json.encode(_taken)
            _taken.clear()
            headers = [(b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body, "more_body": False})
        else:
            await program(scope, receive, send)

    signal.signal(signal.SIGPROF, _look)
    signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
    return app


def _look(_signal: int, frame: FrameType | None) -> None:
    while frame is not None:
        path = frame.f_code.co_filename
        for place, name in PLACES.items():
            if place in path:
                _taken[name] += 1
                return
        frame = frame.f_back
    _taken[REST] += 1
