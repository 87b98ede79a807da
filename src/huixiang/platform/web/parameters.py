"""Parameters of path and query, checked against their whole type.

Litestar reads the type of a parameter and overlooks its bounds (`Annotated[int, Meta(ge=1)]`), lets unknown and doubled
parameters pass, and takes a bare number for an instant. So this looks first, and Litestar converts after.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated, Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import PathParameter, QueryParameter
from litestar.typing import FieldDefinition

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.page import PAGE_LIMIT_MAX
from huixiang.platform.web import strict
from huixiang.platform.web.times import check_times

Connection = ASGIConnection[Any, Any, Any, Any]
Cursor = Annotated[str | None, QueryParameter(description="next_cursor of the page before", max_length=512)]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_LIMIT_MAX)]


class Parameter(msgspec.Struct, frozen=True):
    """A parameter that a handler takes: where it stands, the type with its bounds, and whether it may repeat.
    `holder` is a struct with the one field `value` of that type: msgspec keeps what it knows of a struct, while it
    works out any other type anew at every call."""

    place: str
    type: Any
    repeats: bool
    holder: type[msgspec.Struct]


def check_parameters(connection: Connection) -> None:
    """Raise InvalidInput at the first parameter that the route does not know or allow."""
    # The connection's own handler, since guards are given a copy, and what is kept is kept by identity.
    handler: BaseRouteHandler = connection.route_handler
    known = parameters_of(handler)
    for name, value in connection.path_params.items():
        if name in known and isinstance(value, str):  # Litestar has read the others, as the path says
            _check(name, value, known[name])
    if not connection.scope["query_string"] or handler.opt["access"].kind == "public":
        return
    given = connection.query_params
    for name in given:
        parameter = known.get(name)
        if parameter is None or parameter.place != "query":
            raise InvalidInput(path=name[:64], problem="is not a parameter of this route")
        values = given.getall(name)
        if parameter.repeats:
            _check(name, values, parameter)
        elif len(values) > 1:
            raise InvalidInput(path=name, problem="is given more than once")
        else:
            _check(name, values[0], parameter)


@cache
def parameters_of(handler: BaseRouteHandler) -> dict[str, Parameter]:
    """The path and query parameters of a handler by name, with those of what it depends on."""
    return {
        name: _parameter(field.kwarg_definition.param_type.value, field)  # type: ignore[union-attr]
        for name, field in fields_of(handler).items()
    }


def fields_of(handler: BaseRouteHandler) -> dict[str, FieldDefinition]:
    """The same as they are declared."""
    signatures = [handler.parsed_fn_signature]
    signatures += [provided.parsed_fn_signature for provided in handler.resolve_dependencies().values()]
    return {
        definition.name or field.name: field
        for signature in signatures
        for field in signature.parameters.values()
        if isinstance(definition := field.kwarg_definition, QueryParameter | PathParameter)
    }


def _parameter(place: str, field: FieldDefinition) -> Parameter:
    bounds = tuple(one for one in field.metadata if isinstance(one, msgspec.Meta))
    expected = Annotated[(field.annotation, *bounds)] if bounds else field.annotation
    holder = msgspec.defstruct("Holder", [("value", expected)])
    return Parameter(place, expected, field.is_non_string_sequence, holder)


def _check(name: str, value: Any, parameter: Parameter) -> None:
    try:
        check_times(_convert(value, parameter.holder), name)
    except msgspec.ValidationError as error:
        raise strict.invalid(str(error).replace("$.value", "$"), root=name) from None


def _convert(value: Any, holder: type[msgspec.Struct]) -> Any:
    try:
        return msgspec.convert({"value": value}, holder, strict=True).value  # type: ignore[attr-defined]
    except msgspec.ValidationError:
        loose = msgspec.convert({"value": value}, holder, strict=False).value  # type: ignore[attr-defined]
        if isinstance(loose, date):
            raise  # seconds since 1970 are no instant of ours
        return loose
