"""The Litestar application, assembled the same way for serving, for the OpenAPI document and for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from huixiang.kernel.errors import InvalidInput
from huixiang.platform.access import Access, Authenticators, Connection, authorize
from huixiang.platform.db import Database
from huixiang.platform.edge import provide_edge
from huixiang.platform.idempotency import IdempotencyLog
from huixiang.platform.web import limits
from huixiang.platform.web.envelope import Envelope
from huixiang.platform.web.problems import respond
from huixiang.platform.web.request import StrictRequest

Routes = Sequence[ControllerRouterHandler]


class Wiring(msgspec.Struct, frozen=True):
    """What the application runs on. `open_database` is awaited when serving starts, and what it opened is closed when
    serving ends; `background` runs in between."""

    open_database: Callable[[], Awaitable[Database]]
    authenticators: Authenticators
    idempotency: IdempotencyLog
    background: Callable[[Database], Awaitable[None]] | None = None


def build_application(routes: Routes, wiring: Wiring) -> Litestar:
    """The application that serves `routes`."""
    app = _litestar(routes, lifespan=[_lifespan(wiring)], openapi_config=None)
    app.asgi_handler = Envelope(app.asgi_handler)
    return app


def build_documented(routes: Routes, openapi: OpenAPIConfig) -> Litestar:
    """An application that is never served: Litestar describes its routes. Needs no database."""
    return _litestar(routes, lifespan=[], openapi_config=openapi)


def _litestar(routes: Routes, **options: Any) -> Litestar:
    return Litestar(
        route_handlers=list(routes),
        request_class=StrictRequest,
        request_max_body_size=limits.BODY_BYTES,
        guards=[authorize, check_query],
        dependencies={"edge": Provide(provide_edge, sync_to_thread=False)},
        exception_handlers={Exception: respond},
        state=State(),
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
        **options,
    )


def _lifespan(wiring: Wiring) -> Callable[[Litestar], Any]:
    @asynccontextmanager
    async def serving(app: Litestar) -> AsyncIterator[None]:
        db = await wiring.open_database()
        app.state.db = db
        app.state.authenticators = wiring.authenticators
        app.state.idempotency = wiring.idempotency
        try:
            yield
        finally:
            await db.close()

    return serving


async def check_query(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: a parameter that a route of data does not know, or that comes twice, is refused rather than overlooked."""
    if not connection.scope["query_string"] or handler.opt["access"].kind == "public":
        return
    known = _query_parameters(handler)
    seen: set[str] = set()
    for name, _ in connection.query_params.multi_items():
        if name not in known:
            raise InvalidInput(path=name[:64], problem="is not a parameter of this route")
        if name in seen and not known[name]:
            raise InvalidInput(path=name, problem="is given more than once")
        seen.add(name)


@lru_cache(maxsize=None)
def _query_parameters(handler: BaseRouteHandler) -> dict[str, bool]:
    """Names of the query parameters that a handler takes, and whether they may repeat."""
    return {
        field.kwarg_definition.name or field.name: field.is_non_string_sequence
        for field in handler.parsed_fn_signature.parameters.values()
        if isinstance(field.kwarg_definition, QueryParameter)
    }


def mark_of(handler: BaseRouteHandler) -> Access | None:
    """Who may call a handler; None where it does not say."""
    access = handler.opt.get("access")
    return access if isinstance(access, Access) else None
