"""Requests of every operation of the API document: its own examples, with one thing in them changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.web.openapi import operations
from tests.attacks.callers import LAST, Headers, document
from tests.entry.document import JSON, Described
from tests.entry.program import Program, application
from tests.entry.test_examples import staff_of

NDJSON = "application/x-ndjson"
Steps = tuple[str | int, ...]


class Sender:
    """Sends requests with the credentials that each asks for, about a member who is there."""

    def __init__(self, program: Program, staff: dict[str | None, Headers]) -> None:
        self._program = program
        self._staff = staff
        self._needs = {(one.path, one.method): one.access for one in operations(application())}
        self.document = document()
        self.operations = sorted(self.document.operations(), key=lambda one: one.name in LAST)

    def credentials(self, one: Described) -> Headers:
        access = self._needs[one.path, one.method]
        of_kind = {"system": self._program.system, "member": self._program.member, "public": {}}
        return self._staff[access.permission] if access.kind == "staff" else of_kind[access.kind]

    async def send(
        self,
        one: Described,
        *,
        path: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        body: Any = ...,
    ) -> httpx.Response:
        """The example, with other values for some parameters, or with another body."""
        needed = {place: {p["name"]: p["example"] for p in one.parameters if p["in"] == place} for place in PLACES}
        asked = {p["name"]: p["example"] for p in one.parameters if p["in"] == "query" and p["required"]} | (
            query or {}
        )
        named = needed["path"] | ({"member_id": str(self._program.member_id)} if "member_id" in needed["path"] else {})
        target = filled(one.path, named | (path or {}))
        headers = self.credentials(one) | {"Idempotency-Key": str(new_id())}
        content = None
        if one.body:
            headers["Content-Type"] = media_type(one)
            content = msgspec.json.encode(example(one) if body is ... else body)
        return await self._program.client.request(one.method, target, params=asked, headers=headers, content=content)


PLACES = ("path", "query")


async def sender(db: Database, program: Program) -> Sender:
    return Sender(program, await staff_of(db))


def filled(path: str, values: dict[str, Any]) -> str:
    return re.sub(r"{(\w+)}", lambda found: quote(str(values[found[1]]), safe=""), path)


def media_type(one: Described) -> str:
    [media] = one.body
    return media


def example(one: Described) -> Any:
    """The body of the example; of bulk requests, its first row."""
    shown = one.body[media_type(one)]["example"]
    return shown if media_type(one) == JSON else msgspec.json.decode(shown)


def places(value: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Every value inside of a JSON value, with the way to it."""
    yield steps, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield from places(one, (*steps, step))


def changed(value: Any, steps: Steps, to: Any) -> Any:
    """A copy with another value at a place."""
    if not steps:
        return to
    step, *rest = steps
    copied = value.copy()
    copied[step] = changed(value[step], tuple(rest), to)
    return copied
