"""The HTTP application: every route of every module, wired to what it runs on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.types import ControllerRouterHandler

from huixiang import __version__
from huixiang.benefits.routes import ROUTES as BENEFIT_ROUTES
from huixiang.catalogue.routes import ROUTES as CATALOGUE_ROUTES
from huixiang.checkout.routes import ROUTES as CHECKOUT_ROUTES
from huixiang.checkout.routes_desk import ROUTES as ORDER_DESK_ROUTES
from huixiang.checkout.routes_payments import ROUTES as PAYMENT_ROUTES
from huixiang.checkout.routes_placing import ROUTES as PLACING_ROUTES
from huixiang.checkout.routes_requests import ROUTES as REFUND_REQUEST_ROUTES
from huixiang.coupons.routes import ROUTES as COUPON_ROUTES
from huixiang.entry import wiring
from huixiang.entry.examples import REQUESTS
from huixiang.entry.keys import use_keys
from huixiang.entry.pages import page_routes
from huixiang.grants.routes import ROUTES as GRANT_ROUTES
from huixiang.habits.routes import ROUTES as HABIT_ROUTES
from huixiang.insight.routes import ROUTES as INSIGHT_ROUTES
from huixiang.intake.routes import ROUTES as INTAKE_ROUTES
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import Clock, SystemClock
from huixiang.members.routes import ROUTES as MEMBER_ROUTES
from huixiang.members.service import SignIns, authenticate_token, check_keys
from huixiang.messaging.routes import ROUTES as MESSAGE_ROUTES
from huixiang.plans.routes import ROUTES as PLAN_ROUTES
from huixiang.platform import metrics
from huixiang.platform.access import Authenticators, public
from huixiang.platform.cache import Cache
from huixiang.platform.db import Database
from huixiang.platform.health import Readiness, readiness
from huixiang.platform.idempotency import IdempotencyLog
from huixiang.platform.settings import CannotRun, Settings
from huixiang.platform.throttle import Limits, Throttle
from huixiang.platform.web.application import Wiring, build_application
from huixiang.platform.web.openapi import describe
from huixiang.points.routes import ROUTES as POINTS_ROUTES
from huixiang.points.routes_bulk import ROUTES as BULK_ROUTES
from huixiang.points.routes_commands import ROUTES as COMMAND_ROUTES
from huixiang.points.routes_earning import ROUTES as EARNING_ROUTES
from huixiang.points.routes_finance import ROUTES as FINANCE_ROUTES
from huixiang.points.routes_movement import ROUTES as MOVEMENT_ROUTES
from huixiang.points.routes_proof import ROUTES as PROOF_ROUTES
from huixiang.points.routes_statement import ROUTES as STATEMENT_ROUTES
from huixiang.points.service import coalescing
from huixiang.pricing.routes import ROUTES as PRICING_ROUTES
from huixiang.rulebook.routes import ROUTES as RULEBOOK_ROUTES
from huixiang.staff.routes import session_routes
from huixiang.staff.routes.accounts import ROUTES as ACCOUNT_ROUTES
from huixiang.staff.routes.approvals import ROUTES as APPROVAL_ROUTES
from huixiang.staff.routes.audit import ROUTES as AUDIT_ROUTES
from huixiang.staff.routes.keys import ROUTES as KEY_ROUTES
from huixiang.staff.routes.own import ROUTES as OWN_ROUTES
from huixiang.staff.routes.passkeys import ROUTES as STAFF_PASSKEY_ROUTES
from huixiang.staff.schemas import Environment
from huixiang.staff.service import authenticate_key, authenticate_session
from huixiang.stock.adapters.gate import CacheGate
from huixiang.stock.routes import ROUTES as STOCK_ROUTES
from huixiang.stock.service import Gated
from huixiang.terms.routes import ROUTES as TERMS_ROUTES
from huixiang.tiers.routes import ROUTES as TIER_ROUTES
from huixiang.webhooks.routes import ROUTES as WEBHOOK_ROUTES
from huixiang.webhooks.routes_desk import ROUTES as WEBHOOK_DESK_ROUTES

OBSERVE_EVERY_S = 5.0
AUTHENTICATORS = Authenticators(authenticate_key, authenticate_token, authenticate_session)
TITLE = "Huixiang"
DESCRIPTION = (
    "Membership and loyalty for fresh-grocery and chain retail. Money is in fen (`*_fen`), rates in basis points "
    "(`*_bp`), weights in grams (`*_g`); instants carry their offset; ids are UUIDs. Requests that change state need "
    "an `Idempotency-Key`. Errors are problem documents (RFC 9457) with stable codes."
)


class Alive(msgspec.Struct, frozen=True):
    """The process answers."""

    status: str = "ok"


@get("/healthz", **public(counted=False))
async def read_health() -> Alive:
    """Whether this process answers. Says nothing of the database, so that an outage restarts nobody."""
    return Alive()


@get("/readyz", **public(counted=False))
async def read_readiness(request: Request[Any, Any, Any]) -> Response[Readiness]:
    """Whether requests can be served: 503 while the database is away or not migrated."""
    state = await readiness(request.app.state.db)
    return Response(state, status_code=200 if state.ready else 503)


@get("/openapi.json", include_in_schema=False, **public(counted=False))
async def read_openapi() -> Response[bytes]:
    """The API document."""
    return Response(_openapi_bytes(), media_type="application/json", headers={"Cache-Control": "no-cache"})


def api_routes(environment: Environment) -> list[ControllerRouterHandler]:
    """Every route that the API document describes."""
    return [
        *session_routes(environment),
        *AUDIT_ROUTES,
        *APPROVAL_ROUTES,
        *KEY_ROUTES,
        *OWN_ROUTES,
        *STAFF_PASSKEY_ROUTES,
        *ACCOUNT_ROUTES,
        *RULEBOOK_ROUTES,
        *CATALOGUE_ROUTES,
        *STOCK_ROUTES,
        *MEMBER_ROUTES,
        *MESSAGE_ROUTES,
        *POINTS_ROUTES,
        *COMMAND_ROUTES,
        *BULK_ROUTES,
        *STATEMENT_ROUTES,
        *FINANCE_ROUTES,
        *PROOF_ROUTES,
        *EARNING_ROUTES,
        *MOVEMENT_ROUTES,
        *TIER_ROUTES,
        *PLAN_ROUTES,
        *BENEFIT_ROUTES,
        *COUPON_ROUTES,
        *PRICING_ROUTES,
        *CHECKOUT_ROUTES,
        *REFUND_REQUEST_ROUTES,
        *ORDER_DESK_ROUTES,
        *PAYMENT_ROUTES,
        *PLACING_ROUTES,
        *GRANT_ROUTES,
        *TERMS_ROUTES,
        *INTAKE_ROUTES,
        *HABIT_ROUTES,
        *INSIGHT_ROUTES,
        *WEBHOOK_ROUTES,
        *WEBHOOK_DESK_ROUTES,
        read_health,
        read_readiness,
    ]


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Litestar:
    """The application, as a server's factory; settings from the environment unless given.

    Raises CannotRun where no database is named, and KeyFileRefused. `serve` names the database that it runs.
    """
    settings = settings or Settings.load()
    wired = wire(settings, clock or SystemClock())
    served = [*api_routes(settings.environment), read_openapi, *page_routes(settings.time_zone)]
    return build_application(served, wired, tls_only=settings.environment == "production")


def wire(settings: Settings, clock: Clock) -> Wiring:
    """What the application runs on by these settings, and the modules' own wiring. Raises as `create_app` does."""
    if settings.database_url is None:
        raise CannotRun("HUIXIANG_DATABASE_URL is not set; `huixiang serve` runs a database of its own")
    keys = use_keys(settings)
    wiring.register_rule_kinds()
    wiring.use_counters()
    cache = Cache.open(settings.valkey_url if settings.valkey == "on" else None)
    throttle = Throttle(_limits(settings), cache)
    return Wiring(
        open_database=partial(_open, settings, settings.database_url, clock),
        authenticators=AUTHENTICATORS,
        idempotency=IdempotencyLog(keys.secret("idempotency")),
        beside=partial(_observed, throttle, cache),
        throttle=throttle,
    )


def _limits(settings: Settings) -> Limits:
    """How many requests a caller of each kind may make in a minute, unless its key has a number of its own."""
    return Limits(
        key=settings.key_requests_per_minute,
        member=settings.member_requests_per_minute,
        staff=settings.staff_requests_per_minute,
        address=settings.address_requests_per_minute,
    )


def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of this version. Needs no database, no settings and no keys."""
    app = build_application(api_routes("production"), None)
    return describe(app, title=TITLE, version=__version__, description=DESCRIPTION, examples=REQUESTS)


@cache
def _openapi_bytes() -> bytes:
    return msgspec.json.encode(openapi_document())


async def _open(settings: Settings, url: str, clock: Clock) -> Database:
    """The database, once it is seen that our keys are the ones it was written with. Raises WrongKeys."""
    db = await Database.open(
        url,
        calendar=BusinessCalendar(settings.time_zone),
        clock=clock,
        max_size=settings.database_connections,
        application_name="huixiang-api",
    )
    async with db.transaction() as tx:
        await check_keys(tx)
    return db


@asynccontextmanager
async def _observed(throttle: Throttle, cache: Cache, db: Database) -> AsyncIterator[None]:
    """Keep the gauges of the pool fresh, exchange counts of requests, remember what is exhausted, and let ledger
    commands, and those who sign in, share transactions, for as long as requests are served."""

    async def observe() -> None:
        while True:
            metrics.observe_pool(db)
            await asyncio.sleep(OBSERVE_EVERY_S)

    tasks = [asyncio.create_task(observe()), asyncio.create_task(throttle.share())]
    try:
        async with coalescing(db):
            with db.beside(SignIns(db)), db.beside(Gated(CacheGate(cache))):
                yield
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await cache.close()
