"""Staff over HTTP."""

from huixiang.staff.routes.sessions import session_routes

__all__ = ["session_routes"]
