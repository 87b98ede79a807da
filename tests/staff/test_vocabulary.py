"""What routes ask for is what keys and roles can give."""

from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from huixiang.entry.http import api_routes
from huixiang.platform.access import VOUCH, Access
from huixiang.platform.web.application import build_application
from huixiang.pricing.routes import GIVES_PRICES
from huixiang.staff import service


def marks() -> list[Access]:
    app: Litestar = build_application(api_routes("test"), None)
    handlers = [handler for route in app.routes if isinstance(route, HTTPRoute) for handler in route.route_handlers]
    return [handler.opt["access"] for handler in handlers if "access" in handler.opt]


@pytest.mark.requirement("INT-01")
def test_every_scope_that_a_route_asks_for_can_be_given_and_no_other() -> None:
    of_systems = [mark for mark in marks() if mark.kind == "system"]
    vouched = {VOUCH for mark in of_systems if mark.presence}
    assert {mark.permission for mark in of_systems} | vouched | {GIVES_PRICES} == service.SCOPES


@pytest.mark.requirement("CON-01")
def test_every_permission_that_a_route_asks_for_is_in_the_role_table() -> None:
    asked = {mark.permission for mark in marks() if mark.kind == "staff" and mark.permission}
    assert "members:read" in asked
    assert asked <= service.PERMISSIONS
