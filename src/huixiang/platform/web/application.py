"""The Litestar application, assembled the same way for serving, for the OpenAPI document and for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

import msgspec
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler

from huixiang.platform.access import Authenticators, Connection, authorize
from huixiang.platform.db import Database
from huixiang.platform.edge import provide_edge
from huixiang.platform.idempotency import IdempotencyLog
from huixiang.platform.throttle import Throttle
from huixiang.platform.web import limits
from huixiang.platform.web.envelope import Envelope
from huixiang.platform.web.parameters import check_parameters
from huixiang.platform.web.problems import respond
from huixiang.platform.web.request import StrictRequest

Routes = Sequence[ControllerRouterHandler]


class Wiring(msgspec.Struct, frozen=True):
    """What the application runs on. `open_database` is awaited when serving starts, and what it opened is closed when
    serving ends. `begin_within_s`: how long a request waits for a connection before it is refused. `beside` is entered
    for as long as serving lasts. `throttle`: the counts of this process's callers."""

    open_database: Callable[[], Awaitable[Database]]
    authenticators: Authenticators
    idempotency: IdempotencyLog
    begin_within_s: float = 5.0
    beside: Callable[[Database], AbstractAsyncContextManager[None]] | None = None
    throttle: Throttle = msgspec.field(default_factory=Throttle)


def build_application(routes: Routes, wiring: Wiring | None, *, tls_only: bool = False) -> Litestar:
    """The application that serves `routes`. Without wiring it can only be looked at, as its description does.
    tls_only: its cookies are for TLS, whatever a request seems to have come over."""
    app = Litestar(
        route_handlers=list(routes),
        request_class=StrictRequest,
        request_max_body_size=limits.BODY_BYTES,
        before_request=admit,
        dependencies={"edge": Provide(provide_edge, sync_to_thread=False)},
        exception_handlers={Exception: respond},
        lifespan=[] if wiring is None else [serving(wiring)],
        state=State({"tls_only": tls_only}),
        openapi_config=None,
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )
    _require_admission(app)
    app.asgi_handler = Envelope(app.asgi_handler)
    return app


async def admit(connection: Connection) -> None:
    """Before every request: who calls, and with what parameters. Not a guard of Litestar's, each of which costs a copy
    of the handler at every request."""
    await authorize(connection)
    check_parameters(connection)


def _require_admission(app: Litestar) -> None:
    """See that no route goes around `admit`: by a hook of its own in its place, or by an answer from a cache. Raises
    ValueError naming the route."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            raise ValueError(f"{route.path}: only HTTP routes are admitted")  # noqa: TRY004 - a defect, not an argument
        for handler in route.route_handlers:
            if handler.resolve_before_request() is not admit or handler.cache:
                raise ValueError(f"{route.path}: {handler.handler_name} has its own before_request or cache")


def serving(wiring: Wiring) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """What an application is given for as long as it serves: its lifespan."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        db = await wiring.open_database()
        connect(app, wiring, db)
        try:
            async with wiring.beside(db) if wiring.beside else nullcontext():
                yield
        finally:
            await db.close()

    return lifespan


def connect(app: Litestar, wiring: Wiring, db: Database) -> None:
    """Give an application what its edge works with. Serving does it at the start; a test may do it by itself."""
    app.state.db = db
    app.state.authenticators = wiring.authenticators
    app.state.idempotency = wiring.idempotency
    app.state.begin_within_s = wiring.begin_within_s
    app.state.throttle = wiring.throttle
