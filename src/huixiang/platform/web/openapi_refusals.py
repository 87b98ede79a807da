"""How routes refuse, as the API document says it: each status with what it means, its headers and an example."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from huixiang.kernel.errors import DomainError, InvalidInput
from huixiang.platform.access import NotAuthenticated, PermissionMissing
from huixiang.platform.failures import Overloaded
from huixiang.platform.idempotency import IdempotencyConflict
from huixiang.platform.throttle import TooManyRequests
from huixiang.platform.web import failures, limits
from huixiang.platform.web.examples import ID
from huixiang.platform.web.problems import PROBLEM_TYPE, problem_body, refuse
from huixiang.platform.web.schemas import REF

PROBLEMS = {
    "400": "The request cannot be read: malformed JSON, a missing or malformed header.",
    "401": "Credentials are missing, wrong or no longer valid.",
    "403": "The caller lacks the permission.",
    "404": "What the path names does not exist.",
    "409": "Refused as things stand, or the Idempotency-Key was used for another request.",
    "413": "The body is too large.",
    "415": "The body is not of the media type expected.",
    "422": "The shape of the input is wrong: `errors` says where and what was expected.",
    "429": "More requests a minute than the caller may make. Try again after `Retry-After` seconds.",
    "500": "A defect, recorded under the request id.",
    "503": "Overloaded, or the database cannot be reached. Try again after `Retry-After` seconds.",
}
# Of each status one that any route may answer.
REFUSALS: dict[str, DomainError] = {
    "400": failures.MalformedJson(problem="Expecting value at line 1, column 1"),
    "401": NotAuthenticated(),
    "403": PermissionMissing(permission="orders:write"),
    "404": failures.RouteUnknown(),
    "409": IdempotencyConflict(),
    "413": failures.BodyTooLarge(limit_bytes=limits.BODY_BYTES),
    "415": failures.MediaTypeUnsupported(expected="application/json"),
    "422": InvalidInput(path="$.lines[0].payable_fen", problem="Expected `int` >= 0"),
    "429": TooManyRequests(counted_by="key", limit=60_000, retry_after_s=61),
    "500": failures.InternalError(),
    "503": Overloaded(),
}
_SECONDS = {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds after which to try again."}
_TEXT: dict[str, Any] = {"schema": {"type": "string"}}
HEADERS: dict[str, dict[str, Any]] = {
    "429": {
        "Retry-After": _SECONDS,
        "RateLimit": {**_TEXT, "description": 'What is left: `"key";r=0;t=61`.'},
        "RateLimit-Policy": {**_TEXT, "description": 'How requests are counted: `"key";q=600;w=60`.'},
    },
    "503": {"Retry-After": _SECONDS},
}


def problem_response(status: str) -> dict[str, Any]:
    headers = {"headers": HEADERS[status]} if status in HEADERS else {}
    return {
        "description": PROBLEMS[status],
        **headers,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": REF.format(name="Problem")}, "example": _problem(status)}},
    }


def _problem(status: str) -> dict[str, Any]:
    """A refusal with a status, as it is answered."""
    refusal = refuse(REFUSALS[status])
    body = problem_body(refusal, language="en", instance="/api/v1/orders", request_id=f"{UUID(ID).hex}-431")
    plain: dict[str, Any] = msgspec.to_builtins(body)
    return plain
