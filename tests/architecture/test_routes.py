"""Every route says who may call it, and its path agrees."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterable

import pytest
from litestar import Litestar, get
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from huixiang.entry.http import create_app
from huixiang.platform.access import Access, member, public, staff, system
from huixiang.platform.settings import Settings
from tests.architecture.source_tree import ROOT, SOURCE
from tools.requirements import read_list

# Paths under these belong to the callers of this kind. What stands under none of them is public, and is listed below.
OWNERS = {"/api/v1/": "system", "/api/member/v1/": "member", "/api/console/v1/": "staff"}
# How one comes by a principal in the first place.
OPEN_DOORS = frozenset(
    {
        ("POST", "/api/console/v1/session"),
        ("GET", "/api/console/v1/session/ways"),
        ("POST", "/api/console/v1/session/passkey"),
        ("POST", "/api/console/v1/session/passkey/options"),
        ("GET", "/api/member/v1/sign-in/ways"),
        ("POST", "/api/member/v1/sign-in"),
        ("POST", "/api/member/v1/sign-in/codes"),
        ("POST", "/api/member/v1/sign-in/passkey"),
        ("POST", "/api/member/v1/sign-in/passkey/options"),
        ("POST", "/api/member/v1/sign-in/provider"),
        ("POST", "/api/member/v1/sign-in/refresh"),
        ("POST", "/api/member/v1/sign-in/ticket"),
        ("POST", "/api/member/v1/sign-in/visits"),
        ("GET", "/api/member/v1/terms"),
        ("GET", "/api/member/v1/terms/{version}"),
    }
)
# What every console user does with their own account.
OWN = ("/api/console/v1/session", "/api/console/v1/me/")
PERMISSION = re.compile(r"[a-z_]+:[a-z_]+")
PAGES = ("/console/", "/m/")
HANDLER_LINES = 12

Route = tuple[str, str, HTTPRouteHandler]


def routes_of(app: Litestar) -> list[Route]:
    """(method, path, handler) as they are served. Path parameters lose their type: /members/{member_id}."""
    return [
        (method, re.sub(r":\w+\}", "}", route.path), handler)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in sorted(handler.http_methods - {"OPTIONS"})
    ]


def app_of(*handlers: HTTPRouteHandler) -> Litestar:
    return Litestar(route_handlers=list(handlers), openapi_config=None, logging_config=None)


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[Route]:
    """Every route of the program as `huixiang serve` wires it."""
    home = tmp_path_factory.mktemp("home")
    app = create_app(Settings(environment="test", home=home, database_url="postgresql://nobody@/none"))
    found = routes_of(app)
    assert len(found) > 30
    return found


def undeclared(routes: Iterable[Route]) -> list[str]:
    """Routes that do not say who may call them, or say something else than their path does."""
    faults = []
    for method, path, handler in routes:
        place = f"{method} {path} ({handler.handler_name})"
        access = handler.opt.get("access")
        owner = next((kind for prefix, kind in OWNERS.items() if path.startswith(prefix)), "public")
        if not isinstance(access, Access):
            faults.append(f"{place}: says not who may call it")
        elif access.kind != owner and (method, path) not in OPEN_DOORS:
            faults.append(f"{place}: is for {access.kind}, its path for {owner}")
        elif access.kind == "system" and not PERMISSION.fullmatch(access.permission or ""):
            faults.append(f"{place}: needs a scope like orders:write, has {access.permission}")
        elif access.kind == "staff" and not PERMISSION.fullmatch(access.permission or "own:session"):
            faults.append(f"{place}: its permission is {access.permission}")
        elif access.kind == "staff" and access.permission is None and not path.startswith(OWN):
            faults.append(f"{place}: only what is one's own needs no permission")
    return faults


def long_handlers(routes: Iterable[Route]) -> list[str]:
    """Handlers that do more than parse, call one service and render."""
    faults = []
    for method, path, handler in routes:
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(handler.fn)))
        function = next(
            node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
        )
        body = function.body[1:] if ast.get_docstring(function) is not None else function.body
        lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
        if lines > HANDLER_LINES:
            faults.append(f"{method} {path}: {lines} lines")
    return faults


def test_every_handler_of_a_module_is_served(routes: list[Route]) -> None:
    served = {handler.handler_name for _, _, handler in routes}
    files = [*SOURCE.glob("*/routes.py"), *SOURCE.glob("*/routes/*.py")]
    modules = [".".join(path.relative_to(SOURCE).with_suffix("").parts) for path in files]
    assert len(modules) > 6
    for name in modules:
        module = importlib.import_module(f"huixiang.{name}")
        handlers = [value for value in vars(module).values() if isinstance(value, HTTPRouteHandler)]
        assert {handler.handler_name for handler in handlers} <= served, name


@pytest.mark.requirement("SEC-01")
def test_every_route_has_principal_and_permission(routes: list[Route]) -> None:
    assert undeclared(routes) == []


def test_a_handler_parses_calls_and_renders(routes: list[Route]) -> None:
    assert long_handlers(routes) == []


@get("/api/v1/unmarked")
async def unmarked() -> None:
    """Says nothing."""


@get("/api/v1/for-staff", **staff("members:read"))
async def for_staff() -> None:
    """Under the systems' path."""


@get("/api/console/v1/open", **public())
async def opened() -> None:
    """Under the staff's path."""


@get("/api/v1/vague", **system("everything"))
async def vague() -> None:
    """A scope that is none."""


@get("/api/console/v1/members", **staff())
async def any_staff() -> None:
    """Members, for any console user."""


@get("/elsewhere", **member())
async def elsewhere() -> None:
    """For members, under no path of theirs."""


@pytest.mark.parametrize("handler", [unmarked, for_staff, opened, vague, any_staff, elsewhere])
def test_a_route_that_is_not_declared_is_caught(handler: HTTPRouteHandler) -> None:
    assert len(undeclared(routes_of(app_of(handler)))) == 1


@get("/api/v1/long", **system("orders:read"))
async def long_winded() -> int:
    """Decides by itself."""
    a = 1
    b = 2
    c = 3
    d = 4
    e = 5
    f = 6
    g = 7
    h = 8
    i = 9
    j = 10
    k = 11
    ell = 12
    return a + b + c + d + e + f + g + h + i + j + k + ell


def test_a_long_handler_is_caught() -> None:
    assert long_handlers(routes_of(app_of(long_winded))) != []


def test_requirements_name_routes_that_exist(routes: list[Route]) -> None:
    known = {f"{method} {path}" for method, path, _ in routes} | {"GET /metrics"}  # on a port of its own
    for requirement in read_list((ROOT / "docs" / "requirements.txt").read_text(encoding="utf-8")).values():
        for place in requirement.places:
            assert place in known or place.startswith(PAGES), f"{requirement.id}: {place}"
