"""Who may call a route. Every handler carries one mark; a handler without a mark is refused.

`@get("/members/{member_id:uuid}", **system("members:read"))` names the kind of principal and what it must hold.
`authorize`, in the guard of the whole application, finds the credentials of the kind that the mark asks for, lets the
authenticator of that kind (wired by entry) turn them into a principal, and compares permissions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection
from litestar.exceptions import MethodNotAllowedException

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.platform.db import Database
from huixiang.platform.failures import DatabaseUnavailable, Overloaded
from huixiang.platform.throttle import Throttle
from huixiang.platform.web import limits
from huixiang.platform.web.client import Address, client_of, neighbourhood

SESSION_COOKIE = "hx_session"
# Its name over TLS: browsers let no other host of the same site, and nobody over plain HTTP, set a cookie of that name.
SECURE_SESSION_COOKIE = f"__Host-{SESSION_COOKIE}"
CSRF_HEADER = "X-CSRF-Token"
PRESENCE_HEADER = "Member-Presence"
# A key with this scope belongs to a system that signs members in itself; to every other key a member has to be shown.
VOUCH = "members:vouch"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Connection = ASGIConnection[Any, Any, Any, Any]


class SystemPrincipal(msgspec.Struct, frozen=True, tag="system"):
    """Another program of the retailer, by its key. `scopes` such as `orders:write`; `requests_per_minute`: how many
    it may make, None for as many as the settings say."""

    key_id: UUID
    scopes: frozenset[str]
    requests_per_minute: int | None = None

    @property
    def caller_id(self) -> UUID:
        return self.key_id


class MemberPrincipal(msgspec.Struct, frozen=True, tag="member"):
    """A member, who sees and changes what is their own and nothing else. session_id: of the device that they signed in
    with; None where the retailer's own system signed them in."""

    member_id: UUID
    session_id: UUID | None = None

    @property
    def caller_id(self) -> UUID:
        return self.member_id


class StaffPrincipal(msgspec.Struct, frozen=True, tag="staff"):
    """A console user. `role` and `permissions` (such as `members:read`) as they are now; `stores`: the ids of those
    that the account is limited to, None for all of them. `password_due`: before anything else they have to choose a
    password of their own."""

    staff_id: UUID
    permissions: frozenset[str]
    stores: frozenset[str] | None = None
    role: str | None = None
    password_due: bool = False

    @property
    def caller_id(self) -> UUID:
        return self.staff_id


Principal = SystemPrincipal | MemberPrincipal | StaffPrincipal
PrincipalKind = Literal["system", "member", "staff", "public"]


class NotAuthenticated(DomainError):
    """No credentials of the kind the route asks for, or none that hold. Says no more, so that nothing can be probed."""

    code = "not_authenticated"
    status = 401
    title = Text(zh="未通过身份验证", en="Not authenticated")
    detail = Text(zh="凭证缺失、错误或已失效。", en="Credentials are missing, wrong or no longer valid.")


class PermissionMissing(DomainError):
    """The principal is known and lacks what the route asks for. Field: permission."""

    code = "permission_missing"
    status = 403
    title = Text(zh="没有权限", en="Permission missing")
    detail = Text(zh="此操作需要权限 {permission}。", en="This needs the permission {permission}.")


class PasswordDue(DomainError):
    """A console user whose password the program made has to choose their own before anything else."""

    code = "password_due"
    status = 403
    title = Text(zh="请先设置自己的密码", en="Choose a password first")
    detail = Text(
        zh="您的密码是系统生成的初始密码，请先更换。",
        en="Your password is a first one: change it before anything else.",
    )


class RouteUndeclared(DomainError):
    """A handler without a mark: a defect of the program, answered by refusal."""

    code = "route_undeclared"
    status = 403
    title = Text(zh="接口未开放", en="Route not open")
    detail = Text(zh="该接口没有声明谁可以调用。", en="This route does not say who may call it.")


class Access(msgspec.Struct, frozen=True):
    """The mark of a route: the kind of principal and the one permission or scope it must hold (None: being one).

    presence: whether it takes something of a member, who has to be there unless the calling system vouches for them.
    counted: whether its requests count against the limit of who makes them. first: whether a console user may call it
    who still has to choose a password.
    """

    kind: PrincipalKind
    permission: str | None = None
    presence: bool = False
    counted: bool = True
    first: bool = False


class Shown(msgspec.Struct, frozen=True):
    """What a command shows of the member's presence. code: as it was sent, None without one. command: digest of who
    asks for what under which key, the same at every repetition."""

    code: str | None
    command: bytes


class SessionCredentials(msgspec.Struct, frozen=True):
    """What a console request shows. `csrf_token` must be checked by the authenticator where `changes_state`."""

    token: str
    csrf_token: str | None
    changes_state: bool


class Authenticators(msgspec.Struct, frozen=True):
    """One per kind of principal, from module staff. Each raises NotAuthenticated, and opens its own short transaction
    on `db` where its cache does not know the answer."""

    authenticate_key: Callable[[Database, str, Address | None, datetime], Awaitable[SystemPrincipal]]
    authenticate_token: Callable[[Database, str, datetime], Awaitable[MemberPrincipal]]
    authenticate_session: Callable[[Database, SessionCredentials, datetime], Awaitable[StaffPrincipal]]


def system(
    scope: str, *, rows: type | None = None, or_rows: type | None = None, presence: bool = False
) -> dict[str, Any]:
    """Keyword arguments of a handler that a system key with `scope` may call.

    rows: the type of one row of a bulk route; it then takes an NDJSON body up to the limit of such bodies. or_rows: the
    other type that a row may have. presence: it takes something of a member; the handler calls `edge.attest`.
    """
    mark = _mark("system", scope, [{"systemKey": []}], presence=presence)
    return mark if rows is None else _bulk(mark, rows, or_rows)


def member() -> dict[str, Any]:
    """Keyword arguments of a handler that a signed-in member may call for themselves."""
    return _mark("member", None, [{"memberToken": []}])


def staff(permission: str | None = None, *, rows: type | None = None, first: bool = False) -> dict[str, Any]:
    """Keyword arguments of a handler that a console user with `permission` may call (None: any console user). rows: as
    of `system`. first: also one who still has to choose a password."""
    mark = _mark("staff", permission, [{"staffSession": []}], first=first)
    return mark if rows is None else _bulk(mark, rows, None)


def public(*, counted: bool = True) -> dict[str, Any]:
    """Keyword arguments of a handler that anybody may call; counted by address, unless it is asked by machines that
    watch over this one, or gives what is the same for everybody."""
    return _mark("public", None, [], counted=counted)


def _bulk(mark: dict[str, Any], rows: type, or_rows: type | None) -> dict[str, Any]:
    mark["opt"] |= {"rows": rows, "or_rows": or_rows}
    return mark | {"request_max_body_size": limits.BULK_BODY_BYTES}


def _mark(
    kind: PrincipalKind,
    permission: str | None,
    security: list[dict[str, list[str]]],
    *,
    presence: bool = False,
    counted: bool = True,
    first: bool = False,
) -> dict[str, Any]:
    return {"opt": {"access": Access(kind, permission, presence, counted, first)}, "security": security}


async def authorize(connection: Connection) -> None:
    """Leave the principal in `connection.scope["user"]` (None on a public route), and in `["standing"]` how many
    requests are left to it; or raise."""
    access = connection.route_handler.opt.get("access")
    if not isinstance(access, Access):
        if _method(connection) == "OPTIONS":
            raise MethodNotAllowedException
        raise RouteUndeclared
    now: datetime = connection.app.state.db.clock.now()
    principal = None
    if access.kind != "public":
        try:
            principal = await _authenticate_in_time(connection, access.kind, now)
        except DomainError as refusal:
            if refusal.status < 500:
                _count(connection, None, now)
            raise
    if access.counted:
        _count(connection, principal, now)
    if isinstance(principal, StaffPrincipal) and principal.password_due and not access.first:
        raise PasswordDue
    if access.permission is not None and access.permission not in _held(principal):
        raise PermissionMissing(permission=access.permission)
    connection.scope["user"] = principal


def _count(connection: Connection, principal: Principal | None, now: datetime) -> None:
    """Count a request against who makes it: by address where that is not known. Raises TooManyRequests."""
    throttle: Throttle = connection.app.state.throttle
    if isinstance(principal, SystemPrincipal):
        standing = throttle.admit("key", principal.key_id.int, now, principal.requests_per_minute)
    elif isinstance(principal, MemberPrincipal):
        standing = throttle.admit("member", principal.member_id.int, now)
    elif isinstance(principal, StaffPrincipal):
        standing = throttle.admit("staff", principal.staff_id.int, now)
    else:
        standing = throttle.admit("address", neighbourhood(client_of(connection.scope)), now)
    connection.scope["standing"] = standing  # type: ignore[typeddict-unknown-key]


async def _authenticate_in_time(connection: Connection, kind: PrincipalKind, now: datetime) -> Principal:
    """An authenticator opens its own transaction, outside of the edge: it waits no longer than the edge would."""
    try:
        async with asyncio.timeout(connection.app.state.begin_within_s):
            return await _authenticate(connection, kind, now)
    except TimeoutError as error:
        raise Overloaded from error
    except OSError as error:
        raise DatabaseUnavailable from error


async def _authenticate(connection: Connection, kind: PrincipalKind, now: datetime) -> Principal:
    authenticators: Authenticators = connection.app.state.authenticators
    db: Database = connection.app.state.db
    if kind == "staff":
        return await authenticators.authenticate_session(db, _session_credentials(connection), now)
    bearer = _bearer(connection)
    if kind == "system":
        return await authenticators.authenticate_key(db, bearer, client_of(connection.scope), now)
    return await authenticators.authenticate_token(db, bearer, now)


def _held(principal: Principal | None) -> frozenset[str]:
    match principal:
        case SystemPrincipal(scopes=scopes):
            return scopes
        case StaffPrincipal(permissions=permissions):
            return permissions
        case _:
            return frozenset()


def _bearer(connection: Connection) -> str:
    scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
    credentials = credentials.strip()
    if scheme.lower() != "bearer" or not credentials:
        raise NotAuthenticated
    return credentials


def over_tls(connection: Connection) -> bool:
    """Whether cookies are for TLS alone: in production, whatever the proxy before us says of the request."""
    return bool(connection.app.state.get("tls_only")) or connection.scope["scheme"] == "https"


def session_cookie(connection: Connection) -> str:
    """The name of the cookie of console sessions. The other name is not read: whoever could set it could give a browser
    a session of theirs."""
    return SECURE_SESSION_COOKIE if over_tls(connection) else SESSION_COOKIE


def session_token(connection: Connection) -> str:
    """Raises NotAuthenticated where none is shown."""
    token = connection.cookies.get(session_cookie(connection))
    if not token:
        raise NotAuthenticated
    return token


def _session_credentials(connection: Connection) -> SessionCredentials:
    return SessionCredentials(
        token=session_token(connection),
        csrf_token=connection.headers.get(CSRF_HEADER.lower()),
        changes_state=_method(connection) not in SAFE_METHODS,
    )


def _method(connection: Connection) -> str:
    """The HTTP method; a websocket, of which there is none, would count as changing state."""
    return str(connection.scope.get("method", ""))
