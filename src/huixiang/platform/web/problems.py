"""From any exception to one RFC 9457 problem document. Programs match on `code`; people read `title` and `detail`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import asyncpg
import msgspec
import structlog
from litestar import Response
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)

from huixiang.kernel.errors import DomainError, FieldValue, InvalidInput
from huixiang.kernel.text import Language
from huixiang.platform.failures import DatabaseUnavailable, Overloaded
from huixiang.platform.telemetry import describe_exception
from huixiang.platform.throttle import TooManyRequests, spent
from huixiang.platform.web import failures

PROBLEM_TYPE = "application/problem+json"
RETRY_AFTER_S = 1

log = structlog.get_logger(__name__)

_MISSING = re.compile(r"^Missing required \w+ parameter '(?P<name>[^']+)'")


class InputProblem(msgspec.Struct, frozen=True):
    """One thing wrong with the input: where (JSON path, or name of a parameter) and what was expected."""

    path: str
    problem: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An RFC 9457 problem document. Fields of the particular refusal stand beside these."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    request_id: str
    errors: list[InputProblem] = msgspec.field(default_factory=list)


class Refusal(msgspec.Struct, frozen=True):
    """What an exception means to the caller."""

    error: DomainError
    errors: tuple[InputProblem, ...] = ()
    headers: Mapping[str, str] = {}


def problem_body(refusal: Refusal, *, language: Language, instance: str, request_id: str) -> dict[str, Any]:
    """The JSON object of a refusal. The refusal's own fields never replace those of the document."""
    error = refusal.error
    own: dict[str, FieldValue] = {} if isinstance(error, InvalidInput) else error.fields
    document: dict[str, Any] = {
        "type": f"urn:huixiang:problem:{error.code}",
        "title": error.title.in_language(language),
        "status": error.status,
        "code": error.code,
        "detail": error.message(language),
        "instance": instance,
        "request_id": request_id,
    }
    if refusal.errors:
        document["errors"] = refusal.errors
    return {**own, **error.beside, **document}


def refuse(exception: Exception) -> Refusal:
    """The meaning of an exception. Anything not foreseen is `internal_error`."""
    if isinstance(exception, InvalidInput):
        fields = exception.fields
        return Refusal(exception, (InputProblem(str(fields["path"]), str(fields["problem"])),))
    if isinstance(exception, DomainError):
        errors = tuple(InputProblem(one.path, one.problem) for one in exception.problems)
        return Refusal(exception, errors, _headers_of(exception))
    if isinstance(exception, HTTPException):
        return _refuse_http(exception)
    error = refuse_database(exception) or (
        failures.ValueRefused() if isinstance(exception, OverflowError) else failures.InternalError()
    )
    return Refusal(error, headers=_headers_of(error))


def refuse_database(exception: Exception) -> DomainError | None:
    """What a database failure means to the caller; None where it is a defect of the program."""
    match exception:
        case (
            asyncpg.QueryCanceledError()
            | asyncpg.LockNotAvailableError()
            | asyncpg.SerializationError()
            | asyncpg.DeadlockDetectedError()
        ):
            return Overloaded()
        case (
            asyncpg.PostgresConnectionError()
            | asyncpg.OperatorInterventionError()
            | asyncpg.InsufficientResourcesError()
            | asyncpg.IdleInTransactionSessionTimeoutError()
        ):
            return DatabaseUnavailable()
        case asyncpg.InternalClientError():  # how the driver puts it when a connection dies under a statement
            return DatabaseUnavailable()
        case asyncpg.InterfaceError() if "clos" in str(exception):
            return DatabaseUnavailable()
        case asyncpg.DataError():
            return failures.ValueRefused()
        case _:
            return None


def _refuse_http(exception: HTTPException) -> Refusal:
    """Litestar's own refusals, in our terms."""
    match exception:
        case ValidationException():
            errors = _input_problems(exception)
            return Refusal(InvalidInput(path=errors[0].path, problem=errors[0].problem), errors)
        case NotFoundException():
            return Refusal(failures.RouteUnknown())
        case MethodNotAllowedException():
            allowed = (exception.headers or {}).get("allow", "")
            return Refusal(failures.MethodNotAllowed(), headers={"Allow": allowed} if allowed else {})
        case ClientException(status_code=400):
            return Refusal(failures.MalformedRequest(problem=exception.detail))
        case _:
            return Refusal(failures.InternalError())


def _input_problems(exception: ValidationException) -> tuple[InputProblem, ...]:
    if missing := _MISSING.match(exception.detail):
        return (InputProblem(missing["name"], "is required"),)
    extra = exception.extra if isinstance(exception.extra, list) else []
    problems = tuple(_input_problem(one) for one in extra if isinstance(one, dict))
    return problems or (InputProblem("$", "is not acceptable"),)


def _input_problem(message: dict[str, Any]) -> InputProblem:
    key = str(message.get("key", "$"))
    if key == "data":
        return InputProblem("$", "a body is required")
    return InputProblem(key, str(message.get("message", "is not acceptable")))


def _headers_of(error: DomainError) -> dict[str, str]:
    if isinstance(error, TooManyRequests):
        return spent(error)
    if error.status == 401:
        return {"WWW-Authenticate": "Bearer"}
    if error.status in (429, 503):
        return {"Retry-After": str(error.fields.get("retry_after_s", RETRY_AFTER_S))}
    return {}


def language_of(accepted: str) -> Language:
    """Chinese where Accept-Language puts it before English, else English."""
    ranked: list[tuple[float, Language]] = []
    for part in accepted[:200].split(","):
        tag, _, quality = part.partition(";q=")
        language = tag.strip().lower()[:2]
        if language in ("zh", "en"):
            ranked.append((_quality(quality), "zh" if language == "zh" else "en"))
    return max(ranked, key=lambda one: one[0])[1] if ranked else "en"


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def respond(request: Any, exception: Exception) -> Response[Any]:
    """Litestar's exception handler for everything. Logs what is a defect, with frames and without values."""
    refusal = refuse(exception)
    request_id = request.scope.get("request_id", "")
    if refusal.error.status >= 500 or refusal.error.code == "value_refused":
        log.error("request_failed", code=refusal.error.code, **describe_exception(exception))
    request.scope["problem_code"] = refusal.error.code
    language = language_of(request.headers.get("accept-language", ""))
    body = problem_body(refusal, language=language, instance=request.scope["path"], request_id=request_id)
    return Response(
        content=msgspec.json.encode(body),
        status_code=refusal.error.status,
        media_type=PROBLEM_TYPE,
        headers={"Content-Language": language, "Vary": "Accept-Language", **refusal.headers},
    )
