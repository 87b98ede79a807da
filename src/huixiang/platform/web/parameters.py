"""Parameters of path and query, checked against their whole type.

Litestar reads the type of a parameter and overlooks its bounds (`Annotated[int, Meta(ge=1)]`), lets unknown and doubled
parameters pass, and takes a bare number for an instant. So this guard looks first, and Litestar converts after.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import PathParameter, QueryParameter

from huixiang.kernel.errors import InvalidInput
from huixiang.platform.web import strict
from huixiang.platform.web.times import check_times

Connection = ASGIConnection[Any, Any, Any, Any]


class Parameter(msgspec.Struct, frozen=True):
    """A parameter that a handler takes: where it stands, the type with its bounds, and whether it may repeat."""

    place: str
    type: Any
    repeats: bool


async def check_parameters(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard. Raises InvalidInput at the first parameter that the route does not know or allow."""
    known = parameters_of(handler)
    for name, value in connection.path_params.items():
        if name in known:
            _check(name, value, known[name].type)
    if not connection.scope["query_string"] or handler.opt["access"].kind == "public":
        return
    given = connection.query_params
    for name in given:
        parameter = known.get(name)
        if parameter is None or parameter.place != "query":
            raise InvalidInput(path=name[:64], problem="is not a parameter of this route")
        values = given.getall(name)
        if parameter.repeats:
            _check(name, values, parameter.type)
        elif len(values) > 1:
            raise InvalidInput(path=name, problem="is given more than once")
        else:
            _check(name, values[0], parameter.type)


@cache
def parameters_of(handler: BaseRouteHandler) -> dict[str, Parameter]:
    """The path and query parameters of a handler by name."""
    return {
        field.kwarg_definition.name or field.name: Parameter(
            field.kwarg_definition.param_type.value, field.raw, field.is_non_string_sequence
        )
        for field in handler.parsed_fn_signature.parameters.values()
        if isinstance(field.kwarg_definition, QueryParameter | PathParameter)
    }


def _check(name: str, value: Any, expected: Any) -> None:
    try:
        check_times(_convert(value, expected), name)
    except msgspec.ValidationError as error:
        raise strict.invalid(str(error), root=name) from None


def _convert(value: Any, expected: Any) -> Any:
    try:
        return msgspec.convert(value, expected, strict=True)
    except msgspec.ValidationError:
        loose = msgspec.convert(value, expected, strict=False)
        if isinstance(loose, date):
            raise  # seconds since 1970 are no instant of ours
        return loose
