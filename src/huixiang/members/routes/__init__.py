"""Members over HTTP, a file for each part."""

from huixiang.members.routes.members import ROUTES as MEMBER_ROUTES
from huixiang.members.routes.presence import ROUTES as PRESENCE_ROUTES

ROUTES = [*MEMBER_ROUTES, *PRESENCE_ROUTES]
