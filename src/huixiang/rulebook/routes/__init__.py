"""Rule documents over HTTP: `system` for systems, `console` for people."""

from huixiang.rulebook.routes.console import ROUTES as CONSOLE_ROUTES
from huixiang.rulebook.routes.system import ROUTES as SYSTEM_ROUTES

ROUTES = [*SYSTEM_ROUTES, *CONSOLE_ROUTES]
