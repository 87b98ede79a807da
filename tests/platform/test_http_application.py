"""No route goes around the one place that admits requests."""

from __future__ import annotations

import pytest
from litestar import Request, Router, get
from litestar.types import ControllerRouterHandler

from huixiang.platform.access import public, system
from huixiang.platform.web.application import build_application
from tests.platform.web_app import ROUTES

pytestmark = pytest.mark.requirement("SEC-01")


async def _let_in(_request: Request[object, object, object]) -> None:  # type: ignore[type-var]
    """What a module might put in the place of ours."""


@get("/own-hook", before_request=_let_in, **system("things:read"))
async def own_hook() -> None: ...


@get("/cached", cache=True, **system("things:read"))
async def cached() -> None: ...


@get("/inner", **public())
async def inner() -> None: ...


@pytest.mark.parametrize("sly", [own_hook, cached, Router("/outer", route_handlers=[inner], before_request=_let_in)])
def test_a_route_that_goes_around_is_not_served(sly: ControllerRouterHandler) -> None:
    with pytest.raises(ValueError, match="before_request or cache"):
        build_application([*ROUTES, sly], None)
