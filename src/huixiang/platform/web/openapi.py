"""The OpenAPI 3.1 document, made from the same types that decode requests and the same marks that guard routes.

Schemas come from msgspec, so the document says what the decoder does: bounds, patterns, unknown fields refused. Needs
neither a database nor a running server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from inspect import getdoc, unwrap
from types import CodeType, FunctionType
from typing import Any, get_args, get_origin

import msgspec
from litestar import Litestar, Response
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from huixiang.kernel.page import encode_cursor
from huixiang.platform.access import (
    CSRF_HEADER,
    PRESENCE_HEADER,
    SAFE_METHODS,
    SECURE_SESSION_COOKIE,
    SESSION_COOKIE,
    VOUCH,
    Access,
)
from huixiang.platform.idempotency import KEY_LENGTH_MAX
from huixiang.platform.web.examples import ID, example_of
from huixiang.platform.web.openapi_refusals import PROBLEMS, problem_response
from huixiang.platform.web.parameters import fields_of, parameters_of
from huixiang.platform.web.problems import Problem
from huixiang.platform.web.schemas import Schemas

SECURITY_SCHEMES = {
    "systemKey": {"type": "http", "scheme": "bearer", "description": "The key of a calling system: `hx_...`."},
    "memberToken": {"type": "http", "scheme": "bearer", "description": "The access token of a signed-in member."},
    "staffSession": {
        "type": "apiKey",
        "in": "cookie",
        "name": SECURE_SESSION_COOKIE,
        "description": f"A console session; `{SESSION_COOKIE}` over plain HTTP, where there is no production.",
    },
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names this command. A repetition gets the first answer with `Idempotency-Replayed: true`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX, "pattern": "^[ -~]+$"},
    "example": "till-17-20260318-000431",
}
PRESENCE = {
    "name": PRESENCE_HEADER,
    "in": "header",
    "required": False,
    "description": f"The code on the member's card, or a one-time code: a key without the scope `{VOUCH}` needs one.",
    "schema": {"type": "string", "maxLength": 64},
    "example": "1000000000184470831209456712",
}
CURSOR = encode_cursor(ID)
CSRF_TOKEN = {
    "name": CSRF_HEADER,
    "in": "header",
    "required": True,
    "description": "The token that the session was given with.",
    "schema": {"type": "string"},
    "example": "5f0c6c0d5ef0ac6a9be3a1a2ac0f0f0e5f0c6c0d5ef0ac6a9be3a1a2ac0f0f0e",
}
SURFACE = frozenset({"", "api", "console", "member", "v1"})
BOUNDS = {
    "ge": "minimum",
    "le": "maximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
}


class Operation(msgspec.Struct, frozen=True):
    """One method of one path, and its handler."""

    path: str
    method: str
    handler: HTTPRouteHandler

    @property
    def name(self) -> str:
        """What the handler is called: `post_order`."""
        return str(self.handler.operation_id or self.handler.fn.__name__)

    @property
    def long_name(self) -> str:
        """For handlers made in a loop: the name with the fixed words of the path."""
        words = [part for part in self.path.split("/") if part not in SURFACE and not part.startswith("{")]
        return "_".join([self.name, *words])

    @property
    def access(self) -> Access:
        access: Access = self.handler.opt["access"]
        return access

    @property
    def body(self) -> Any:
        """Type of the JSON body, None where there is none."""
        field = self.handler.parsed_data_field
        return None if field is None else field.annotation

    @property
    def rows(self) -> Any:
        """Type of a row of the NDJSON body, None where there is none."""
        return self.handler.opt.get("rows")

    @property
    def or_rows(self) -> Any:
        """The other type that a row of the NDJSON body may have, None where there is none."""
        return self.handler.opt.get("or_rows")

    @property
    def answer(self) -> Any:
        """Type of the JSON answer; None where it has none."""
        annotation = self.handler.parsed_fn_signature.return_type.annotation
        if self.streamed:
            return None
        if get_origin(annotation) is Response:
            (annotation,) = get_args(annotation)
        return None if annotation in (None, type(None)) else annotation

    @property
    def streamed(self) -> Mapping[str, str]:
        """Media types of an answer that is no JSON value, each with an example; empty where it is one."""
        streamed: Mapping[str, str] = self.handler.opt.get("streamed", {})
        return streamed

    @property
    def is_command(self) -> bool:
        """Whether the handler runs its change under the Idempotency-Key law: it, or what its routes share, calls
        `edge.command` or `edge.asked`."""
        return self.changes_state and _asks_for_key(unwrap(self.handler.fn), set())

    @property
    def changes_state(self) -> bool:
        return self.method not in SAFE_METHODS


def _asks_for_key(function: FunctionType, seen: set[FunctionType]) -> bool:
    if function in seen:
        return False
    seen.add(function)
    names = set(_names(function.__code__))
    if names & {"command", "asked"}:
        return True
    called = [function.__globals__.get(name) for name in names]
    return any(
        _asks_for_key(unwrap(one), seen)
        for one in called
        if isinstance(one, FunctionType) and "routes" in one.__module__
    )


def _names(code: CodeType) -> Iterator[str]:
    """What a function names, and those within it."""
    yield from code.co_names
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _names(one)


def operations(app: Litestar) -> Iterator[Operation]:
    """Every described operation of an application, in order of path and method."""
    found = [
        Operation(route.path_format, method, handler)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS" and handler.resolve_include_in_schema()
    ]
    yield from sorted(found, key=lambda one: (one.path, one.method))


def describe(
    app: Litestar, *, title: str, version: str, description: str, examples: Mapping[str, Any] = {}
) -> dict[str, Any]:
    """The document of an application. `examples`: request bodies by operation id, where one made from the type alone
    would not be accepted."""
    described = list(operations(app))
    bodies = [kind for one in described for kind in (one.body, one.rows, one.or_rows) if kind is not None]
    schemas = Schemas(
        asked=bodies + [known.type for one in described for known in parameters_of(one.handler).values()],
        answered=[Problem, *(one.answer for one in described if one.answer is not None)],
    )
    paths: dict[str, dict[str, Any]] = {}
    names = Counter(one.name for one in described)
    for one in described:
        name = one.name if names[one.name] == 1 else one.long_name
        operation = {"operationId": name, **_operation(one, schemas, examples.get(name))}
        paths.setdefault(one.path, {})[one.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "description": description,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in sorted({_tag(one) for one in described})],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": SECURITY_SCHEMES,
            "responses": {f"Problem{status}": problem_response(status) for status in PROBLEMS},
        },
    }


def _operation(one: Operation, schemas: Schemas, example: Any) -> dict[str, Any]:
    summary, _, description = (getdoc(one.handler.fn) or "").partition("\n\n")
    operation: dict[str, Any] = {
        "tags": [_tag(one)],
        "summary": " ".join(summary.split()),
        "security": list(one.handler.security or ()),
        "responses": _responses(one, schemas),
    }
    if description:
        operation["description"] = " ".join(description.split())
    if parameters := [*_parameters(one, schemas)]:
        operation["parameters"] = parameters
    if one.body is not None:
        content = {"schema": schemas.of(one.body), "example": example or example_of(one.body)}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    elif one.rows is not None:
        line = msgspec.json.encode(example or example_of(one.rows)).decode()
        content = {"schema": {"type": "string", "description": _row_text(one, schemas)}, "example": f"{line}\n"}
        operation["requestBody"] = {"required": True, "content": {"application/x-ndjson": content}}
    return operation


_ANY_ROW = "One JSON object a line."


def _row_text(one: Operation, schemas: Schemas) -> str:
    kinds = [kind for kind in (one.rows, one.or_rows) if kind is not None]
    names = [name for kind in kinds if (name := schemas.of(kind).get("$ref", "").rpartition("/")[2])]
    return f"One JSON object a line, each a {' or a '.join(f'`{name}`' for name in names)}." if names else _ANY_ROW


def _parameters(one: Operation, schemas: Schemas) -> Iterator[dict[str, Any]]:
    fields = fields_of(one.handler)
    for name, parameter in parameters_of(one.handler).items():
        field = fields[name]
        schema = schemas.of(parameter.type) | _bounds(field.kwarg_definition)
        if field.has_default:
            schema["default"] = field.default
        described = {"name": name, "in": parameter.place, "required": not field.has_default, "schema": schema}
        described["example"] = example_of_parameter(parameter.type, name, schema)
        if text := getattr(field.kwarg_definition, "description", None):
            described["description"] = text
        yield described
    if one.is_command:
        yield IDEMPOTENCY_KEY
    if one.access.presence:
        yield PRESENCE
    if one.access.kind == "staff" and one.changes_state:
        yield CSRF_TOKEN


def example_of_parameter(kind: Any, name: str, schema: Mapping[str, Any]) -> Any:
    """The default of a parameter where it has one, else a value of its type: a cursor is what a page before gave."""
    if name == "cursor":
        return CURSOR
    return schema["default"] if schema.get("default") is not None else example_of(kind, name)


def _bounds(definition: Any) -> dict[str, Any]:
    """What a parameter says in Litestar's terms rather than in its type."""
    said = {word: getattr(definition, name, None) for name, word in BOUNDS.items()}
    return {word: value for word, value in said.items() if value is not None}


def _responses(one: Operation, schemas: Schemas) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if one.answer is not None:
        content = {"schema": schemas.of(one.answer), "example": example_of(one.answer)}
        done["content"] = {"application/json": content}
    if one.streamed:
        done["content"] = {
            media_type: {"schema": {"type": "string"}, "example": example}
            for media_type, example in one.streamed.items()
        }
    if one.is_command:
        replayed = {"description": "`true` where this is the first answer again.", "schema": {"type": "string"}}
        done["headers"] = {"Idempotency-Replayed": replayed}
    problems = {status: {"$ref": f"#/components/responses/Problem{status}"} for status in _problem_statuses(one)}
    return {str(one.handler.status_code): done, **problems}


def _problem_statuses(one: Operation) -> list[str]:
    has_body = one.body is not None or one.rows is not None
    parameters = parameters_of(one.handler)
    applies = {
        "400": has_body or one.is_command or bool(parameters),
        "401": one.access.kind != "public" or one.changes_state,
        "403": one.access.permission is not None or one.changes_state,
        "404": True,
        "409": one.access.kind != "public" or one.changes_state,
        "413": has_body,
        "415": has_body,
        "422": has_body or bool(parameters),
        "429": one.access.counted,
        "500": True,
        "503": True,
    }
    return [status for status, does in applies.items() if does]


def _tag(one: Operation) -> str:
    """The module that answers: `huixiang.points.routes` is `points`."""
    parts = str(one.handler.fn.__module__).split(".")
    return parts[1] if len(parts) > 1 else parts[0]
